/**
 * Metrics while the ledger is locked by another program: they come in time, say whether it answers, and the schedule goes on once it does. Real
 * processes.
 */
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import pg from "pg";
import { describeOnPostgres, POSTGRES_URL } from "../ledger/postgres/use-postgres.ts";
import { SlowJob, type Watched } from "../support/slow-job.ts";

const SETTINGS = 'schedule: { cron: "*/2 * * * * *", zone: "UTC" }';
/** docs/monitoring.md: it answers within 5 seconds. */
const ANSWERS_MS = 5_000;
/** So long a write to a ledger in a file waits for the lock, and all of its process with it. */
const WRITES_WAIT_MS = 10_000;

const scrape = async (url: string) => {
  const beganMs = performance.now();
  const answer = await fetch(`${url}/metrics`);
  const text = await answer.text();
  return { status: answer.status, text, tookMs: performance.now() - beganMs };
};

async function begin(job: SlowJob): Promise<{ schedule: Watched; url: string }> {
  const schedule = job.start(["schedule", "./job.ts", "--listen", "127.0.0.1:0"]);
  await job.until(() => schedule.log.includes("job watched: no new file"));
  const [, url = ""] = /health and metrics are at (http:\/\/[\d.:]+)/.exec(schedule.log) ?? [];
  return { schedule, url };
}

async function goesOn(job: SlowJob, schedule: Watched, url: string): Promise<void> {
  await job.put();
  await job.until(() => job.bank.effects.length === job.rows.length);
  for (let text = ""; !/^tieout_ledger_up 1$/m.test(text); await sleep(500)) ({ text } = await scrape(url));
  schedule.child.kill("SIGTERM");
  expect((await schedule.ended).code, schedule.log).to.equal(0);
  expect(job.bank.effects).to.have.length(job.rows.length);
}

describe("metrics while the ledger is locked", function () {
  this.timeout(120_000);
  const open = (ledger: "file" | "postgres") =>
    SlowJob.open({ name: "watched", accounts: 3, latencyMs: 0, ledger, settings: SETTINGS });

  it("come in time from a file, which can still be read, while a start waits to write", async () => {
    await using job = await open("file");
    const { schedule, url } = await begin(job);
    {
      using other = new DatabaseSync(join(job.folder, "ledger.sqlite"), { timeout: 10_000 });
      other.exec("BEGIN EXCLUSIVE");
      for (const endMs = performance.now() + 12_000; performance.now() < endMs; await sleep(300)) {
        const { status, text, tookMs } = await scrape(url);
        expect([status, /^tieout_ledger_up .*$/m.exec(text)?.[0]]).to.deep.equal([200, "tieout_ledger_up 1"]);
        expect(tookMs).to.be.below(WRITES_WAIT_MS + ANSWERS_MS);
      }
    }
    await goesOn(job, schedule, url);
  });

  describeOnPostgres("in PostgreSQL", () => {
    it("come in time, without what the ledger knows", async () => {
      await using job = await open("postgres");
      const { schedule, url } = await begin(job);
      const schema = new URL(job.ledger).searchParams.get("schema");
      const other = new pg.Client({ connectionString: POSTGRES_URL });
      await other.connect();
      await other.query(`BEGIN; LOCK TABLE ${schema}.runs IN ACCESS EXCLUSIVE MODE`);
      for (let scrapes = 0; scrapes < 3; scrapes += 1) {
        const { status, text, tookMs } = await scrape(url);
        expect([status, /^tieout_ledger_up .*$/m.exec(text)?.[0]]).to.deep.equal([200, "tieout_ledger_up 0"]);
        expect(text)
          .to.match(/^tieout_build_info/m)
          .and.not.match(/^tieout_(alarms_open|ledger_bytes)/m);
        expect(tookMs).to.be.below(ANSWERS_MS);
        expect((await fetch(`${url}/readyz`)).status).to.equal(503);
      }
      await other.query("ROLLBACK");
      await other.end();
      await goesOn(job, schedule, url);
    });
  });
});
