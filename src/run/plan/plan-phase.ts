/**
 * The plan phase: every change finds its account, meets what the bank holds, and gets its operations or its word. Only
 * GETs leave. Here is what concerns all changes together; find-range.ts and plan-range.ts work on them.
 */
import { clientIdOf } from "../../change-keys.ts";
import type { Run } from "../../ledger/run.ts";
import { foldChanges } from "../fold-changes.ts";
import { proveLookUp } from "../look-up.ts";
import { readOutlook } from "../outlook.ts";
import type { RunInHand } from "../run-in-hand.ts";
import type { Stop } from "../stop.ts";
import { hashPlan } from "./hash-plan.ts";
import { holdCutRow } from "./hold-cut-row.ts";
import { holdsNear, nearColumn } from "./judge-near.ts";
import { selectChanges } from "./select-changes.ts";
import { fetchAfterAll, skipUnchanged } from "./skip-unchanged.ts";

/** Resolves with why it stopped, or null at its end. */
export async function planPhase(inHand: RunInHand, isResumed: boolean): Promise<Stop | null> {
  const found = await findAccounts(inHand, isResumed);
  if (found !== null) return found;
  const { ledger, run, maxChange } = inHand;
  const current = { ...inHand, run: await asItIsNow(inHand) };
  const { reading } = current.run;
  if (run.selection !== undefined) await ledger.selection.takeIn(run);
  if ((await ledger.changes.joinByAccount(run)) > 0 && reading !== null) await foldChanges(inHand, run, reading);
  await holdCutRow(current);
  const mayCreate = (await ledger.changes.findUnlinked(run, maxChange)) !== undefined;
  if (mayCreate && holdsNear(current)) await ledger.changes.recordNear(run, nearColumn(current.run));

  await skipUnchanged(current);
  const stop = await planAll(inHand, current, isResumed);
  if (stop === null && run.kind === "plan") await keepHash(inHand);
  return stop;
}

async function planAll(inHand: RunInHand, current: RunInHand, isResumed: boolean): Promise<Stop | null> {
  const { ledger, sight, run, maxChange, spread } = inHand;
  const { found: changes, operations } = await ledger.changes.countOpen(run, maxChange);
  const look = readOutlook(inHand, { changes, later: 0, operations });
  const onThrough = sight.show({ stage: "plan", of: changes, look });
  const stop = await spread(current, { phase: "plan", isTakenOver: isResumed }, onThrough);
  if (stop !== null || !(await fetchAfterAll(current))) return stop;
  return planAll(inHand, current, isResumed);
}

/** A plan that lacks rows of its file, as with `--limit`, gets no hash, and so is never applied. */
async function keepHash({ ledger, run }: RunInHand): Promise<void> {
  const { read, found } = await ledger.changes.countOpen(run);
  if (read + found === 0) await ledger.runs.record(run, { planHash: await hashPlan(ledger, run) });
}

/** In the ledger first; what it does not know is looked up at the bank. */
async function findAccounts(inHand: RunInHand, isResumed: boolean): Promise<Stop | null> {
  const { ledger, job, sight, run, maxChange, spread } = inHand;
  if (isResumed) await ledger.changes.forgetUnfound(run);
  await ledger.changes.findByLedger(run, maxChange);
  await selectChanges(inHand);
  const { read, found: later, operations } = await ledger.changes.countOpen(run, maxChange);
  const look = readOutlook(inHand, { changes: read, later, operations });
  const [first] = read === 0 ? [] : await ledger.changes.readToFind(run, { after: 0, to: maxChange, limit: 1 });
  const onThrough = sight.show({ stage: "look up", of: read, look });
  const stop = await spread(inHand, { phase: "find", isTakenOver: isResumed }, onThrough);
  if (stop !== null) return stop;
  // A process may have died between the last look-up and the proof.
  const unproven = first?.key ?? (run.proof === "open" ? await ledger.changes.findUnlinked(run, maxChange) : undefined);
  if (unproven === undefined || (await asItIsNow(inHand)).proof === "proven") return null;
  const proof = job.lookup ? await proveLookUp(inHand, clientIdOf(unproven)) : "unproven";
  if (typeof proof !== "string") return proof;
  await ledger.runs.record(run, { proof });
  return null;
}

async function asItIsNow({ ledger, run }: RunInHand): Promise<Run> {
  return (await ledger.runs.find(run.id)) ?? run;
}
