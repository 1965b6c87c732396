/** Two schedules of one job on one ledger: each slot is started once, and a start whose process dies is continued by the other. */
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import { describeOnPostgres } from "../ledger/postgres/use-postgres.ts";
import { SlowJob, type Watched } from "../support/slow-job.ts";

const AHEAD_MS = 2_500;
/** Another host's clock. */
const AHEAD = `data:text/javascript,const Real = Date; globalThis.Date = class extends Real {
  constructor(...all) { super(...(all.length ? all : [Real.now() %2B ${AHEAD_MS}])); }
  static now() { return Real.now() %2B ${AHEAD_MS}; }
};`.replace(/\s+/g, "%20");
/** Both processes are up by then. */
const UP_MS = 12_000;

const open = (ledger: "file" | "postgres", latencyMs: number, cron: string) =>
  SlowJob.open({
    name: "nightly",
    accounts: 20,
    latencyMs,
    ledger,
    settings: `concurrency: { reads: 1, writes: 1 }, firstStart: "all", schedule: { cron: "${cron}", zone: "UTC" }`,
  });

const schedule = (job: SlowJob, more: Record<string, string> = {}) => job.start(["schedule", "./job.ts"], more);
const countIn = (text: string, all: readonly Watched[]) =>
  all
    .map(({ log }) => log)
    .join("")
    .split(text).length - 1;

async function startsOnce(ledger: "file" | "postgres"): Promise<void> {
  await using job = await open(ledger, 0, "*/5 * * * * *");
  const beganMs = Date.now();
  const both = [schedule(job), schedule(job, { NODE_OPTIONS: `--import=${AHEAD}` })];
  await job.until(() => countIn("another process has started the job at this time", both) >= 2);
  const slots = Math.ceil((Date.now() + AHEAD_MS - beganMs) / 5_000) + 1;
  expect(countIn("job nightly: no new file", both), both.map(({ log }) => log).join()).to.be.within(1, slots);
}

describe("two schedules", () => {
  it("start each slot once, though one clock is ahead", () => startsOnce("file"));

  describeOnPostgres("on PostgreSQL", () => {
    it("start each slot once, though one clock is ahead", () => startsOnce("postgres"));

    for (const [signal, how, said] of [
      ["SIGKILL", "killed", "another process has died over the job, which is continued here"],
      ["SIGTERM", "told to stop", "another process was told to stop before the end of its start, which is made here"],
    ] as const)
      it(`go on without the one that is ${how} in the middle of a start, and with all of its files`, async function () {
        this.timeout(180_000);
        // Once a minute: the next slot comes later than the other process does.
        const cron = `${new Date(Date.now() + UP_MS).getUTCSeconds()} * * * * *`;
        await using job = await open("postgres", 100, cron);
        await job.put(job.rows.slice(0, 15), "in/a.csv");
        await job.put(job.rows.slice(15), "in/b.csv");
        const both = [schedule(job), schedule(job)];
        await job.until(() => job.bank.effects.length > 3);
        const [begun] = await job.ask("SELECT owner FROM $schema.leases WHERE name LIKE 'nightly %' AND until > 0");
        const [struck, other] = begun?.owner.includes(` pid ${both[0]?.child.pid} `) ? both : both.toReversed();
        struck?.child.kill(signal);
        await struck?.ended;
        const struckMs = Date.now();
        while (job.bank.effects.length < job.rows.length && Date.now() - struckMs < 75_000) await sleep(20);
        while (
          (await job.ask("SELECT 1 FROM $schema.runs WHERE ended_at IS NOT NULL AND kind = 'run'")).length < 2 &&
          Date.now() - struckMs < 90_000
        )
          await sleep(20);
        expect(other?.log).to.contain(said);
        other?.child.kill("SIGTERM");
        expect((await other?.ended)?.code).to.equal(0);
        expect(job.bank.effects).to.have.length(job.rows.length);
      });

    it("leave no alarm when one was suspended in the middle of a start that the other has ended", async function () {
      this.timeout(120_000);
      const slot = new Date(Date.now() + UP_MS);
      await using job = await open(
        "postgres",
        100,
        `${slot.getUTCSeconds()} ${slot.getUTCMinutes()} ${slot.getUTCHours()} * * *`,
      );
      await job.put(job.rows.slice(0, 15), "in/a.csv");
      await job.put(job.rows.slice(15), "in/b.csv");
      const both = [schedule(job), schedule(job)];
      await job.until(() => job.bank.effects.length > 3);
      const [begun] = await job.ask("SELECT owner FROM $schema.leases WHERE name LIKE 'nightly %' AND until > 0");
      const suspended = both.find(({ child }) => begun?.owner.includes(` pid ${child.pid} `));
      suspended?.child.kill("SIGSTOP");
      await job.ask(
        `UPDATE $schema.leases SET until = ${Date.now() + 2_000} WHERE name LIKE 'nightly %' AND until > 0`,
      );
      const ended = "SELECT 1 FROM $schema.runs WHERE ended_at IS NOT NULL AND kind = 'run'";
      await job.until(async () => (await job.ask(ended)).length === 2);
      await sleep(1_000);
      suspended?.child.kill("SIGCONT");
      await job.until(() => suspended?.log.includes("it is started again after a wait") === true);
      expect(job.bank.effects).to.have.length(job.rows.length);
      expect(await job.ask("SELECT kind, code, message FROM $schema.alarms WHERE cleared IS NULL")).to.deep.equal([]);
      for (const { child } of both) child.kill("SIGTERM");
      for (const { ended: ends } of both) expect((await ends).code).to.equal(0);
    });

    it("go on with all files of a start that has died also where a worker was first, which takes the run alone", async function () {
      this.timeout(120_000);
      const slot = new Date(Date.now() + UP_MS);
      const cron = `${slot.getUTCSeconds()} ${slot.getUTCMinutes()} ${slot.getUTCHours()} * * *`;
      await using job = await open("postgres", 500, cron);
      await job.put(job.rows.slice(0, 15), "in/a.csv");
      await job.put(job.rows.slice(15), "in/b.csv");
      const struck = schedule(job);
      await job.until(() => job.bank.effects.length > 0);
      const [other, worker] = [schedule(job), job.start(["worker", "./job.ts"])];
      await job.until(() => other.log.includes("a start of the job is due"));
      other.child.kill("SIGSTOP");
      await job.until(() => worker.log.includes("the worker has started"));
      struck.child.kill("SIGKILL");
      await struck.ended;
      await job.ask(
        `UPDATE $schema.leases SET until = ${Date.now() + 1_000} WHERE name LIKE 'nightly %' AND until > 0`,
      );
      const struckMs = Date.now();
      while (!worker.log.includes("the run has ended") && Date.now() - struckMs < 30_000) await sleep(20);
      await sleep(1_000);
      other.child.kill("SIGCONT");
      const wokenMs = Date.now();
      while (job.bank.effects.length < job.rows.length && Date.now() - wokenMs < 20_000) await sleep(20);
      expect(job.bank.effects, worker.log + other.log).to.have.length(job.rows.length);
    });
  });
});
