/**
 * Leaves out of a run what its selection does not want, before the bank is asked for it, or before a plan is applied.
 */
import { describeSelection } from "../../plan/selection.ts";
import { counted, grouped } from "../../text/counted.ts";
import { foldChanges } from "../fold-changes.ts";
import { EVERY_ROW, type RunInHand } from "../run-in-hand.ts";

/** The ledger has found the accounts that it knows, so that the rows of one are left out together. */
export async function selectChanges(inHand: RunInHand): Promise<void> {
  const { ledger, run } = inHand;
  if (run.selection === undefined) return;
  await ledger.changes.findByLedger(run, EVERY_ROW);
  if ((await ledger.changes.joinByAccount(run)) > 0 && run.reading !== null)
    await foldChanges(inHand, run, run.reading);
  await leaveOut(inHand);
}

/** Before a plan is applied, once the guards have judged all of it. */
export async function leaveOut({ ledger, clock, progress, run }: RunInHand): Promise<void> {
  const { selection } = run;
  if (selection === undefined) return;
  await ledger.selection.leaveOut(run, clock.nowMs());
  progress.note(`narrowed to ${describeSelection(selection)}`);
  const { ids = [], file = "" } = selection.accounts ?? {};
  const unnamed = ids.length === 0 ? 0 : await ledger.selection.countUnnamed(run);
  if (unnamed === 0) return;
  progress.note(
    `${grouped(unnamed)} of ${counted(ids.length, "account")} in ${file} are in no row, as far as rows name them`,
  );
}
