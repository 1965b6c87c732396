/**
 * A disk that fills up under the ledger amid a run: SQLite's own refusal, brought about by its own limit on pages. Sending
 * stops, nothing is lost or done twice, and once there is room the next start finishes.
 */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect } from "chai";
import { systemClock } from "../../src/clock.ts";
import { SqliteDatabase } from "../../src/ledger/sqlite-database.ts";
import { openSqliteLedger } from "../../src/ledger/sqlite-ledger.ts";
import type { RunContext } from "../../src/run/context.ts";
import { LEASE_MS } from "../../src/run/lease.ts";
import { startJob } from "../../src/run/run-job.ts";
import { startSandbox } from "../../src/sandbox/start-sandbox.ts";
import { fatalOf } from "../ledger/builders.ts";
import { openDesk } from "../support/scenario.ts";

const ACCOUNTS = Array.from({ length: 400 }, (_, n) => `account_${n}`);
const CSV = ["account_id,product_name", ...ACCOUNTS.map((id) => `${id},New`), ""].join("\n");
const WRITES = 4;
/** How many changes are in hand for each write that may be in flight. */
const CHANGES_PER_WRITE = 4;

/** The database under the ledger at `path`, which no other code gets to see. */
async function openWithDatabase(path: string) {
  let database: SqliteDatabase | undefined;
  const { exec } = SqliteDatabase.prototype;
  SqliteDatabase.prototype.exec = function (sql) {
    database = this;
    exec.call(this, sql);
  };
  try {
    const ledger = await openSqliteLedger(path);
    if (database === undefined) throw new Error("the ledger was opened without a statement");
    return { ledger, database };
  } finally {
    SqliteDatabase.prototype.exec = exec;
  }
}

/** No page more than there are and `spare` of them. */
function fill(database: SqliteDatabase, spare: number): void {
  const pages = database.get<{ page_count: number }>("PRAGMA page_count")?.page_count ?? 0;
  database.exec(`PRAGMA max_page_count = ${pages + spare}`);
}

/** Operations that the ledger has let out, and those that it knows the end of. */
function countSent(path: string): { sent: number; applied: number } {
  using database = new DatabaseSync(path);
  const sql =
    "SELECT coalesce(sum(attempts > 0), 0) AS sent, coalesce(sum(state = 'applied'), 0) AS applied FROM operations";
  const { sent, applied } = database.prepare(sql).get() as { sent: number; applied: number };
  return { sent, applied };
}

describe("a disk that is full under the ledger", () => {
  for (const [phase, spare] of [
    ["read", 0],
    ["plan", 1],
    ["apply", 0],
    ["apply", 3],
  ] as const) {
    it(`amid ${phase}, with ${spare} pages to spare, stops the run at once; with room again it ends as if nothing had been`, async () => {
      await using bank = await startSandbox({ seed: { accounts: ACCOUNTS.map((id) => ({ id })) } });
      await using desk = await openDesk();
      const file = join(desk.folder, "file.csv");
      await writeFile(file, CSV);
      const start = { kind: "run", file, from: null, limit: null, again: null } as const;
      const context = desk.context(bank, { concurrency: { reads: 8, writes: WRITES } });
      const path = join(desk.folder, "ledger.sqlite");
      {
        const { ledger, database } = await openWithDatabase(path);
        await using _ = ledger;
        let isFull = false;
        const count: RunContext["progress"]["count"] = (what) => {
          if (what !== phase || isFull) return;
          isFull = true;
          fill(database, spare);
        };
        const error = await fatalOf(startJob({ ...context, ledger, progress: { note() {}, end() {}, count } }, start));
        expect(isFull).to.equal(true);
        expect(error).to.include({ code: "ledger_failed", exit: 6 });
        expect(error.message)
          .to.match(/the disk is full|takes no more writes/)
          .and.not.contain("\n");
      }
      const { sent, applied } = countSent(path);
      const effects = bank.effects.length;
      expect(effects, "nothing left without its intent").to.be.at.most(sent);
      expect(sent - applied, "no more than was in hand").to.be.at.most(WRITES * CHANGES_PER_WRITE);
      expect(effects).to.be.below(ACCOUNTS.length);
      expect(effects > 0).to.equal(phase === "apply");

      // The lease could not be given back, so it runs out.
      const later = { ...systemClock, nowMs: () => systemClock.nowMs() + 2 * LEASE_MS };
      const [end] = await startJob({ ...context, clock: later }, start);
      if (end?.kind !== "reported") throw new Error(end?.kind);
      expect(end.summary).to.include({ final: true, exit: 0, rows: ACCOUNTS.length });
      expect(end.summary.words.applied).to.equal(ACCOUNTS.length);
      expect(bank.effects).to.have.length(ACCOUNTS.length);
      expect(new Set(bank.effects.map((effect) => effect.accountId)).size).to.equal(ACCOUNTS.length);
    });
  }
});
