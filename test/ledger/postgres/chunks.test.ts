/**
 * Chunks of a run that several hosts work on: who takes one over waits for what is being written under it, and then sees all of it.
 */
import { expect } from "chai";
import { Client } from "pg";
import type { Work } from "../../../src/ledger/chunks.ts";
import type { Ledger } from "../../../src/ledger/ledger.ts";
import { parsePostgresUrl } from "../../../src/ledger/postgres/address.ts";
import { openPostgresLedger } from "../../../src/ledger/postgres/open-ledger.ts";
import type { Run } from "../../../src/ledger/run.ts";
import { ALL, BANK, claimOf, EVERY_CHANGE, fatalOf, newRun, planOne } from "../builders.ts";
import { ask, describeOnPostgres, giveBack, ledgerUrl, POSTGRES_URL, takeSchema } from "./use-postgres.ts";

/** More than two transactions have. */
const CHANGES = 45_000;
const WORK: Work = { jobSha256: "a", version: "1", isResumed: false };

describeOnPostgres("chunks in PostgreSQL", () => {
  let schema: string;
  let mine: Ledger;
  let other: Ledger;
  let run: Run;
  let no: number;

  beforeEach(async () => {
    schema = takeSchema();
    mine = await openPostgresLedger(parsePostgresUrl(ledgerUrl(schema)));
    other = await openPostgresLedger(parsePostgresUrl(ledgerUrl(schema)));
    run = await mine.runs.open(BANK, newRun("r"));
    await planOne(mine, run, "account:a", ["patch"]);
    [no = 0] = (await mine.chunks?.open(run, "apply", WORK, { size: 1, to: EVERY_CHANGE })) ?? [];
  });
  afterEach(async () => {
    for (const ledger of [mine, other]) await ledger[Symbol.asyncDispose]();
    await giveBack(schema);
  });

  async function begin(ledger: Ledger, owner: string) {
    const begun = await ledger.chunks?.begin(run, no, owner);
    if (begun === undefined) throw new Error(`chunk ${no} is not handed out`);
    return begun;
  }

  async function untilWaiting(sessions: number): Promise<void> {
    const sql = `SELECT count(DISTINCT pid) AS waiting FROM pg_locks WHERE NOT granted AND pid IN
      (SELECT pid FROM pg_locks WHERE relation IN ('${schema}.leases'::regclass, '${schema}.sendings'::regclass))`;
    while (Number((await ask(sql))[0]?.waiting) < sessions) await new Promise((next) => setTimeout(next, 5));
  }

  it("are taken over once all that was written under them is committed, which a reading afterwards sees", async () => {
    const { lease } = await begin(mine, "me");
    const holder = new Client({ connectionString: POSTGRES_URL });
    const asOne = new Client({ connectionString: POSTGRES_URL });
    for (const client of [holder, asOne]) await client.connect();
    try {
      await holder.query(`BEGIN; LOCK TABLE ${schema}.sendings IN EXCLUSIVE MODE`);
      const first = { lease, step: 1, at: { ourMs: 1, bankMs: null } };
      const sent = claimOf(
        mine.fencedBy(() => lease),
        run,
        { first },
      );
      await untilWaiting(1);
      const taken = begin(other, "you");
      await untilWaiting(2);
      // What the ledger must not do: its snapshot is older than its wait.
      const seenAsOne = asOne.query(`WITH taken AS (UPDATE ${schema}.leases SET until = until
        WHERE name = '${lease.name}' RETURNING 1) SELECT count(s.*)::integer AS sendings FROM taken LEFT JOIN ${schema}.sendings s ON true`);
      await untilWaiting(3);
      await holder.query("COMMIT");
      await Promise.all([sent, taken]);
      const [change] = await other.changes.takeToApply(run, { ...ALL, to: EVERY_CHANGE });
      expect(change?.operations.map(({ state }) => state)).to.deep.equal(["sending"]);
      expect((await seenAsOne).rows).to.deep.equal([{ sendings: 0 }]);
    } finally {
      for (const client of [holder, asOne]) await client.end();
    }
    expect((await taking(mine, lease)).code).to.equal("lease_lost");
  });

  const taking = (ledger: Ledger, lease: Awaited<ReturnType<typeof begin>>["lease"]) =>
    fatalOf(ledger.chunks?.end(run, no, lease, null) ?? Promise.resolve());

  it("are cut, and a run is closed, in several transactions, so that a lease can be renewed in between", async () => {
    const long = await mine.runs.open(BANK, newRun("long"));
    await ask(`INSERT INTO ${schema}.changes (run, change, key)
      SELECT ${long.no}, n, 'account:' || n FROM generate_series(2, ${CHANGES + 1}) AS n`);
    const nos = await mine.chunks?.open(long, "plan", WORK, { size: 50, to: EVERY_CHANGE });
    expect(nos).to.deep.equal(Array.from({ length: CHANGES / 50 }, (_, index) => index + 1));
    const [cut] =
      await ask(`SELECT count(DISTINCT xmin::text)::integer AS transactions, sum(changes)::integer AS changes,
        min(after) AS after, max(upto) AS upto, count(DISTINCT after)::integer AS begins
      FROM ${schema}.chunks WHERE run = ${long.no}`);
    const span = { after: 1, upto: CHANGES + 1, begins: CHANGES / 50 };
    expect(cut).to.deep.equal({ transactions: 3, changes: CHANGES, ...span });
    await mine.changes.closeOpen(long, { word: "skipped", issues: [] }, 7);
    const [closed] = await ask(`SELECT count(DISTINCT xmin::text)::integer AS transactions, count(*)::integer AS changes
      FROM ${schema}.ends WHERE run = ${long.no}`);
    expect(closed).to.deep.equal({ transactions: 3, changes: CHANGES });
  });
});
