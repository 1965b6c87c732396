/**
 * What only several processes at once can get wrong: two handles of one ledger in PostgreSQL, each with connections of its own.
 */
import { expect } from "chai";
import type { Claim, Ledger, Verdict } from "../../../src/ledger/ledger.ts";
import { parsePostgresUrl } from "../../../src/ledger/postgres/address.ts";
import { openPostgresLedger } from "../../../src/ledger/postgres/open-ledger.ts";
import type { Lease, Run } from "../../../src/ledger/run.ts";
import {
  ALL,
  BANK,
  claimLease,
  claimOf,
  fatalOf,
  findAll,
  newRun,
  outcome,
  plan,
  plannedOf,
  row,
  sentAt,
  sentOf,
} from "../builders.ts";
import { useLedger } from "../use-ledger.ts";
import { holdAccount } from "./hold-account.ts";
import { ask, describeOnPostgres, giveBack, ledgerUrl, takeSchema } from "./use-postgres.ts";

const ACCOUNTS = Array.from({ length: 40 }, (_, index) => index + 2);
/** A deadlock lasts, and ends with an error of both. */
const NO_WAY_OUT = encodeURIComponent("-c deadlock_timeout=1h -c statement_timeout=5s");
const COUNT_TRANSACTIONS = "SELECT count(DISTINCT xmin::text)::integer AS transactions FROM schema.accounts";
const CLAIMED: Claim = { kind: "claimed" };
const APPLIED: Verdict = { word: "applied", issues: [] };
const SKIPPED: Verdict = { word: "skipped", issues: [] };

interface Handle {
  readonly ledger: Ledger;
  readonly run: Run;
  readonly lease: Lease;
}

