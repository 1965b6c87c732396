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
});
