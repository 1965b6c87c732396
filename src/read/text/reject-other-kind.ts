/**
 * A file that is no text at all, or a document of another kind: recognised by its first bytes, whatever its name says.
 */
import type { Rejection } from "../../errors/rejection.ts";
import type { FileTraits } from "../reading.ts";

/** What such files begin with, byte by byte (libmagic has them all). None of it can begin a header. */
const BEGINNINGS: readonly (readonly [string, string])[] = [
  ["PK\x03\x04", "a ZIP archive"],
  ["PK\x05\x06", "a ZIP archive"],
  ["\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Office document, such as an Excel workbook (.xls)"],
  ["%PDF-", "a PDF document"],
  ["\x1f\x8b", "a gzip file"],
  ["\xfd7zXZ\0", "an xz file"],
  ["\x28\xb5\x2f\xfd", "a Zstandard file"],
  ["7z\xbc\xaf\x27\x1c", "a 7-Zip archive"],
  ["Rar!\x1a\x07", "a RAR archive"],
  ["PAR1\x15", "a Parquet file"],
  ["SQLite format 3\0", "a SQLite database"],
  ["{\\rtf1", "an RTF document"],
];
const DOCUMENTS: readonly (readonly [RegExp, string])[] = [
  [/^BZh[1-9]1AY&SY/, "a bzip2 file"],
  [/^(\xef\xbb\xbf)?\s*(<!doctype html|<html)[\s>]/i, "a web page"],
  [/^(\xef\xbb\xbf)?\s*<\?xml\s/, "an XML document"],
];
/** Names of members of a ZIP that make it more than that; the first is near its beginning. */
const WITHIN_ZIP: readonly (readonly [RegExp, string])[] = [
  [/xl\/|\[Content_Types\]\.xml/, "an Excel workbook (.xlsx)"],
  [/mimetypeapplication\/vnd\.oasis\.opendocument\.spreadsheet/, "an OpenDocument spreadsheet (.ods)"],
];
const LOOKED_AT_BYTES = 4_096;

/** Rejection file_of_other_kind; none for what may be text. `start` is the file's beginning, expanded if it is compressed. */
export function rejectOtherKind(start: Buffer, compression: FileTraits["compression"]): Rejection | undefined {
  const text = start.subarray(0, LOOKED_AT_BYTES).toString("latin1");
  const [, found] =
    BEGINNINGS.find(([beginning]) => text.startsWith(beginning)) ?? DOCUMENTS.find(([form]) => form.test(text)) ?? [];
  if (found === undefined) return undefined;
  const more = found === "a ZIP archive" && WITHIN_ZIP.find(([name]) => name.test(text))?.[1];
  return otherKind(`${more || found}${compression === null ? "" : `, compressed with ${compression}`}`);
}

/** `what` the file is. */
export function otherKind(what: string): Rejection {
  return {
    code: "file_of_other_kind",
    message: `the file is ${what}, and no CSV, whatever its name says`,
    hint: "send it as plain CSV, or as CSV that is compressed once, with gzip or zip",
  };
}
