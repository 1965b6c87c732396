/**
 * Holds a last row that may have been cut short, with its whole account, before anything of it is planned.
 */
import type { RunInHand } from "../run-in-hand.ts";

/** Does nothing for a row that already has its word, or that a person has accepted. */
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
