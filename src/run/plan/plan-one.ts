/**
 * Plans one change against the bank as it is now: fetches the account, asks the pure planner, gives the operations their
 * keys. Used by the plan phase, and again by apply when a plan has grown old. Sends nothing that changes the bank.
 */
import type { Issue } from "../../errors/issue.ts";
import type { Word } from "../../errors/words.ts";
import type { PlannedChange, SeenAccount, StoredChange, Verdict } from "../../ledger/ledger.ts";
import { ABSENT_ALREADY, isAbsentAlready } from "../../plan/absent-already.ts";
import { planChange } from "../../plan/plan-change.ts";
import { NOT_SELECTED } from "../../plan/selection.ts";
import { layoutOf } from "../../read/layouts.ts";
import { toLine } from "../../text/to-line.ts";
import { isOfOtherVersion } from "../batches.ts";
import { endsRun, issueOfFailure } from "../failure.ts";
import type { RunInHand } from "../run-in-hand.ts";
import { type Stop, stopFor } from "../stop.ts";
import { isSameWish } from "./is-same-wish.ts";
import { judgeCreate, judgeMissing } from "./judge-create.ts";
import { issueOfLaterRun, judgeAhead, judgeLaterInstant, judgeLaterRun } from "./judge-later.ts";
import { judgeNear } from "./judge-near.ts";
import { judgeUsers } from "./judge-users.ts";
import { keyOperations } from "./key-operations.ts";
import { type Met, meetBank } from "./meet-bank.ts";

/** `needed` are the GETs of the account that the change needs, beside those of its look-up. */
interface Planned {
  readonly kind: "planned";
  readonly plan: PlannedChange;
  readonly needed: number;
}

/** `after` is the last step that was applied before; 0 for none. */
export async function planOne(inHand: RunInHand, stored: StoredChange, after = 0): Promise<Planned | Stop> {
  const { clock } = inHand;
  const { change, accountId, memory } = stored;
  const verdict = await judgeUnasked(inHand, stored);
  const seen = seenByLookUp(inHand, stored);
  const met: Met =
    verdict === null
      ? await meetBank(inHand, stored, seen?.account ?? null)
      : { kind: "verdict", verdict, resolutions: [] };
  if (met.kind === "failed" && endsRun(met.failure)) return stopFor(issueOfFailure(met.failure));
  const decided = met.kind === "met" ? await planMet(inHand, stored, met, after) : { verdict: verdictOf(met) };
  const nothing = { seen: null, differences: [], operations: [], product: null };
  const base = {
    change,
    accountId,
    plannedAtMs: plannedAt(clock.nowMs(), stored, seen),
    touch: memory.touch,
    isLookedUp: (stored.lookedUp?.account ?? null) !== null,
    resolutions: met.resolutions,
  };
  return { kind: "planned", plan: { ...nothing, ...base, ...decided }, needed: readsNeeded(stored, met) };
}

function readsNeeded({ accountId, lookedUp }: StoredChange, met: Met): number {
  const isAnswered = met.kind === "met" || (met.kind === "failed" && met.failure.kind === "refused");
  if (!isAnswered) return 0;
  const account = accountId !== null && lookedUp === null ? 1 : 0;
  return met.kind === "met" && met.actual?.relationships ? account + 1 : account;
}

/** When the bank was asked: a plan is as old as the look-up that it is made from, be it that there is no such account. */
function plannedAt(nowMs: number, { accountId, lookedUp }: StoredChange, seen: SeenAccount | null): number {
  const asked = accountId === null ? lookedUp : seen;
  return Math.min(asked?.atMs ?? nowMs, nowMs);
}

/**
 * The account as its look-up has seen it, while that is as young as a plan must be. Not where this ledger has changed the account
 * at any time: that could have been since.
 */
function seenByLookUp({ job, clock }: RunInHand, { lookedUp, memory }: StoredChange): SeenAccount | null {
  if (lookedUp === null || memory.touch > 0) return null;
  const ageMs = clock.nowMs() - lookedUp.atMs;
  return ageMs >= 0 && ageMs < job.recheckAfterMs ? lookedUp : null;
}

