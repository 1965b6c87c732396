/**
 * What a terminal shows once all of a text was written to it: its lines, without those that were written over.
 */

/** Knows the line feed, the return, and the erasing of a line, which is all that the command writes. */
export function linesShown(written: string): string[] {
  const lines = [""];
  let column = 0;
  for (const part of written.split(/(\n|\r|\p{Cc}\[2K)/u)) {
    const line = lines.at(-1) ?? "";
    if (part === "\n") lines.push("");
    if (part === "\n" || part === "\r") column = 0;
    else if (part === "\u001b[2K") lines[lines.length - 1] = "";
    else {
      lines[lines.length - 1] = line.slice(0, column).padEnd(column) + part + line.slice(column + part.length);
      column += part.length;
    }
  }
  return lines;
}
