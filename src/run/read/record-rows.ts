/**
 * Stores rows as they are read; of a snapshot also what each names, and for a job that skips what was tied out, what each wants.
 */
import type { Run } from "../../ledger/run.ts";
import type { ParsedRow } from "../../read/change.ts";
import type { Reading } from "../../read/reading.ts";
import { contentsOf, keepsContents } from "../content-of.ts";
import type { RunContext } from "../context.ts";
import { recordSnapshotRows } from "../snapshot/snapshot-rows.ts";

/** What an earlier process has stored stays. What several rows of an account want together is stored as they are folded. */
export async function recordRows(
  context: RunContext,
  run: Run,
  reading: Reading,
  rows: readonly ParsedRow[],
): Promise<void> {
  const { ledger, job } = context;
  await ledger.rows.recordRows(run, rows);
  await recordSnapshotRows(context, run, reading, rows);
  if (!keepsContents(job, run, reading)) return;
  const contentOf = contentsOf(run, reading);
  const contents = rows.flatMap((row) =>
    row.kind === "desired" && row.provenance === undefined ? [contentOf(row.source.row, row.desired)] : [],
  );
  await ledger.tiedOut.recordContents(run, "single", contents);
}
