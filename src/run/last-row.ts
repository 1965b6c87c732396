/**
 * The last row of a file that no line end closes: the file may have been cut short there, in the middle of a value. Such a
 * row is found while the file is read, and held with its whole account before anything of it is planned.
 */
import type { Run } from "../ledger/run.ts";
import type { ParsedRow } from "../read/change.ts";
import type { RunContext } from "./context.ts";
import type { RunInHand } from "./run-in-hand.ts";

/**
 * The number of the last row when it may be cut: the job's earlier files ended with a line end, and nothing proves that this
 * one is whole. Undefined for a file that a person named, and for a row that a person has repaired.
 */
export async function findCutRow(
  { ledger, job, progress }: RunContext,
  run: Run,
  last: ParsedRow | undefined,
  endsWithLineEnd: boolean,
): Promise<number | undefined> {
  if (endsWithLineEnd || run.byName || job.completeness !== undefined) return undefined;
  if (last === undefined || last.provenance !== undefined) return undefined;
  const endedBefore = await ledger.runs.findLineEnd(run);
  if (endedBefore) return last.source.row;
  if (endedBefore === undefined)
    progress.note(
      `reading: row ${last.source.row}, the last, has no line end; in a job's first file it is read as complete`,
    );
  return undefined;
}

/** Holds the change of that row, unless it has its word already or a person has accepted it. */
export async function holdCutRow({ ledger, clock, run, maxChange }: RunInHand): Promise<void> {
  const row = run.reading?.cutRow;
  if (row === undefined || run.accepts.includes("last_row_maybe_cut")) return;
  const [stored] = await ledger.rows.readResults(run, { after: row - 1, limit: 1 });
  const [change] = (await ledger.rows.readChangeOf(run, row))?.rows ?? [];
  if (stored?.source.row !== row || stored.word !== null || change === undefined || change > maxChange) return;
  const message =
    `row ${row}, the last, has no line end, and the job's earlier files ended with one, so the row may be cut off; ` +
    "check its end, then accept it or have the file sent again";
  const issues = [{ code: "last_row_maybe_cut" as const, column: "", message }];
  await ledger.changes.recordDone(run, change, { word: "held", issues }, clock.nowMs());
}
