/**
 * Leases of a ledger that several hosts use: a takeover waits for what was written under the old lease, and the clock is the server's.
 */
import { expect } from "chai";
import { Client } from "pg";
import type { Ledger } from "../../../src/ledger/ledger.ts";
import { parsePostgresUrl } from "../../../src/ledger/postgres/address.ts";
import { openPostgresLedger } from "../../../src/ledger/postgres/open-ledger.ts";
import { BANK, fatalOf, newRun } from "../builders.ts";
import { ask, describeOnPostgres, giveBack, ledgerUrl, POSTGRES_URL, takeSchema } from "./use-postgres.ts";

describeOnPostgres("leases in PostgreSQL", () => {
  let schema: string;
  let mine: Ledger;
  let other: Ledger;

  beforeEach(async () => {
    schema = takeSchema();
    mine = await openPostgresLedger(parsePostgresUrl(ledgerUrl(schema)));
    other = await openPostgresLedger(parsePostgresUrl(ledgerUrl(schema)));
  });
  afterEach(async () => {
    for (const ledger of [mine, other]) await ledger[Symbol.asyncDispose]();
    await giveBack(schema);
  });

  /** Resolves once so many of the server's processes wait for others and have a lock on that table, or `end` has resolved. */
  async function untilWaiting(table: string, count: number, end: Promise<unknown>): Promise<void> {
    let isOver = false;
    const over = () => {
      isOver = true;
    };
    end.then(over, over);
    const sql = `SELECT count(DISTINCT pid) AS waiting FROM pg_locks WHERE pid IN
      (SELECT pid FROM pg_locks WHERE NOT granted) AND relation = '${schema}.${table}'::regclass`;
    while (!isOver && Number((await ask(sql))[0]?.waiting) < count) await new Promise((next) => setTimeout(next, 5));
  }

  it("are taken over only once all that was written under the old one is committed", async () => {
    const run = await mine.runs.open(BANK, newRun("r"));
    const { lease } = await mine.leases.claim("job", "me", 100, 0);
    const fenced = mine.fencedBy(() => lease);
    const holder = new Client({ connectionString: POSTGRES_URL });
    await holder.connect();
    await holder.query(`BEGIN; LOCK TABLE ${schema}.facts IN EXCLUSIVE MODE`);
    const order: string[] = [];
    const written = fenced.facts.record(run, "a", "1").then(() => order.push("written"));
    await untilWaiting("facts", 1, written);
    const taken = other.leases.claim("job", "you", 100, 100).then(({ kind }) => order.push(kind));
    await untilWaiting("leases", 2, taken);
    await holder.query("COMMIT");
    await holder.end();
    await Promise.all([written, taken]);
    expect(order).to.deep.equal(["written", "claimed"]);
    expect((await fatalOf(fenced.facts.record(run, "b", "1"))).code).to.equal("lease_lost");
    expect(await other.facts.read(run, "b")).to.equal(undefined);
  });

  it("are counted by the server's clock, which is measured again at each renewal", async () => {
    const { lease } = await mine.leases.claim("job", "me", 100, 0);
    const { now } = Date;
    const HOUR = 3_600_000;
    expect(mine.nowMs()).to.be.closeTo(now(), HOUR / 2);
    Date.now = () => now() + HOUR;
    try {
      expect(mine.nowMs(), "this host's clock is set").to.be.closeTo(now() + HOUR, HOUR / 2);
      await mine.leases.renew(lease, 100, 1);
      expect(mine.nowMs()).to.be.closeTo(now(), HOUR / 2);
    } finally {
      Date.now = now;
    }
  });
});
