/**
 * CsvRow: the cells of one CSV row as text, before anything is made of them.
 */

/** `row` counts CSV rows, the header being row 1; `byteOffset` is where the row begins in the file. */
export interface CsvRow {
  readonly row: number;
  readonly byteOffset: number;
  /** As many cells as the header has columns; `null` when the row is ragged or cannot be decoded. */
  readonly cells: readonly string[] | null;
}