/** A verdict that needs no question to the bank; null if there is none. */
async function judgeUnasked(inHand: RunInHand, stored: StoredChange): Promise<Verdict | null> {
  const later = await judgeLaterRun(inHand, stored, stored.memory);
  if (later !== null) return { word: "skipped", issues: [later] };
  if (stored.accountId === null && layoutOf(inHand.run.reading).rowIsAbout === "user") {
    const missing = judgeMissing(inHand);
    return { word: missing.code === "lookup_unproven" ? "held" : "refused", issues: [missing] };
  }
  const unsure = stored.accountId === null ? judgeCreate(inHand) : null;
  return unsure === null ? null : { word: "held", issues: [unsure] };
}

function verdictOf(unmet: Exclude<Met, { kind: "met" }>): Verdict {
  if (unmet.kind === "verdict") return unmet.verdict;
  const { failure } = unmet;
  return { word: failure.kind === "refused" ? "refused" : "failed", issues: [issueOfFailure(failure)] };
}

/** Characters of a product's name that tell it from others. */
const PRODUCT_LENGTH = 80;

/** The parts of a plan that depend on how it was decided. */
type Decided = Pick<PlannedChange, "verdict" | "seen"> & Partial<PlannedChange>;

/** Plans a change on what the bank has shown. */
async function planMet(
  inHand: RunInHand,
  stored: StoredChange,
  { desired: wanted, actual, known }: Extract<Met, { kind: "met" }>,
  after: number,
): Promise<Decided> {
  const { job, run, isResumed, clock } = inHand;
  const { memory, kept } = stored;
  const isThere = run.absentOf !== undefined && isAbsentAlready(wanted, actual);
  if (isThere) return { verdict: { word: "unchanged", issues: [ABSENT_ALREADY] }, seen: JSON.stringify(actual) };
  // Amounts in minor units are in the account's own currency, whatever it is.
  const assumedCurrency = run.reading?.money === "decimal" ? run.reading.currency : undefined;
  const seen = actual === null ? null : JSON.stringify(actual);
  const settings = { ...job, assumedCurrency };
  const ofUsers = wanted.users !== undefined && actual !== null ? { stored, desired: wanted, actual, after } : null;
  // Which account it is, is judged before its users are.
  const judged =
    ofUsers === null || planChange({ ...wanted, users: [] }, actual, settings).kind === "refused"
      ? { desired: wanted, verdict: null }
      : await judgeUsers(inHand, ofUsers);
  const { desired, verdict, ...apart } = judged;
  if (verdict !== null) return { verdict, seen, ...apart };
  const plan = planChange(desired, actual, settings, known, kept);
  if (plan.kind === "unchanged") return { verdict: { word: "unchanged", issues: plan.notes }, seen, ...apart };
  const { differences } = plan;
  const end = (word: Word, issues: readonly Issue[]): Decided => ({
    verdict: { word, issues },
    seen,
    differences,
    ...apart,
  });
  // A run that waited for a person must not undo what has come since.
  if (ofUsers === null && isResumed && run.hasWaited && after === 0 && memory.appliedByRun > run.no)
    return end("skipped", [issueOfLaterRun(run)]);
  if (plan.kind !== "operations") return end(plan.kind, plan.issues);
  const ahead = after > 0 ? null : judgeAhead(desired.effective_at, clock.nowMs());
  if (ahead !== null) return end("invalid", [ahead]);
  // What was applied last may be the first part of this same row, or of the row that it repairs or corrects, or just what it asks for.
  const isOwn = async () =>
    after > 0 ||
    stored.provenance !== null ||
    (await isOfOtherVersion(inHand, run, memory.appliedByRun)) ||
    (await isSameWish(inHand, stored, memory.appliedByRun));
  const stale = await judgeLaterInstant(desired, memory, isOwn);
  if (stale !== null) return end("skipped", [stale]);
  // What is begun is finished, and a plan that is applied has its kinds.
  const { onlyKinds } = (run.planOf === null && run.selection) || {};
  if (after === 0 && onlyKinds && !plan.operations.every(({ kind }) => onlyKinds.includes(kind)))
    return end("skipped", [NOT_SELECTED]);
  const near = actual === null ? await judgeNear(inHand, stored) : null;
  if (near !== null) return end("held", [near]);
  const numbered = plan.operations.map((operation) => ({ ...operation, step: after + operation.step }));
  const operations = keyOperations(run, stored.key, numbered, memory.touch);
  const name = desired.product_name ?? actual?.account.details?.product_name;
  const product = name === undefined ? null : toLine(name, PRODUCT_LENGTH);
  return { verdict: { word: null, issues: plan.notes }, seen, differences, operations, product, ...apart };
}
