/**
 * What every ledger must do around a call: the intent before it, and the outcome after it.
 */
import { expect } from "chai";
import type { Outcome } from "../../src/ledger/ledger.ts";
import type { Lease, Run } from "../../src/ledger/run.ts";
import type { OperationKind } from "../../src/plan/operation.ts";
import {
  ALL,
  BANK,
  claimLease,
  claimOf,
  fatalOf,
  issue,
  memoryOf,
  newRun,
  operation,
  outcome,
  plan,
  planOne,
  recordEnd,
  SANDBOX,
  sendOne,
  sentAt,
  sentOf,
} from "./builders.ts";
import type { LedgerInUse } from "./use-ledger.ts";

export function suiteOfOperations(use: LedgerInUse): void {
  const begin = async (key: string, kinds: readonly OperationKind[], id = "r") => {
    const run = await use.ledger.runs.open(BANK, newRun(id));
    await planOne(use.ledger, run, key, kinds);
    const lease = await claimLease(use.ledger, run);
    return { run, lease };
  };
  const stored = async (run: Run) => (await use.ledger.changes.takeToApply(run, ALL))[0]?.operations[0];
  const memory = (run: Run, accountId: string | null) => memoryOf(use.ledger, run, accountId);
  const end = (run: Run, state: Outcome["state"], over: Partial<Outcome> = {}, step = 1) =>
    recordEnd(use.ledger, run, outcome(state, over), { step });
  const absent = async (run: Run, step = 1) => {
    const [change, { generation }] = await sentOf(use.ledger, run, 2, step);
    const next = { generation: generation + 1, key: `k${generation + 1}` };
    await use.ledger.operations.recordAbsent(run, change, step, next);
  };
  /** A run on its own that ends its one operation at once. */
  const runOnce = async (id: string, state: Outcome["state"], over: Partial<Outcome> = {}) => {
    const { run, lease } = await begin("account:a", ["patch"], id);
    await sendOne(use.ledger, run, lease);
    await end(run, state, over);
    await use.ledger.changes.recordDone(run, 2, { word: "applied", issues: [] }, 1);
    return run;
  };

  it("records the intent, each attempt counted, the first one timed", async () => {
    const { run, lease } = await begin("account:a", ["patch"]);
    await sendOne(use.ledger, run, lease);
    expect(await stored(run)).to.deep.include({ state: "sending", attempts: 1, firstSentAtMs: 2_500 });
    await end(run, "planned", { httpStatus: 429, issue: issue("bank_rate_limited") });
    expect(await stored(run)).to.deep.include({ state: "planned", attempts: 1, httpStatus: 429 });
    expect((await stored(run))?.issue).to.deep.equal(issue("bank_rate_limited"));
    await use.ledger.operations.recordSending(run, lease, 2, 1, sentAt(9_000));
    await use.ledger.operations.recordSending(run, lease, 2, 1, sentAt(9_500));
    expect(await stored(run)).to.deep.include({ state: "sending", attempts: 3, firstSentAtMs: 2_500 });
  });

  it("keeps what the last answer that said so called the request", async () => {
    const { run, lease } = await begin("account:a", ["patch"]);
    await sendOne(use.ledger, run, lease);
    await end(run, "planned", { httpStatus: 429, requestId: "req_1" });
    expect(await stored(run)).to.deep.include({ requestId: "req_1" });
    await use.ledger.operations.recordSending(run, lease, 2, 1, sentAt(9_000));
    await end(run, "unknown", { inDoubt: true, httpStatus: 0, requestId: null });
    expect(await stored(run), "no answer, so nothing was said").to.deep.include({ requestId: "req_1" });
    await use.ledger.operations.recordSending(run, lease, 2, 1, sentAt(9_500));
    await end(run, "applied", { requestId: "req_3" });
    expect(await stored(run)).to.deep.include({ state: "applied", requestId: "req_3" });
  });

  it("times a key from its own first sending, by both clocks, and the last sending of all", async () => {
    const { run, lease } = await begin("account:a", ["patch"]);
    await claimOf(use.ledger, run);
    const { operations } = use.ledger;
    await operations.recordSending(run, lease, 2, 1, { ourMs: 1_000, bankMs: 1_500 });
    await operations.recordSending(run, lease, 2, 1, { ourMs: 2_000, bankMs: null });
    const first = { firstSentAtMs: 1_000, firstSentBankAtMs: 1_500, lastSentAtMs: 2_000 };
    expect(await stored(run)).to.deep.include(first);
    await end(run, "planned");
    await operations.recordSending(run, lease, 2, 1, { ourMs: 3_000, bankMs: 3_100 }, { generation: 1, key: "k1" });
    const second = { generation: 1, key: "k1", firstSentAtMs: 3_000, firstSentBankAtMs: 3_100, lastSentAtMs: 3_000 };
    expect(await stored(run)).to.deep.include(second);
  });

  it("plans what was in doubt and is absent again, under the next generation for good", async () => {
    const { run, lease } = await begin("account:a", ["patch"]);
    await sendOne(use.ledger, run, lease);
    await end(run, "unknown", { inDoubt: true });
    await absent(run);
    const open = { state: "planned", inDoubt: false, generation: 1, key: "k1", attempts: 1, firstSentAtMs: null };
    expect(await stored(run)).to.deep.include({ ...open, lastSentAtMs: 2_500, issue: null });
    await use.ledger.operations.recordSending(run, lease, 2, 1, sentAt(9_000));
    await end(run, "applied");
    const { touch } = await memory(run, "a");
    expect((await fatalOf(absent(run))).code).to.equal("lease_lost");
    expect(await stored(run)).to.deep.include({ state: "applied", generation: 1, key: "k1" });
    expect((await memory(run, "a")).touch, "who comes late touches nothing").to.equal(touch);
  });

  it("plans the rest of a change again behind what was applied, its sends carried along", async () => {
    const { run, lease } = await begin("account:a", ["patch", "close"]);
    const { operations, changes } = use.ledger;
    await sendOne(use.ledger, run, lease);
    await end(run, "applied");
    await operations.recordSending(run, lease, 2, 2, sentAt(3_000));
    await end(run, "unknown", { inDoubt: true }, 2);
    const rest = { ...plan(2, []), operations: [{ ...operation(2, "deactivate") }] };
    expect((await fatalOf(changes.recordPlanAgain(run, rest))).code, "while in doubt").to.equal("internal");
    await absent(run, 2);
    const gap = { ...rest, operations: [operation(3, "deactivate")] };
    expect((await fatalOf(changes.recordPlanAgain(run, gap))).code, "with a gap").to.equal("internal");
    await changes.recordPlanAgain(run, { ...rest, differences: [] });
    const [change] = await changes.takeToApply(run, ALL);
    expect(change?.operations.map(({ kind, state, attempts }) => `${kind} ${state} ${attempts}`)).to.deep.equal([
      "patch applied 1",
      "deactivate planned 1",
    ]);
    const [result] = await use.ledger.rows.readResults(run, ALL);
    expect(result?.differences, "what the row changed at first").to.have.length(1);
  });

  it("remembers answers for another account, over a plan that is made again", async () => {
    const { run, lease } = await begin("account:a", ["patch"]);
    const misanswered = async () => (await use.ledger.changes.takeToApply(run, ALL))[0]?.misanswered;
    expect(await misanswered()).to.equal(0);
    await sendOne(use.ledger, run, lease);
    const issue = { code: "bank_answered_for_another", column: "", message: "another" } as const;
    await end(run, "unknown", { inDoubt: true, issue });
    expect(await misanswered()).to.equal(1);
    await absent(run);
    await use.ledger.changes.recordPlanAgain(run, plan(2, ["patch"]));
    expect(await misanswered()).to.equal(1);
  });

  it("lets nothing be written through a fence whose lease another has, and reads on", async () => {
    const { run, lease } = await begin("account:a", ["patch"]);
    const fenced = use.ledger.fencedBy(() => lease);
    await fenced.changes.recordBegun(run, 2);
    await use.ledger.leases.claim(lease.name, "another", 1_000, 5_000);
    const writes = [
      () => fenced.changes.recordBegun(run, 2),
      () => fenced.changes.recordDone(run, 2, { word: "applied", issues: [] }, 1),
      () => fenced.runs.record(run, { stage: "report" }),
      () => fenced.runs.openPublication(run),
    ];
    for (const write of writes) expect((await fatalOf(write())).code).to.equal("lease_lost");
    expect((await fenced.changes.takeToApply(run, ALL))[0]?.begun).to.equal(1);
    await use.ledger.changes.recordBegun(run, 2);
  });

  it("closes the fence in the middle of a transaction that takes the lease away", async () => {
    const { run, lease } = await begin("account:a", ["patch"]);
    const fenced = use.ledger.fencedBy(() => lease);
    const ends = await Promise.allSettled([
      fenced.changes.recordBegun(run, 2),
      use.ledger.leases.claim(lease.name, "another", 1_000, 5_000),
      fenced.changes.recordBegun(run, 2),
    ]);
    expect(ends.map(({ status }) => status)).to.deep.equal(["fulfilled", "fulfilled", "rejected"]);
    expect((await fenced.changes.takeToApply(run, ALL))[0]?.begun).to.equal(1);
  });

  it("refuses to send under a lease that another has, without the account's claim, or once it is settled", async () => {
    const { run, lease } = await begin("account:a", ["patch"]);
    const send = (under: Lease) => use.ledger.operations.recordSending(run, under, 2, 1, sentAt(1));
    expect((await fatalOf(send(lease))).code).to.equal("lease_lost");
    await sendOne(use.ledger, run, lease);
    const yours = await claimLease(use.ledger, run, "you", lease.untilMs);
    expect((await fatalOf(send(lease))).code).to.equal("lease_lost");
    expect((await stored(run))?.attempts).to.equal(1);
    await send(yours);
    await end(run, "applied");
    expect((await fatalOf(send(yours))).code).to.equal("internal");
    expect((await fatalOf(end(run, "refused"))).code).to.equal("lease_lost");
    expect((await stored(run))?.state).to.equal("applied");
    await use.ledger.leases.release(yours);
    expect((await fatalOf(send(yours))).code).to.equal("lease_lost");
  });

  it("touches the account with every end, and not with a try that certainly did not happen", async () => {
    const { run, lease } = await begin("account:a", ["patch"]);
    await sendOne(use.ledger, run, lease);
    await end(run, "planned");
    expect(await memory(run, "a")).to.deep.equal({ touch: 0, effectiveAt: null, appliedByRun: 0 });
    await end(run, "unknown", { inDoubt: true });
    expect(await memory(run, "a")).to.deep.equal({ touch: 1, effectiveAt: null, appliedByRun: 0 });
    await end(run, "failed", { effectiveAt: "2025-01-01T00:00:00Z" });
    expect(await memory(run, "a")).to.deep.equal({ touch: 2, effectiveAt: null, appliedByRun: 0 });
  });

  it("keeps the latest effective_at that was applied, compared as an instant, and who applied last", async () => {
    const applied = [
      ["2025-01-01T10:00:00+02:00", "2025-01-01T10:00:00+02:00"],
      ["2025-01-01T09:00:00Z", "2025-01-01T09:00:00Z"],
      ["2025-01-01T10:30:00+02:00", "2025-01-01T09:00:00Z"],
      ["2025-01-01T09:00:00.000Z", "2025-01-01T09:00:00Z"],
      ["2025-01-01T09:00:00.000100Z", "2025-01-01T09:00:00.000100Z"],
      ["2025-01-01T09:00:00.0009Z", "2025-01-01T09:00:00.0009Z"],
      ["2025-01-01T10:00:00.000500+01:00", "2025-01-01T09:00:00.0009Z"],
      ["2025-01-01T09:00:00.000900000Z", "2025-01-01T09:00:00.0009Z"],
      ["2025-01-01T09:00:00.000900001Z", "2025-01-01T09:00:00.000900001Z"],
    ] as const;
    let touch = 0;
    for (const [effective_at, kept] of applied) {
      const run = await runOnce(`r${touch}`, "applied", { effectiveAt: effective_at });
      const { no } = run;
      touch += 1;
      expect(await memory(run, "a")).to.deep.equal({ touch, effectiveAt: kept, appliedByRun: no });
    }
    await runOnce("without", "applied");
    const last = await runOnce("refused", "refused", { effectiveAt: "2030-01-01T00:00:00Z" });
    const kept = "2025-01-01T09:00:00.000900001Z";
    expect(await memory(last, "a")).to.deep.equal({ touch: 11, effectiveAt: kept, appliedByRun: 10 });
  });

  it("stores account and link of a create that applied, and touches both names", async () => {
    const { run, lease } = await begin("client:c", ["create", "add_relationships"]);
    await sendOne(use.ledger, run, lease);
    await end(run, "applied", { accountId: "new" });
    expect(await use.ledger.accounts.readLink(BANK, "c")).to.equal("new");
    expect(await use.ledger.accounts.readLink(SANDBOX, "c")).to.equal(undefined);
    expect((await use.ledger.changes.takeToApply(run, ALL))[0]?.accountId).to.equal("new");
    for (const id of ["new", null]) expect((await memory(run, id)).touch).to.equal(1);
    await use.ledger.operations.recordSending(run, lease, 2, 2, sentAt(4_000));
    await end(run, "applied", {}, 2);
    expect((await memory(run, "new")).touch).to.equal(2);
    expect((await memory(run, null)).touch).to.equal(1);
  });

  it("keeps no trace of a create whose outcome cannot be stored whole", async () => {
    const { run, lease } = await begin("client:c", ["create"]);
    await sendOne(use.ledger, run, lease);
    expect((await fatalOf(end(run, "applied"))).code).to.equal("internal");
    expect(await stored(run)).to.deep.include({ state: "sending", httpStatus: null });
    expect((await memory(run, null)).touch).to.equal(0);
    await end(run, "refused");
    expect((await memory(run, null)).touch).to.equal(1);
    expect(await use.ledger.accounts.readLink(BANK, "c")).to.equal(undefined);
  });

  it("lists the oldest links and the latest, and lets a link move", async () => {
    const { accounts } = use.ledger;
    const links = ["1", "2", "3", "4"].map((id) => ({ clientAccountId: `c${id}`, accountId: `a${id}` }));
    await accounts.recordLinks(BANK, links);
    await accounts.recordLinks(SANDBOX, [{ clientAccountId: "s", accountId: "s" }]);
    expect(await accounts.listLinks(BANK, 1)).to.deep.equal([links[0], links[3]]);
    expect(await accounts.listLinks(BANK, 3), "each once").to.deep.equal(links);
    await accounts.recordLinks(BANK, [{ clientAccountId: "c1", accountId: "other" }]);
    expect(await accounts.readLink(BANK, "c1")).to.equal("other");
    const isOthers = (id: string, clientId: string) => accounts.isLinkedOtherwise(BANK, id, clientId);
    expect([await isOthers("a2", "c2"), await isOthers("a2", "c9"), await isOthers("s", "c9")]).to.deep.equal([
      false,
      true,
      false,
    ]);
    expect(await accounts.listLinks(BANK, 9)).to.have.length(4);
  });
}
