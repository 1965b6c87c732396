/**
 * A file's reading in, one line for the operator out: how the file was understood, before anything is done with it.
 */
import type { Batch } from "../batch.ts";
import { counted } from "../text/counted.ts";
import { shownKey } from "../text/shown-key.ts";
import { shown } from "./header/check-header.ts";
import { ignoredColumns, namelessColumns } from "./header/read-header.ts";
import { layoutOf } from "./layouts.ts";
import type { FileTraits, Reading } from "./reading.ts";
import { describeEmpty } from "./row/empty-cells.ts";
import { describeShapes } from "./shape/describe-shapes.ts";
import { encodingName } from "./text/find-encoding.ts";

const DELIMITERS: Readonly<Record<Reading["delimiter"], string>> = {
  ",": "comma",
  "|": "pipe",
  ";": "semicolon",
  "\t": "tab",
};

const LINE_ENDS: Readonly<Record<FileTraits["lineEnds"], string>> = {
  lf: "LF line ends",
  crlf: "CRLF line ends",
  cr: "CR line ends",
  mixed: "mixed line ends",
  none: "no line end",
};

/**
 * As `bank layout, pipe, CRLF line ends, UTF-8, header in row 1, money in decimal, an empty documents is left alone, the last
 * column empty, ignored: "notes"`; nothing of traits that are not known.
 */
export function describeReading(reading: Reading): string {
  const { layout, delimiter, lineEnds, encoding, headerRow, money, compression } = reading;
  const nameless = namelessColumns(reading).length;
  const ignored = ignoredColumns(reading);
  return [
    `${layout} layout`,
    DELIMITERS[delimiter],
    lineEnds && LINE_ENDS[lineEnds],
    encoding && encodingName(encoding),
    headerRow !== undefined && (headerRow === 0 ? "columns named by the job" : `header in row ${headerRow}`),
    layoutOf(reading).rowIsAbout === "user" ? "each row adds or removes one user" : `money in ${money}`,
    compression,
    reading.forms?.announcedRules === "warn" && "announced rules noted only",
    ...describeShapes(reading),
    ...describeEmpty(reading),
    nameless > 0 && (nameless === 1 ? "the last column empty" : `the last ${counted(nameless, "column")} empty`),
    reading.lacking && `not in the file: ${reading.lacking.join(" ")}`,
    ignored.length > 0 && `ignored: ${ignored.map(shown).join(" ")}`,
  ]
    .filter(Boolean)
    .join(", ");
}

/** As `batch 2026-11-25-01, version 2`. */
export function describeBatch({ id, version }: Batch): string {
  return `batch ${shownKey(id)}, version ${version}`;
}
