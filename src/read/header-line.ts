/**
 * The first bytes of a file in, the header's cells and delimiter out: where the header ends, whether it is text, and
 * which delimiter makes the most of it. What the names mean, `header.ts` says.
 */
import { isUtf8 } from "node:buffer";
import { parse } from "csv-parse/sync";
import { countKnown, type Rejection } from "./header.ts";
import type { Delimiter, ReadSettings } from "./layout.ts";
import { csvOptions } from "./record-splitter.ts";

const DELIMITERS: readonly Delimiter[] = [",", "|", ";", "\t"];
const BOM = Buffer.from([0xef, 0xbb, 0xbf]);
const QUOTE = 0x22;
const LF = 0x0a;
const CR = 0x0d;

/** 3 when the bytes begin with UTF-8's byte order mark, else 0. */
export function bomLength(bytes: Buffer): number {
  return bytes.subarray(0, BOM.length).equals(BOM) ? BOM.length : 0;
}

/** Where the first record's line end begins; -1 when it isn't in these bytes. Line ends within quotes don't count. */
export function findHeaderEnd(bytes: Buffer): number {
  let isQuoted = false;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at];
    if (byte === QUOTE) isQuoted = !isQuoted;
    else if (!isQuoted && (byte === LF || byte === CR)) return at;
  }
  return -1;
}

/** `line` is the header without its line end. Rejections: file_not_utf8, file_not_csv. */
export function splitHeader(
  line: Buffer,
  settings: ReadSettings,
): { readonly cells: readonly string[]; readonly delimiter: Delimiter } | Rejection {
  if (!isUtf8(line) || line.includes(0)) {
    return {
      code: "file_not_utf8",
      message: "the header is not UTF-8 text",
      hint: "export the file as UTF-8, not as UTF-16 or in an older encoding",
    };
  }
  const tried = (settings.delimiter === undefined ? DELIMITERS : [settings.delimiter]).flatMap((delimiter) => {
    const cells = cellsOf(line, delimiter);
    return cells === undefined ? [] : [{ cells, delimiter, known: countKnown(cells, settings) }];
  });
  const best = tried.reduce<(typeof tried)[number] | undefined>(
    (first, next) =>
      first === undefined ||
      next.known > first.known ||
      (next.known === first.known && next.cells.length > first.cells.length)
        ? next
        : first,
    undefined,
  );
  if (best !== undefined) return { cells: best.cells, delimiter: best.delimiter };
  return {
    code: "file_not_csv",
    message: "the quotes of row 1, the header, do not hold",
    hint: "close every quote, and double those within quotes (RFC 4180)",
  };
}

/** The cells, or nothing when the quotes do not hold by the strict rule: a header has no lists in it. */
function cellsOf(line: Buffer, delimiter: Delimiter): readonly string[] | undefined {
  if (line.length === 0) return [""];
  try {
    return (parse(line, { ...csvOptions(delimiter), relax_quotes: false }) as string[][])[0];
  } catch {
    return undefined;
  }
}
