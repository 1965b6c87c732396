/**
 * Looks up at the bank the accounts of a range of changes that the ledger could not find.
 */
import { clientIdOf } from "../../change-keys.ts";
import type { StoredChange } from "../../ledger/ledger.ts";
import { lookUp } from "../look-up.ts";
import { Suspects } from "../one-row.ts";
import { PAGE, walk } from "../pages.ts";
import type { OnThrough, RangeWork } from "../ranges.ts";
import type { RunInHand } from "../run-in-hand.ts";
import type { Stop } from "../stop.ts";
import { stopOf } from "../stop.ts";
import { forEachInWindow, type Rest } from "../window.ts";

/** Resolves with why it stopped, or null at its end. The first account that proves the look-up is recorded at once. */
export async function findRange(
  inHand: RunInHand,
  { range, isTakenOver }: RangeWork,
  onThrough: OnThrough,
): Promise<Stop | null> {
  const { ledger, job, signal, clock, bank, run } = inHand;
  let isProven = run.proof === "proven";
  const find = async (change: number, clientAccountId: string) => {
    const atMs = clock.nowMs();
    const found = await lookUp(bank, clientAccountId);
    if (found.kind === "stop") return found;
    const account = found.kind === "account" ? found.account : null;
    if (found.kind === "account") {
      await ledger.accounts.recordLinks(run.bank, [{ clientAccountId, accountId: found.account.id }]);
      if (found.proves && !isProven) {
        isProven = true;
        await ledger.runs.record(run, { proof: "proven" });
      }
    }
    const verdict = found.kind === "verdict" ? found.verdict : null;
    await ledger.changes.recordFound(run, [
      { change, accountId: account?.id ?? null, verdict, seen: { account, atMs } },
    ]);
    // Of one that failed perhaps no call has left.
    if (verdict?.word !== "failed") inHand.needed.reads += account === null ? 1 : 2;
    return null;
  };
  const toFind = walk((page) => ledger.changes.readToFind(run, page), numberOf, PAGE, range);
  const atOnce = job.concurrency.reads * 4;
  const suspects = new Suspects(inHand, isTakenOver ? atOnce : 0);
  const act = async (stored: StoredChange, rest: Rest) => {
    if (signal.aborted) return stopOf(signal);
    const { change, key } = stored;
    if (!job.lookup) {
      await ledger.changes.recordFound(run, [{ change, accountId: null, verdict: null, seen: null }]);
      return null;
    }
    const stop = await suspects.take(
      stored,
      rest,
      () => find(change, clientIdOf(key)),
      (issue) => ledger.changes.recordDone(run, change, { word: "failed", issues: [issue] }, clock.nowMs()),
    );
    if (stop === null) onThrough(0);
    return stop;
  };
  return forEachInWindow(toFind, atOnce, act, inHand.places);
}

const numberOf = ({ change }: StoredChange) => change;
