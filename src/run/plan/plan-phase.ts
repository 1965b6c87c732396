/**
 * The plan phase: every change finds its account, meets what the bank holds, and gets its operations or its word. Only
 * GETs leave.
 */
import { clientIdOf } from "../../change-keys.ts";
import type { StoredChange } from "../../ledger/ledger.ts";
import type { Run } from "../../ledger/run.ts";
import { foldChanges } from "../fold-changes.ts";
import { lookUp, proveLookUp } from "../look-up.ts";
import { Suspects } from "../one-row.ts";
import { readOutlook } from "../outlook.ts";
import { PAGE, walk } from "../pages.ts";
import type { RunInHand } from "../run-in-hand.ts";
import type { Stop } from "../stop.ts";
import { stopOf } from "../stop.ts";
import { forEachInWindow } from "../window.ts";
import { holdCutRow } from "./hold-cut-row.ts";
import { holdsNear } from "./judge-near.ts";
import { planOne } from "./plan-one.ts";

/** Resolves with why it stopped, or null at its end. */
export async function planPhase(inHand: RunInHand, isResumed: boolean): Promise<Stop | null> {
  const found = await findAccounts(inHand, isResumed);
  if (found !== null) return found;
  const { ledger, progress, signal, job, clock, run, maxChange } = inHand;
  const current = { ...inHand, run: (await ledger.runs.find(run.id)) ?? run };
  const { reading } = current.run;
  if ((await ledger.changes.joinByAccount(run)) > 0 && reading !== null) await foldChanges(inHand, run, reading);
  await holdCutRow(current);
  const mayCreate = (await ledger.changes.findUnlinked(run, maxChange)) !== undefined;
  if (mayCreate && holdsNear(current)) await ledger.changes.recordNear(run, nearColumn(current.run));

  const { found: toCome } = await ledger.changes.countOpen(run, maxChange);
  const look = readOutlook(inHand, toCome);
  let planned = 0;
  const toPlan = walk((page) => ledger.changes.readToPlan(run, { ...page, to: maxChange }), numberOf, PAGE);
  const atOnce = job.concurrency.reads * 4;
  const suspects = new Suspects(inHand, isResumed ? atOnce : 0);
  return forEachInWindow(toPlan, atOnce, async (change, rest) => {
    if (signal.aborted) return stopOf(signal);
    const plan = async () => {
      const result = await planOne(current, change);
      if (result.kind === "stop") return result;
      inHand.needed.reads += result.needed;
      await ledger.changes.recordPlans(run, [result.plan]);
      return null;
    };
    const stop = await suspects.take(change, rest, plan, (issue) =>
      ledger.changes.recordDone(run, change.change, { word: "failed", issues: [issue] }, clock.nowMs()),
    );
    if (stop !== null) return stop;
    planned += 1;
    progress.count("plan", planned, () => look(planned));
    return null;
  });
}

/** In the ledger first; what it does not know is looked up at the bank. */
async function findAccounts(inHand: RunInHand, isResumed: boolean): Promise<Stop | null> {
  const { ledger, job, signal, progress, clock, bank, run, maxChange } = inHand;
  if (isResumed) await ledger.changes.forgetUnfound(run);
  await ledger.changes.findByLedger(run, maxChange);
  const { read, found: known } = await ledger.changes.countOpen(run, maxChange);
  const look = readOutlook(inHand, read, known);
  let proven = run.proof === "proven";
  let sample: string | null = null;
  let lookedUp = 0;
  const toFind = walk((page) => ledger.changes.readToFind(run, { ...page, to: maxChange }), numberOf, PAGE);
  const atOnce = job.concurrency.reads * 4;
  const suspects = new Suspects(inHand, isResumed ? atOnce : 0);
  const find = async (change: number, clientAccountId: string) => {
    const atMs = clock.nowMs();
    const found = await lookUp(bank, clientAccountId);
    if (found.kind === "stop") return found;
    const account = found.kind === "account" ? found.account : null;
    if (found.kind === "account") {
      proven ||= found.proves;
      await ledger.accounts.recordLinks(run.bank, [{ clientAccountId, accountId: found.account.id }]);
    }
    const verdict = found.kind === "verdict" ? found.verdict : null;
    inHand.needed.reads += account === null ? 1 : 2;
    await ledger.changes.recordFound(run, [
      { change, accountId: account?.id ?? null, verdict, seen: { account, atMs } },
    ]);
    return null;
  };
  const stop = await forEachInWindow(toFind, atOnce, async (stored, rest) => {
    if (signal.aborted) return stopOf(signal);
    const { change, key } = stored;
    const clientAccountId = clientIdOf(key);
    sample ??= clientAccountId;
    if (!job.lookup) {
      await ledger.changes.recordFound(run, [{ change, accountId: null, verdict: null, seen: null }]);
      return null;
    }
    const stop = await suspects.take(
      stored,
      rest,
      () => find(change, clientAccountId),
      (issue) => ledger.changes.recordDone(run, change, { word: "failed", issues: [issue] }, clock.nowMs()),
    );
    if (stop !== null) return stop;
    lookedUp += 1;
    progress.count("look up", lookedUp, () => look(lookedUp));
    return null;
  });
  if (stop !== null) return stop;
  // A process may have died between the last look-up and the proof.
  if (sample === null && run.proof === "open") {
    const unlinked = await ledger.changes.findUnlinked(run, maxChange);
    sample = unlinked === undefined ? null : clientIdOf(unlinked);
  }
  if (sample === null) return null;
  const proof = proven ? "proven" : job.lookup ? await proveLookUp(inHand, sample) : "unproven";
  if (typeof proof !== "string") return proof;
  await ledger.runs.record(run, { proof });
  return null;
}

/** The column of client_account_ids, as they are in the file's cells; null where it has none. */
function nearColumn({ reading }: Run): number | null {
  const at = reading?.columns.indexOf("client_account_id") ?? -1;
  return at === -1 ? null : at;
}

const numberOf = ({ change }: StoredChange) => change;