describeOnPostgres("processes at once on PostgreSQL", () => {
  let schema = "";
  beforeEach(() => {
    schema = takeSchema();
  });
  const use = useLedger({
    name: "PostgreSQL",
    open: () => openPostgresLedger(parsePostgresUrl(`${ledgerUrl(schema)}&options=${NO_WAY_OUT}`)),
    remove: () => giveBack(schema),
  });

  /** A run of a job of its own, which is to patch each of the accounts, by the row of its number. */
  const begin = async (job: string, keyOf = (change: number) => `account:${change}`) => {
    const run = await use.ledger.runs.open(BANK, newRun(job, { job }));
    await use.ledger.rows.recordRows(
      run,
      ACCOUNTS.map((change) => row(change, keyOf(change))),
    );
    await findAll(use.ledger, run);
    const found = await use.ledger.changes.readToPlan(run, ALL);
    const plans = found.map(({ change, accountId, memory: { touch } }) =>
      plan(change, ["patch"], { accountId, touch }),
    );
    await use.ledger.changes.recordPlans(run, plans);
    return { run, lease: await claimLease(use.ledger, run, job) };
  };
  const both = async () => ({
    one: { ...(await begin("nightly")), ledger: use.ledger },
    other: { ...(await begin("weekly")), ledger: await use.openOther() },
  });
  const first = (lease: Lease) => ({ lease, step: 1, at: sentAt(1) });
  /** All in one moment. */
  const claimAll = async ({ ledger, run, lease }: Handle, changes: readonly number[], isSent = true) => {
    const planned = await Promise.all(changes.map((change) => plannedOf(use.ledger, run, change)));
    const sending = isSent ? first(lease) : undefined;
    const claims = await Promise.all(planned.map((each) => ledger.accounts.claim(run, each, 0, sending)));
    return new Map(changes.map((change, index) => [change, claims[index]?.kind]));
  };
  const statesOf = async (run: Run) =>
    (await use.ledger.changes.takeToApply(run, ALL)).flatMap(({ operations }) => operations.map(({ state }) => state));
  const wordsOf = async (run: Run) => (await use.ledger.rows.readResults(run, ALL)).map(({ word }) => word);
  const apply = async (ledger: Ledger, run: Run, change: number, verdict?: Verdict) =>
    ledger.operations.recordOutcome(run, ...(await sentOf(use.ledger, run, change)), outcome("applied"), verdict);

  it("give each account to one of two that claim all of them, in opposite orders", async () => {
    const { one, other } = await both();
    for (let round = 0; round < 6; round += 1) {
      // Both are held up in the middle, where two that do not lock in one order have some of what the other wants.
      await using held = await holdAccount(schema, "account:20");
      const claims = Promise.all([claimAll(one, ACCOUNTS, false), claimAll(other, ACCOUNTS.toReversed(), false)]);
      if (round > 0) await held.waitFor(2);
      await held.release();
      const [ones, others] = await claims;
      const pairs = ACCOUNTS.map((change) => [ones.get(change), others.get(change)].sort().join(" "));
      expect(new Set(pairs)).to.deep.equal(new Set(["busy claimed"]));
      // Had they waited for each other, the server would have ended both, and each claim would have been made on its own.
      if (round > 0)
        expect(await ask(COUNT_TRANSACTIONS.replace("schema", schema))).to.deep.equal([{ transactions: 1 }]);
      for (const { ledger, run } of [one, other]) await ledger.accounts.releaseClaims(run);
    }
  });

  it("send once for each account that both claim again and again", async () => {
    const { one, other } = await both();
    for (let round = 0; round < 3; round += 1) await Promise.all([claimAll(one, ACCOUNTS), claimAll(other, ACCOUNTS)]);
    const [ones, others] = [await statesOf(one.run), await statesOf(other.run)];
    const pairs = ACCOUNTS.map((_, index) => [ones[index], others[index]].sort().join(" "));
    expect(new Set(pairs)).to.deep.equal(new Set(["planned sending"]));
  });

  it("give an account to one of two changes of a run that claim it by its two names", async () => {
    const { run } = await begin("nightly");
    const { ledger } = use;
    await ledger.rows.recordRows(run, [row(100, "client:c")]);
    await ledger.changes.recordFound(run, [{ change: 100, accountId: "2", verdict: null, seen: null }]);
    await ledger.changes.recordPlans(run, [plan(100, ["patch"])]);
    const planned = await Promise.all([2, 3, 100].map((change) => plannedOf(ledger, run, change)));
    const claims = await Promise.all(planned.map((each) => ledger.accounts.claim(run, each, 0)));
    expect(claims).to.deep.equal([CLAIMED, CLAIMED, { kind: "busy", run: "nightly", isAtWork: true }]);
  });

  it("never act on a plan that an outcome of the same moment has outdated", async () => {
    const { one, other } = await both();
    expect(new Set((await claimAll(one, ACCOUNTS)).values())).to.deep.equal(new Set(["claimed"]));
    const ends = ACCOUNTS.map((change) => apply(one.ledger, one.run, change, APPLIED));
    while ((await wordsOf(one.run)).includes(null))
      expect([...(await claimAll(other, ACCOUNTS)).values()]).to.not.include("claimed");
    await Promise.all(ends);
    expect(new Set((await claimAll(other, ACCOUNTS)).values())).to.deep.equal(new Set(["drifted"]));
  });

  it("work through the same accounts, each waiting for the other's, without a deadlock", async () => {
    const { one, other } = await both();
    const workOn = async ({ ledger, run, lease }: Handle, change: number) => {
      for (;;) {
        const claim = await claimOf(ledger, run, { change, first: first(lease) });
        if (claim.kind === "claimed") return apply(ledger, run, change, APPLIED);
        if (claim.kind === "drifted") return ledger.changes.recordDone(run, change, SKIPPED, 1);
      }
    };
    await Promise.all([
      ...ACCOUNTS.map((change) => workOn(one, change)),
      ...ACCOUNTS.toReversed().map((change) => workOn(other, change)),
    ]);
    const [ones, others] = [await wordsOf(one.run), await wordsOf(other.run)];
    const pairs = ACCOUNTS.map((_, index) => [ones[index], others[index]].sort().join(" "));
    expect(new Set(pairs)).to.deep.equal(new Set(["applied skipped"]));
  });

  it("refuse to send for an account that another has taken while its lock was waited for", async () => {
    const { one, other } = await both();
    expect(await claimOf(one.ledger, one.run)).to.deep.equal(CLAIMED);
    await using held = await holdAccount(schema, "account:2");
    const claim = claimOf(other.ledger, other.run, { nowMs: one.lease.untilMs });
    await held.waitFor(1);
    const sending = one.ledger.operations.recordSending(one.run, one.lease, 2, 1, sentAt(1));
    await held.waitFor(2);
    await held.release();
    expect(await claim).to.deep.equal(CLAIMED);
    expect((await fatalOf(sending)).code).to.equal("lease_lost");
    expect(await statesOf(one.run)).to.not.include("sending");
  });

  it("leave an account alone for which its holder sends while it is judged, under whichever name", async () => {
    const unlinked = await begin("weekly", (change) => `client:${change}`);
    const links = ACCOUNTS.map((change) => ({ clientAccountId: `${change}`, accountId: `a${change}` }));
    await use.ledger.accounts.recordLinks(BANK, links);
    const linked = await begin("nightly", (change) => `client:${change}`);
    const other = await use.openOther();
    expect(await claimOf(use.ledger, linked.run)).to.deep.equal(CLAIMED);
    await using held = await holdAccount(schema, "account:a2");
    const sending = use.ledger.operations.recordSending(linked.run, linked.lease, 2, 1, sentAt(1));
    await held.waitFor(1);
    const claim = claimOf(other, unlinked.run, { nowMs: linked.lease.untilMs });
    await held.waitFor(2);
    await held.release();
    await sending;
    expect(await claim).to.deep.equal({ kind: "busy", run: "nightly", isAtWork: false });
  });

  it("lose nothing of what is gathered beside a write that is refused", async () => {
    const { one } = await both();
    const { ledger, run, lease } = one;
    const [unclaimed, settled, ...others] = ACCOUNTS as [number, number, ...number[]];
    for (const change of [settled, ...others]) await claimOf(ledger, run, { change });
    const send = (change: number) => ledger.operations.recordSending(run, lease, change, 1, sentAt(1));
    await send(settled);
    await apply(ledger, run, settled);
    const sent = await Promise.allSettled(ACCOUNTS.map(send));
    const codes = sent.map((each) => (each.status === "rejected" ? each.reason.code : "sent"));
    expect(codes).to.deep.equal(["lease_lost", "internal", ...others.map(() => "sent")]);
    const ends = await Promise.allSettled([settled, ...others].map((change) => apply(ledger, run, change, APPLIED)));
    expect(ends.map(({ status }) => status)).to.deep.equal(["rejected", ...others.map(() => "fulfilled")]);
    const left = await use.ledger.changes.takeToApply(run, ALL);
    expect(left.map(({ change, operations }) => [change, operations[0]?.state])).to.deep.equal([
      [unclaimed, "planned"],
      [settled, "applied"],
    ]);
  });
});
