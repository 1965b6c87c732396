/**
 * Plans one change against the bank as it is now: fetches the account, asks the pure planner, gives the operations their
 * keys. Used by the plan phase, and again by apply when a plan has grown old. Sends nothing that changes the bank.
 */
import type { Application, Entity } from "../../account.ts";
import type { BankApi, Failure } from "../../bank/bank-api.ts";
import { accountKey } from "../../change-key.ts";
import type { Issue } from "../../errors/issue.ts";
import { isLater } from "../../instant.ts";
import type { Job } from "../../job.ts";
import type { KeyedOperation, PlannedChange, StoredChange } from "../../ledger/ledger.ts";
import type { Run } from "../../ledger/run.ts";
import { wantsRelationships } from "../../plan/diff/diff-relationships.ts";
import { hashBody, idempotencyKey, operationName } from "../../plan/idempotency-key.ts";
import type { Operation } from "../../plan/operation.ts";
import type { Resolution } from "../../plan/own-ids.ts";
import { type Actual, planChange } from "../../plan/plan-change.ts";
import { type Known, namesToKnow, needsHolders } from "../../plan/precheck.ts";
import type { Desired } from "../../read/change.ts";
import { findReplacement, replacedBy } from "../batches.ts";
import type { RunContext } from "../context.ts";
import { endsRun, issueOf } from "../failure.ts";
import type { RunInHand } from "../run-in-hand.ts";
import type { Stop } from "../stop.ts";
import { stopFor } from "../stop.ts";
import { judgeNear } from "./near-known.ts";

type Planned =
  | { readonly kind: "planned"; readonly plan: PlannedChange }
  | { readonly kind: "stop"; readonly stop: Stop };

/** `after` is the last step of what was sent before, 0 for nothing. */
export async function planOne(inHand: RunInHand, stored: StoredChange, after = 0): Promise<Planned> {
  const { ledger, clock, job, run } = inHand;
  const { change, accountId } = stored;
  const identity = accountId === null ? stored.key : accountKey(accountId);
  const [memory] = await ledger.accounts.readMemory(run.bank, [identity]);
  let resolutions: readonly Resolution[] = [];
  const planned = (verdict: PlannedChange["verdict"], rest: Partial<PlannedChange> = {}): Planned => {
    const nothing = { seen: null, resolutions, differences: [], operations: [] };
    const base = { change, accountId, plannedAtMs: clock.nowMs(), touch: memory?.touch ?? 0 };
    return { kind: "planned", plan: { ...nothing, ...base, ...rest, verdict } };
  };

  const appliedByRun = memory?.appliedByRun ?? 0;
  const later = await findLaterRun(inHand, stored, appliedByRun);
  if (later !== null) return planned({ word: "skipped", issues: [later] });
  const unsure = accountId === null ? judgeCreate(inHand) : null;
  if (unsure !== null) return planned({ word: "held", issues: [unsure] });

  const failed = (failure: Failure): Planned => {
    const issue = issueOf(failure);
    if (endsRun(failure)) return { kind: "stop", stop: stopFor(issue) };
    return planned({ word: failure.kind === "refused" ? "refused" : "failed", issues: [issue] });
  };
  const resolved = await inHand.ownIds.resolve(stored.desired);
  if ("bankCode" in resolved) return failed(resolved);
  ({ resolutions } = resolved);
  if (resolved.verdict !== null) return planned(resolved.verdict);
  const { desired } = resolved;
  const met = await meetBank(inHand, { ...stored, desired });
  if ("kind" in met) return failed(met);
  const { actual, known } = met;
  const gone = resolutions.filter((one) => one.run !== run.id && isGone(one, known));
  if (gone.length > 0) {
    await ledger.ownIds.forget(run, gone);
    return planOne(inHand, stored, after);
  }
  const kept = accountId === null ? [] : await ledger.accounts.readKept(run.bank, accountId);
  // Amounts in minor units are the account's own, whatever its currency.
  const assumedCurrency = run.reading?.money === "decimal" ? run.reading.currency : undefined;
  const plan = planChange(desired, actual, { ...job, assumedCurrency }, known, kept);
  const seen = actual === null ? null : JSON.stringify(actual);
  if (plan.kind === "unchanged") return planned({ word: "unchanged", issues: plan.notes }, { seen });
  const { differences } = plan;
  // A run that waited for a person must not undo what has come since.
  if (inHand.isResumed && run.hasWaited && after === 0 && appliedByRun > run.no)
    return planned({ word: "skipped", issues: [issueOfLater(run)] }, { seen, differences });
  if (plan.kind !== "operations") {
    return planned({ word: plan.kind, issues: plan.issues }, { seen, differences });
  }
  // What was applied last may be the first part of this very row, or of the row that it repairs or corrects.
  const isOwn = async () =>
    after > 0 || stored.provenance !== null || (await ledger.runs.isOtherVersion(run, appliedByRun));
  if (await isStale(desired.effective_at, memory?.effectiveAt ?? "", isOwn)) {
    const message = `effective_at is not later than ${memory?.effectiveAt}, the last one applied to this account`;
    const issue: Issue = { code: "stale", column: "effective_at", message };
    return planned({ word: "skipped", issues: [issue] }, { seen, differences });
  }
  const near = actual === null ? await judgeNear(inHand, stored) : null;
  if (near !== null) return planned({ word: "held", issues: [near] }, { seen, differences });
  const numbered = plan.operations.map((operation) => ({ ...operation, step: after + operation.step }));
  const operations = await keyOperations(inHand, stored.key, numbered);
  return planned({ word: null, issues: plan.notes }, { seen, differences, operations });
}

