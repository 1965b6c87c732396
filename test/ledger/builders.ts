/**
 * Runs, rows, plans and outcomes in one line each, and the way of a change through the ledger in one call.
 */
import { expect } from "chai";
import { FatalError } from "../../src/errors/fatal-error.ts";
import type { Issue } from "../../src/errors/issue.ts";
import type {
  AccountMemory,
  Actor,
  Claim,
  FirstSending,
  KeyedOperation,
  Ledger,
  Outcome,
  PlannedAccount,
  PlannedChange,
  SentOperation,
  Verdict,
} from "../../src/ledger/ledger.ts";
import { type BankName, type Lease, leaseName, type NewRun, type Run } from "../../src/ledger/run.ts";
import type { OperationKind } from "../../src/plan/operation.ts";
import type { DesiredRow, InvalidRow } from "../../src/read/change.ts";
import { isInDoubt } from "../../src/run/apply/is-in-doubt.ts";

export const BANK: BankName = { apiUrl: "https://bank.test", program: "one" };
export const SANDBOX: BankName = { apiUrl: "https://sandbox.test", program: "one" };
export const ACTOR: Actor = { user: "clara", host: "night-1", version: "1.0.0" };
export const ALL = { after: 0, limit: 1_000 };
export const EVERY_CHANGE = Number.MAX_SAFE_INTEGER;
export const NO_ISSUE: Verdict["issues"] = [];

export function newRun(id: string, over: Partial<NewRun> = {}): NewRun {
  return {
    id,
    kind: "run",
    job: "nightly",
    jobPath: "jobs/nightly.ts",
    file: { key: "a.csv", size: 9, lastModifiedMs: 5, etag: '"e"', place: "s3://in", sha256: "abc" },
    byName: false,
    rerunOf: null,
    planOf: null,
    settingsSha256: null,
    accepts: [],
    reason: null,
    withoutLedger: false,
    startedAtMs: 1_000,
    actor: ACTOR,
    ...over,
  };
}

export function issue(code: Issue["code"], column = ""): Issue {
  return { code, column, message: `${code} happened.` };
}

/** `key` as `account:…` or `client:…`; the desired side says the same id. */
export function row(number: number, key: string): DesiredRow {
  const [kind = "", id = ""] = key.split(":");
  return {
    kind: "desired",
    source: { row: number, byteOffset: number * 10, cells: [key, `cell ${number}`] },
    key,
    desired: { [kind === "account" ? "account_id" : "client_account_id"]: id },
  };
}

export function invalidRow(number: number, cells: readonly string[] | null = ["?"]): InvalidRow {
  return { kind: "invalid", source: { row: number, byteOffset: number * 10, cells }, issues: [issue("row_ragged")] };
}

export function operation(step: number, kind: OperationKind): KeyedOperation {
  const body = `{"step":${step}}`;
  return { step, kind, body, bodyHash: `hash of ${body}`, generation: 0, key: `key-${kind}-${step}` };
}

export function plan(
  change: number,
  kinds: readonly OperationKind[],
  over: Partial<PlannedChange> = {},
): PlannedChange {
  return {
    change,
    accountId: null,
    seen: `{"account":"of ${change}"}`,
    isLookedUp: false,
    plannedAtMs: 2_000,
    touch: 0,
    product: null,
    resolutions: [],
    differences: [{ field: "status", actual: "active", desired: "closed" }],
    operations: kinds.map((kind, index) => operation(index + 1, kind)),
    verdict: { word: null, issues: [] },
    ...over,
  };
}

export function outcome(state: Outcome["state"], over: Partial<Outcome> = {}): Outcome {
  return {
    state,
    inDoubt: false,
    httpStatus: 200,
    issue: null,
    accountId: null,
    effectiveAt: null,
    atMs: 3_000,
    ...over,
  };
}

/** Takes the run's rows as far as found. What the ledger cannot find has no account. */
export async function findAll(ledger: Ledger, run: Run): Promise<void> {
  await ledger.changes.findByLedger(run, EVERY_CHANGE);
  const unfound = await ledger.changes.readToFind(run, ALL);
  await ledger.changes.recordFound(
    run,
    unfound.map(({ change }) => ({ change, accountId: null, verdict: null, seen: null })),
  );
}

/** A run of one row, planned with these operations. */
export async function planOne(ledger: Ledger, run: Run, key: string, kinds: readonly OperationKind[]): Promise<void> {
  await ledger.rows.recordRows(run, [row(2, key)]);
  await findAll(ledger, run);
  const [found] = await ledger.changes.readToPlan(run, ALL);
  const { accountId = null, memory = { touch: 0 } } = found ?? {};
  await ledger.changes.recordPlans(run, [plan(2, kinds, { accountId, touch: memory.touch })]);
}

/** What the ledger remembers of the account, or of the key of the change for null. */
export async function memoryOf(ledger: Ledger, run: Run, accountId: string | null): Promise<AccountMemory> {
  return (await ledger.changes.readStored(run, 2, accountId)).memory;
}

async function readPlanned(ledger: Ledger, run: Run, change: number) {
  const [planned] = await ledger.changes.takeToApply(run, { after: change - 1, to: change, limit: 1 });
  if (planned === undefined) throw new Error(`run ${run.id}: change ${change} is not planned`);
  return planned;
}

/** The change as apply claims the account of it. */
export async function plannedOf(ledger: Ledger, run: Run, change = 2): Promise<PlannedAccount> {
  const { key, accountId, touch, operations } = await readPlanned(ledger, run, change);
  return { change, key, accountId, touch, inDoubt: operations.some(isInDoubt) };
}

/** Claims the account of the change as it is planned now. */
export async function claimOf(
  ledger: Ledger,
  run: Run,
  { change = 2, nowMs = 0, first }: { change?: number; nowMs?: number; first?: FirstSending } = {},
): Promise<Claim> {
  return ledger.accounts.claim(run, await plannedOf(ledger, run, change), nowMs, first);
}

/** The change and its operation as who has sent it knows them. */
export async function sentOf(
  ledger: Ledger,
  run: Run,
  change = 2,
  step = 1,
): Promise<readonly [PlannedAccount, SentOperation]> {
  const operation = (await readPlanned(ledger, run, change)).operations.find((one) => one.step === step);
  if (operation === undefined) throw new Error(`run ${run.id}: change ${change} has no step ${step}`);
  return [await plannedOf(ledger, run, change), operation];
}

/** What became of the last attempt at a step of change 2. */
export async function recordEnd(
  ledger: Ledger,
  run: Run,
  ended: Outcome,
  { step = 1, end }: { step?: number; end?: Verdict } = {},
): Promise<void> {
  await ledger.operations.recordOutcome(run, ...(await sentOf(ledger, run, 2, step)), ended, end);
}

export async function claimLease(ledger: Ledger, run: Run, owner = "me", nowMs = 0): Promise<Lease> {
  const claimed = await ledger.leases.claim(leaseName(run.bank, run.job), owner, 1_000, nowMs);
  expect(claimed.kind).to.equal("claimed");
  return claimed.lease;
}

/** By our clock; the bank's is not known. */
export const sentAt = (ourMs: number) => ({ ourMs, bankMs: null });

/** Claims the account of change 2 and sends its first step. */
export async function sendOne(ledger: Ledger, run: Run, lease: Lease): Promise<void> {
  expect(await claimOf(ledger, run)).to.deep.equal({ kind: "claimed" });
  await ledger.operations.recordSending(run, lease, 2, 1, sentAt(2_500));
}

export async function fatalOf(promise: Promise<unknown>): Promise<FatalError> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).to.be.instanceOf(FatalError);
  return error as FatalError;
}
