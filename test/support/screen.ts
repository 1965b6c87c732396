/**
 * What a terminal shows once all of a text was written to it: its lines, without those that were written over.
 */

const PARTS = /(\n|\r|\p{Cc}\[\??\d*[A-Za-z])/u;

/** Knows the line feed, the return, moves of the cursor and erasing, which is all that the command writes. */
export function linesShown(written: string): string[] {
  const lines = [""];
  let row = 0;
  let column = 0;
  const moves: Readonly<Record<string, (count: number) => void>> = {
    A: (count) => {
      row = Math.max(0, row - count);
    },
    B: (count) => {
      row = Math.min(lines.length - 1, row + count);
    },
    G: () => {
      column = 0;
    },
    J: () => {
      lines.length = row + 1;
      lines[row] = (lines[row] ?? "").slice(0, column);
    },
    K: (count) => {
      lines[row] = count === 2 ? "" : (lines[row] ?? "").slice(0, column);
    },
  };
  for (const part of written.split(PARTS)) {
    const [, count, letter] = /^\p{Cc}\[\??(\d*)([A-Za-z])$/u.exec(part) ?? [];
    if (part === "\n") row += 1;
    if (part === "\n" || part === "\r") column = 0;
    else if (letter !== undefined) moves[letter]?.(Number(count === "" && letter !== "K" ? 1 : count));
    else {
      const line = lines[row] ?? "";
      lines[row] = line.slice(0, column).padEnd(column) + part + line.slice(column + part.length);
      column += part.length;
    }
    lines[row] ??= "";
  }
  // Erased lines at the end are as if nothing had been there.
  const last = lines.findLastIndex((line) => line !== "");
  return lines.slice(0, Math.max(last, row) + 1);
}