/** What names an operation in the ledger, however often it is begun anew. */
export function nameOf(run: Run, changeKey: string, operation: Omit<KeyedOperation, "generation" | "key">): string {
  const { kind, step, bodyHash } = operation;
  const { keyName, bank, file } = run;
  return operationName({ apiUrl: bank.apiUrl, keyName, fileSha256: file.sha256, changeKey, kind, step, bodyHash });
}

async function keyOperations(
  { ledger, run }: RunInHand,
  changeKey: string,
  operations: readonly Operation[],
): Promise<KeyedOperation[]> {
  const hashed = operations.map((operation) => ({ ...operation, bodyHash: hashBody(operation.body) }));
  const names = hashed.map((operation) => nameOf(run, changeKey, operation));
  const generations = await ledger.operations.readGenerations(run.bank, changeKey, names);
  return hashed.map((operation, index) => {
    const generation = generations[index] ?? 0;
    return { ...operation, generation, key: idempotencyKey(names[index] ?? "", generation) };
  });
}

/** What the bank holds of the account, null for a new one, and of what the row names, null when that is not prechecked. */
async function meetBank(
  { job, bank, facts }: RunInHand,
  { desired, accountId }: StoredChange,
): Promise<{ actual: Actual | null; known: Known | null } | Failure> {
  const actual = accountId === null ? null : await fetchActual(bank, desired, accountId, job.precheck);
  if (actual !== null && "kind" in actual) return actual;
  if (!job.precheck) return { actual, known: null };
  const known = await facts.know(namesToKnow(desired, actual));
  return "kind" in known ? known : { actual, known };
}

/** Whether the bank no longer has what an own id was resolved to, or now shows it under another own id. */
function isGone({ kind, own, id }: Resolution, known: Known | null): boolean {
  if (known === null || id === null) return false;
  const isCustomer = kind === "client_customer_id";
  const shown = isCustomer ? known.entities.get(id) : known.applications.get(id);
  // What was not fetched, or is shown without an own id, says nothing.
  const now =
    shown && (isCustomer ? (shown as Entity).client_customer_id : (shown as Application).client_application_id);
  return shown === null || (now !== undefined && now !== own);
}

async function fetchActual(
  bank: BankApi,
  desired: Desired,
  accountId: string,
  precheck: boolean,
): Promise<Actual | Failure> {
  const account = await bank.fetchAccount(accountId);
  if (!account.ok) return account.failure;
  const isAsked = wantsRelationships(desired) || (precheck && needsHolders(desired, account.value));
  if (!isAsked) return { account: account.value, relationships: null };
  const relationships = await bank.fetchRelationships(accountId);
  if (!relationships.ok) return relationships.failure;
  return { account: account.value, relationships: relationships.value };
}

/** A row that is fed in again is overtaken once a later run has applied its account (design §6), or a later version its file. */
async function findLaterRun(
  context: RunContext,
  { provenance }: StoredChange,
  appliedByRun: number,
): Promise<Issue | null> {
  if (provenance === null) return null;
  const origin = await context.ledger.runs.find(provenance.run).catch(() => undefined);
  if (origin === undefined) return null;
  const later = await findReplacement(context, origin);
  if (later !== undefined) return { code: "superseded_by_run", column: "", message: replacedBy(later) };
  return appliedByRun > origin.no ? issueOfLater(origin) : null;
}

function issueOfLater({ id }: Run): Issue {
  return { code: "superseded_by_run", column: "", message: `a run after ${id} has applied this account` };
}

/** The word of what is not sent any more, as a person has given the run up. */
export function issueOfAbandoned({ id, abandoned }: Run): Issue {
  return { code: "abandoned", column: "", message: `run ${id} was abandoned: ${abandoned}` };
}

/** Whether a row whose account was not found may become a create; the contract's "The look-up must prove itself". */
function judgeCreate({ job, run }: RunInHand): Issue | null {
  if (job.creates === "trusted" && !run.withoutLedger) return null;
  if (job.creates === "never") {
    return {
      code: "create_not_allowed",
      column: "",
      message: "the bank has no such account, and the job does not create accounts",
    };
  }
  if (run.proof === "proven" || run.proof === "alone") return null;
  const why = job.lookup
    ? `the bank's look-up has not yet found any known account, so this one might be a duplicate`
    : "the look-up is off, so this account might be a duplicate";
  return { code: "lookup_unproven", column: "client_account_id", message: `${why}; ${wayToCreate(job, run)}` };
}

/** What a person may do about creates that are held, as the job and the run are; each of it lets the rows through. */
export function wayToCreate(job: Job, { id, proof, withoutLedger }: Run): string {
  if (withoutLedger) return "give account_id, or restore the ledger and run the file again with that";
  const rerun = `tieout rerun ${id} --only held`;
  // Of a look-up that has missed an account there is no proof to be had by making another one.
  const setting = job.lookup && proof !== "missed" && job.creates !== "first_alone" ? "first_alone" : "trusted";
  const set = `if the bank has none of these accounts, set creates: "${setting}" in the job, then: ${rerun}`;
  return proof === "missed" ? `it may lag, so try again later: ${rerun}; or, ${set}` : `give account_id; or, ${set}`;
}

/**
 * Not newer than what was applied; only asked of rows that would change something. Where the row itself, or the one it repairs, or an
 * earlier version of its file has applied something (`isOwn`), the same instant is its own.
 */
async function isStale(
  effectiveAt: string | undefined,
  applied: string,
  isOwn: () => Promise<boolean>,
): Promise<boolean> {
  if (effectiveAt === undefined || applied === "" || isLater(effectiveAt, applied)) return false;
  return isLater(applied, effectiveAt) || !(await isOwn());
}
