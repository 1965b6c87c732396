/**
 * A row of a file and where it came from, as columns have them.
 */
import type { Provenance } from "../../read/change.ts";
import type { CsvRow } from "../../read/csv-row.ts";

export interface SourceShape {
  readonly row: number;
  readonly byte_offset: number;
  readonly cells: string | null;
}

export interface OriginShape {
  readonly from_run: string | null;
  readonly from_row: number | null;
}

export function decodeSource(shape: SourceShape): CsvRow {
  const cells = shape.cells === null ? null : (JSON.parse(shape.cells) as string[]);
  return { row: shape.row, byteOffset: shape.byte_offset, cells };
}

export function decodeProvenance(shape: OriginShape): Provenance | null {
  return shape.from_run === null || shape.from_row === null ? null : { run: shape.from_run, row: shape.from_row };
}
