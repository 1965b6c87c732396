/**
 * A start of a schedule that its process did not live to end, or that finds the job in other hands: the next process takes all of its files,
 * and no slot is left out for work that takes no new file. Over a ledger in a file, as one host has it.
 */
import { readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import { SlowJob, type Watched } from "../support/slow-job.ts";
import { IS_POSTGRES } from "../support/test-ledger.ts";

/** A process is up by then. */
const UP_MS = 5_000;
/** In no time that a test takes. */
const NEVER = "0 0 29 2 *";
const secondIn = (ms: number) => new Date(Date.now() + ms).getUTCSeconds();

/** Waits of minutes are a second long. */
const HURRIED = `data:text/javascript,${encodeURIComponent(`
  import timers from "node:timers/promises"; import { syncBuiltinESMExports } from "node:module";
  const wait = timers.setTimeout; timers.setTimeout = (ms, ...rest) => wait(ms > 120000 ? 1000 : ms, ...rest); syncBuiltinESMExports();`)}`;

const open = (accounts: number, cron: string) =>
  SlowJob.open({
    name: "nightly",
    accounts,
    latencyMs: 100,
    ledger: "file",
    settings: `concurrency: { reads: 1, writes: 1 }, firstStart: "all", schedule: { cron: "${cron}", zone: "UTC" }`,
  });

/** A minute's wait for the lease of a process that was killed, made short. */
async function kill(job: SlowJob, { child, ended }: Watched): Promise<void> {
  child.kill("SIGKILL");
  await ended;
  using database = new DatabaseSync(join(job.folder, "ledger.sqlite"));
  const untilMs = Date.now() + 2_000;
  const { changes } = database
    .prepare("UPDATE leases SET until = ? WHERE name LIKE 'nightly %' AND until > ?")
    .run(untilMs, untilMs);
  expect(changes, "leases that the process has left").to.equal(1);
}

/** Not within a write, which would keep every other process from the ledger. */
async function suspend(job: SlowJob, { child }: Watched): Promise<void> {
  for (;;) {
    child.kill("SIGSTOP");
    using database = new DatabaseSync(join(job.folder, "ledger.sqlite"), { timeout: 0 });
    try {
      database.exec("BEGIN IMMEDIATE; ROLLBACK");
      return;
    } catch {
      child.kill("SIGCONT");
      await sleep(10);
    }
  }
}

/** As a schedule has it that has begun that slot as its last. Of a lease, its end is a millisecond after. */
function begunAt({ folder }: SlowJob, slotMs: number): void {
  using database = new DatabaseSync(join(folder, "ledger.sqlite"));
  const [job] = database.prepare("SELECT name FROM leases WHERE name LIKE 'nightly %'").all() as { name: string }[];
  database
    .prepare("INSERT INTO leases (name, owner, token, since, until) VALUES (?, 'ended', 1, ?, ?)")
    .run(String(job?.name).replace("nightly", "nightly@slot"), slotMs, slotMs + 1);
}

async function setCron({ folder }: SlowJob, from: string, to: string): Promise<void> {
  const file = join(folder, "job.ts");
  await writeFile(file, (await readFile(file, "utf8")).replace(from, to));
}

async function stop({ child, ended }: Watched): Promise<void> {
  child.kill("SIGTERM");
  expect((await ended).code).to.equal(0);
}

/** When it was said, for the time of that number. */
const timeOf = ({ log }: Watched, message: string, no = 0) => {
  const line = log.split("\n").filter((one) => one.includes(`"${message}`))[no];
  return line === undefined ? Number.NaN : Date.parse((JSON.parse(line) as { timestamp: string }).timestamp);
};

(IS_POSTGRES ? describe.skip : describe)("a start of a schedule", function () {
  this.timeout(120_000);

  it("goes on in the next process with all of its files, when its own was killed", async () => {
    await using job = await open(20, `${secondIn(UP_MS)} * * * * *`);
    await job.put(job.rows.slice(0, 15), "in/a.csv");
    await job.put(job.rows.slice(15), "in/b.csv");
    const struck = job.start(["schedule", "./job.ts"]);
    await job.until(() => job.bank.effects.length > 3);
    const beganMs = Date.now();
    await kill(job, struck);
    const other = job.start(["schedule", "./job.ts"]);
    await job.until(() => job.bank.effects.length === job.rows.length);
    expect(Date.now() - beganMs, "before the next slot").to.be.below(45_000);
    await job.until(() => other.log.split("the run has ended").length > 2);
    await stop(other);
    expect(job.bank.effects).to.have.length(job.rows.length);
  });

  it("goes on in the next process with all of its files, when its own was told to stop", async () => {
    const cron = `${secondIn(UP_MS)} * * * * *`;
    await using job = await open(20, cron);
    await job.put(job.rows.slice(0, 15), "in/a.csv");
    await job.put(job.rows.slice(15), "in/b.csv");
    const stopped = job.start(["schedule", "./job.ts"]);
    await job.until(() => job.bank.effects.length > 3);
    await stop(stopped);
    await setCron(job, cron, NEVER);
    const other = job.start(["schedule", "./job.ts"]);
    const beganMs = Date.now();
    while (other.log.split("the run has ended").length < 3 && Date.now() - beganMs < 40_000) await sleep(20);
    expect(job.bank.effects, other.log).to.have.length(job.rows.length);
    await stop(other);
  });

  it("is made up for, though a person has resumed a run since its slot", async () => {
    const slotMs = Math.ceil(Date.now() / 1_000) * 1_000 + 2 * UP_MS;
    const slot = new Date(slotMs);
    await using job = await open(20, `${slot.getUTCSeconds()} ${slot.getUTCMinutes()} ${slot.getUTCHours()} * * *`);
    await job.put(job.rows.slice(1));
    const struck = job.start(["run", "./job.ts"]);
    await job.until(() => job.bank.effects.length > 3);
    await kill(job, struck);
    begunAt(job, slotMs - 86_400_000);
    await sleep(slotMs + 1_000 - Date.now());
    expect((await job.tieout("resume", "last")).code).to.equal(0);
    await job.put(job.rows.slice(0, 1), "in/b.csv");
    const schedule = job.start(["schedule", "./job.ts"]);
    const beganMs = Date.now();
    while (job.bank.effects.length < job.rows.length && Date.now() - beganMs < 20_000) await sleep(20);
    expect(job.bank.effects).to.have.length(job.rows.length);
    await stop(schedule);
  });

  it("is made again when its ledger was away at its slot, though it could not be opened", async () => {
    await using job = await open(3, `${secondIn(UP_MS)} * * * * *`);
    await job.put();
    const schedule = job.start(["schedule", "./job.ts"], { NODE_OPTIONS: `--import=${HURRIED}` });
    await job.until(() => schedule.log.includes("a start of the job is due"));
    await sleep(500);
    const ledger = join(job.folder, "ledger.sqlite");
    await rename(ledger, `${ledger}.away`);
    await job.until(() => schedule.log.includes('"code":"no_ledger"'));
    await sleep(1_500);
    await rename(`${ledger}.away`, ledger);
    const backMs = Date.now();
    while (job.bank.effects.length < job.rows.length && Date.now() - backMs < 20_000) await sleep(20);
    expect(job.bank.effects, schedule.log).to.have.length(job.rows.length);
    await stop(schedule);
  });

  it("begins after the rest of a run that its process has found, when its slot comes meanwhile", async () => {
    await using job = await open(120, NEVER);
    await job.put(job.rows.slice(1));
    const struck = job.start(["run", "./job.ts"]);
    await job.until(() => job.bank.effects.length > 3);
    await kill(job, struck);
    await job.put(job.rows.slice(0, 1), "in/b.csv");
    await setCron(job, NEVER, `${secondIn(1.5 * UP_MS)} * * * * *`);
    const other = job.start(["schedule", "./job.ts"]);
    await job.until(() => job.bank.effects.length === job.rows.length);
    await stop(other);
    expect(timeOf(other, "resuming run"), other.log).to.be.below(timeOf(other, "a start of the job is due", 1));
    expect(timeOf(other, "a start of the job is due", 1), other.log).to.be.below(timeOf(other, "the run has ended"));
    expect(other.log).not.to.contain("is skipped");
  });

  it("goes on with the files of a slot that comes while it is at work", async () => {
    const [first, second] = [UP_MS, UP_MS + 2_000].map(secondIn);
    await using job = await open(60, `${first},${second} * * * * *`);
    await job.put(job.rows.slice(1), "in/a.csv");
    const schedule = job.start(["schedule", "./job.ts"]);
    await job.until(() => job.bank.effects.length > 3);
    await job.put(job.rows.slice(0, 1), "in/b.csv");
    const beganMs = Date.now();
    await job.until(() => job.bank.effects.length === job.rows.length);
    expect(Date.now() - beganMs, "before the next minute").to.be.below(45_000);
    await job.until(() => schedule.log.split("the run has ended").length > 2);
    await stop(schedule);
    expect(timeOf(schedule, "the job was due again while it was at work"), schedule.log).to.be.below(
      timeOf(schedule, "the run has ended", 1),
    );
  });

  it("is tried again while a person is at work on the job, and leaves no file out", async () => {
    await using job = await open(30, "*/30 * * * * *");
    await job.put(job.rows.slice(1));
    const person = job.start(["run", "./job.ts"]);
    await job.until(() => job.bank.effects.length > 0);
    await suspend(job, person);
    await job.put(job.rows.slice(0, 1), "in/b.csv");
    const schedule = job.start(["schedule", "./job.ts"], { NODE_OPTIONS: `--import=${HURRIED}` });
    await job.until(() => schedule.log.includes("it is started again after a wait"));
    person.child.kill("SIGCONT");
    expect((await person.ended).code).to.equal(0);
    while (job.bank.effects.length < job.rows.length) await sleep(20);
    await stop(schedule);
    expect(schedule.log).to.contain("job nightly is in progress: ");
    expect(schedule.log).not.to.contain("is skipped");
    expect(schedule.log.split("a start of the job is due"), "the next slot has not come").to.have.length(3);
  });
});
