/**
 * Recognises a file of results, ours or one made from it, by its header: rows of an earlier run are read only where that is
 * intended. A file's bytes in, why it is rejected out.
 */
import type { Rejection } from "../errors/rejection.ts";
import type { ReadSettings } from "./reading.ts";
import { type FileBytes, FileText } from "./text/file-text.ts";

/** The column that every file of results has, or of `tieout undo`, between any two delimiters, with or without quotes. */
const HAS_RESULT_ROW = /(^|[,;|\t])[ "]*(?:result_row|undoes_row)[ "]*([,;|\t]|$)/;

/** Where the header is not the first line of the file, it is one of those. */
const FIRST_LINES = /\r\n|\r|\n/;

/** The line in which some programs are told the separator. */
const SEPARATOR_LINE = /^"?sep=.?"?$/i;

/** A file that is one of results: why it is rejected where it is no input, and the row of its header. */
export interface FoundResults {
  readonly rejection: Rejection;
  readonly header: number;
}

/** Null for any other file, also for one that is rejected for anything else. */
export async function findResults(bytes: FileBytes, settings: ReadSettings): Promise<FoundResults | null> {
  const count = typeof settings.header === "number" ? settings.header : 1;
  // Results are UTF-8 whatever the job's own files are; a program that has saved them again sets a byte order mark.
  for await (const part of new FileText(bytes, { ...settings, encoding: undefined }).parts()) {
    if (!Buffer.isBuffer(part)) return null;
    const lines = part.toString("utf8").split(FIRST_LINES, count + 1);
    const header = SEPARATOR_LINE.test(lines[0] ?? "") ? 2 : 1;
    const isFound = lines.slice(0, Math.max(count, header)).some((line) => HAS_RESULT_ROW.test(line));
    return isFound ? { rejection: RESULTS, header } : null;
  }
  return null;
}

/** More than the result columns of an earlier run ever add to a row. */
const ADDED_BYTES = 64 * 1024;
const ADDED_COLUMNS = 32;

/**
 * How a file of results is read, whatever the job's own files are like: as results are written, or as a program has saved
 * them anew; one that is not UTF-8 is most likely Windows-1252, and its letters are compared with those that were given out. What the job says of columns and values holds for them as well.
 */
export function settingsForResults<Settings extends ReadSettings>(
  settings: Settings,
  { header, isUtf8 }: { readonly header: number; readonly isUtf8: boolean },
): Settings {
  const { limits } = settings;
  return {
    ...settings,
    delimiter: undefined,
    lineEnds: undefined,
    encoding: isUtf8 ? undefined : "windows-1252",
    header,
    completeness: undefined,
    limits: { ...limits, columns: limits.columns + ADDED_COLUMNS, rowBytes: limits.rowBytes + ADDED_BYTES },
  };
}

const RESULTS: Rejection = {
  code: "file_of_results",
  message: "the file has the column result_row or undoes_row, so its rows are from an earlier run",
  hint: "run it with --file, or set repaired: true in the job's source if the source is for such files",
};
