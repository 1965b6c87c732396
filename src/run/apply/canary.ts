/**
 * The canary: a few accounts, spread over the file, are sent first, read back and compared with what the file wants. Then all others follow, or
 * the run stops and waits for a person.
 */
import { planChange } from "../../plan/plan-change.ts";
import { counted } from "../../text/counted.ts";
import { endsRun, issueOfFailure } from "../failure.ts";
import { meetBank } from "../plan/meet-bank.ts";
import type { RunInHand } from "../run-in-hand.ts";
import { type Stop, stopFor, stopOf } from "../stop.ts";
import { forEachInWindow } from "../window.ts";
import { applyChange } from "./apply-change.ts";

const ROWS_NAMED = 5;

/** Resolves with why the run must stop, or null once every account of the canary is as the file wants it. */
export async function sendCanary(inHand: RunInHand): Promise<Stop | null> {
  const { ledger, run, job, progress, signal, maxChange } = inHand;
  if (run.canary === undefined) return null;
  const changes = await ledger.selection.listSpread(run, run.canary, maxChange);
  if (changes.length === 0) return null;
  progress.note(`canary: ${counted(changes.length, "account")} first, read back and compared`);
  const differing: number[] = [];
  const stop = await forEachInWindow(changes, job.concurrency.writes, async (number, rest) => {
    if (signal.aborted) return stopOf(signal);
    const [change] = await ledger.changes.takeToApply(run, { after: number - 1, to: number, limit: 1 });
    const sent = change === undefined ? null : await applyChange(inHand, change, rest);
    if (sent !== null) return sent;
    const isAsWanted = await compare(inHand, number);
    if (isAsWanted === false) differing.push(number);
    return typeof isAsWanted === "boolean" ? null : isAsWanted;
  });
  if (stop !== null) return stop;
  if (differing.length === 0) {
    await ledger.runs.record(run, { canary: null });
    return null;
  }
  await ledger.runs.record(run, { waiting: true });
  const named = differing.sort((one, other) => one - other).slice(0, ROWS_NAMED);
  const differ = differing.length === 1 ? "is not as the file wants it" : "are not as the file wants them";
  const message = `${differing.length} of ${counted(changes.length, "account")} sent first ${differ}, such as that of row ${named.join(", ")}`;
  return stopFor({ code: "canary_differs", column: "", message });
}

/** Whether the account is as the row wants it, by the same comparison that planned it; why the run must stop when that cannot be known. */
async function compare(inHand: RunInHand, change: number): Promise<boolean | Stop> {
  const { ledger, run, job } = inHand;
  const [result] = await ledger.rows.readResults(run, { after: change - 1, limit: 1 });
  const stored = await ledger.changes.readStored(run, change, result?.accountId ?? null);
  if (stored.accountId === null) return false;
  const met = await meetBank(inHand, stored, null);
  if (met.kind === "failed" && endsRun(met.failure)) return stopFor(issueOfFailure(met.failure));
  if (met.kind !== "met") return false;
  const assumedCurrency = run.reading?.money === "decimal" ? run.reading.currency : undefined;
  return planChange(met.desired, met.actual, { ...job, assumedCurrency }, met.known, stored.kept).kind === "unchanged";
}
