/**
 * Stores rows as they are read; of a snapshot also what each names, and for a job that skips what was tied out, what each wants.
 */
import type { Run } from "../../ledger/run.ts";
import type { ParsedRow } from "../../read/change.ts";
import type { Reading } from "../../read/reading.ts";
import { contentsOf, keepsContents } from "../content-of.ts";
import type { RunContext } from "../context.ts";
import { openSnapshot, snapshotRowsOf } from "../snapshot/snapshot-rows.ts";

export type RecordRows = (rows: readonly ParsedRow[]) => Promise<void>;

/**
 * Called before the run has its reading. `mayBeSnapshot` is false for results of an earlier run. What an earlier process has stored stays. What
 * several rows of an account want together is stored as they are folded.
 */
export async function openRows(
  context: RunContext,
  run: Run,
  reading: Reading,
  mayBeSnapshot: boolean,
): Promise<RecordRows> {
  const { ledger, job } = context;
  const snapshot = mayBeSnapshot ? await openSnapshot(context, run, reading) : null;
  const contentOf = keepsContents(job, run, reading) ? contentsOf(run, reading) : null;
  return async (rows) => {
    await ledger.rows.recordRows(run, rows);
    if (snapshot !== null) await ledger.snapshots.recordRows(run, snapshotRowsOf(snapshot, reading, rows));
    if (contentOf === null) return;
    const contents = rows.flatMap((row) =>
      row.kind === "desired" && row.provenance === undefined ? [contentOf(row.source.row, row.desired)] : [],
    );
    await ledger.tiedOut.recordContents(run, "single", contents);
  };
}
