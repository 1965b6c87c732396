/** A schedule that finds its job in other hands as it begins: that is no bad end of a start, however long it lasts. */
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import { describeOnPostgres } from "../ledger/postgres/use-postgres.ts";
import { SlowJob } from "../support/slow-job.ts";

/** Waits of minutes are short, and six hours have passed after each. */
const HURRIED = `data:text/javascript,${encodeURIComponent(`
  import timers from "node:timers/promises"; import { syncBuiltinESMExports } from "node:module";
  const wait = timers.setTimeout; let aheadMs = 0; const now = performance.now.bind(performance);
  performance.now = () => now() + aheadMs;
  timers.setTimeout = async (ms, ...rest) => {
    if (ms <= 120000) return wait(ms, ...rest);
    await wait(30, ...rest);
    aheadMs += 6 * 3_600_000;
  };
  syncBuiltinESMExports();`)}`;

describeOnPostgres("a schedule that begins while a person is at work on the job", () => {
  it("is not paused when that takes more than six hours", async () => {
    await using job = await SlowJob.open({
      name: "nightly",
      accounts: 80,
      latencyMs: 100,
      ledger: "postgres",
      settings: `concurrency: { reads: 1, writes: 1 }, firstStart: "all", schedule: { cron: "0 0 29 2 *", zone: "UTC", pauseOnFailure: true }`,
    });
    await job.put();
    const person = job.start(["run", "./job.ts"]);
    await job.until(() => job.bank.effects.length > 0);
    const schedule = job.start(["schedule", "./job.ts"], { NODE_OPTIONS: `--import=${HURRIED}` });
    await job.until(() => schedule.log.split("job nightly is in progress: ").length > 2);
    await sleep(500);
    schedule.child.kill("SIGTERM");
    expect((await schedule.ended).code).to.equal(0);
    expect((await person.ended).code).to.equal(0);
    expect(schedule.log).not.to.contain("paused");
    expect(await job.ask("SELECT 1 FROM $schema.alarms WHERE kind IN ('paused', 'missed_start')")).to.deep.equal([]);
  });
});
