/**
 * What ends a row: any of CRLF, LF and CR, or the one that the job sets. Says where line ends are; cuts nothing.
 */
import type { LineEnds } from "../reading.ts";

const LF = 0x0a;
const CR = 0x0d;

/** The texts that end a row, longest first. */
export function rowEnds(lineEnds: LineEnds | undefined): readonly string[] {
  if (lineEnds === undefined) return ["\r\n", "\n", "\r"];
  return [{ lf: "\n", crlf: "\r\n", cr: "\r" }[lineEnds]];
}

/** The length in bytes of the row's end that begins at `at`; 0 when none does. */
export function rowEndLength(bytes: Buffer, at: number, lineEnds: LineEnds | undefined): number {
  const isPair = bytes[at] === CR && bytes[at + 1] === LF;
  if (lineEnds === undefined) return isPair ? 2 : Number(bytes[at] === LF || bytes[at] === CR);
  if (lineEnds === "crlf") return isPair ? 2 : 0;
  return Number(bytes[at] === (lineEnds === "lf" ? LF : CR));
}

/** Where the row's text ends: before its line end, if it has one. */
export function textEnd(row: Buffer, lineEnds: LineEnds | undefined): number {
  if (row.length >= 2 && rowEndLength(row, row.length - 2, lineEnds) === 2) return row.length - 2;
  return row.length - Math.min(1, rowEndLength(row, row.length - 1, lineEnds));
}

/** What ends the row: one of any kind, or of the kind that is set; nothing when it has no line end. */
export function rowEndKind(row: Buffer, lineEnds: LineEnds | undefined): LineEnds | undefined {
  const last = row[row.length - 1];
  if (last !== LF && last !== CR) return undefined;
  if (lineEnds === undefined) return last === CR ? "cr" : row[row.length - 2] === CR ? "crlf" : "lf";
  return textEnd(row, lineEnds) < row.length ? lineEnds : undefined;
}

/** The kind of line end that begins at `at`, whether or not it ends a row. */
export function lineEndKind(bytes: Buffer, at: number): LineEnds | undefined {
  if (bytes[at] === CR) return bytes[at + 1] === LF ? "crlf" : "cr";
  return bytes[at] === LF && bytes[at - 1] !== CR ? "lf" : undefined;
}
