/**
 * A cell as it counts: without the spaces around it, and nothing where the job says that it is left alone.
 */

const SPACE = 0x20;

/** The cell without the spaces around it; "" when the job says that such a cell is left alone. */
export function given(cell: string, leaveAlone: ReadonlySet<string>): string {
  const text = trimSpaces(cell);
  return leaveAlone.has(text) ? "" : text;
}

export function givenText(cell: string, leaveAlone: ReadonlySet<string>): string {
  return leaveAlone.size > 0 && leaveAlone.has(trimSpaces(cell)) ? "" : cell;
}

/** The cell without the ASCII spaces around it: no other blanks, which may be part of what somebody meant to write. */
export function trimSpaces(cell: string): string {
  let start = 0;
  let end = cell.length;
  while (start < end && cell.charCodeAt(start) === SPACE) start++;
  while (end > start && cell.charCodeAt(end - 1) === SPACE) end--;
  return start === 0 && end === cell.length ? cell : cell.slice(start, end);
}
