/**
 * The run and row that a repaired row names where a program has written them anew: cells in, what they most likely were out. A guess,
 * which only the row's fingerprint proves.
 */
import type { Provenance } from "../change.ts";

/** As `1,234` or `1 234`. */
const GROUPED = /^\d{1,3}(?:[.,'\s]\d{3})+$/u;
/** As `0007`, `7.0` or `7,00`. */
const PADDED = /^0*(?<row>[1-9]\d{0,8})(?:[.,]0+)?$/;
const RUN = /^[\w-]{1,64}$/;

/** Null where the cells are no form of a run's id and a row's number. */
export function writtenProvenance(runCell: string, rowCell: string): Provenance | null {
  const [run, text] = [runCell.trim(), rowCell.trim()];
  const digits = GROUPED.test(text) ? text.replace(/\D/g, "") : text;
  const row = PADDED.exec(digits)?.groups?.row;
  return RUN.test(run) && row !== undefined ? { run, row: Number(row) } : null;
}
