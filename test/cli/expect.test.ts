/** Files that wait for their turn or for a person, and a schedule that pauses, with real processes. */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { type Sandbox, startSandbox } from "../../src/sandbox/start-sandbox.ts";
import { runTieout, startTieout, watchUntil } from "../support/tieout.ts";

const JOB_URL = new URL("../../src/job.ts", import.meta.url).href;

describe("files that are expected, and a schedule that pauses", function () {
  this.timeout(60_000);
  let folder: string;
  let bank: Sandbox;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "tieout-expect-"));
    await mkdir(join(folder, "in"));
    bank = await startSandbox({ seed: { accounts: [{ id: "account_1" }] } });
  });
  afterEach(async () => {
    await bank[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
  });

  const env = () => ({
    TIEOUT_LEDGER: join(folder, "ledger.sqlite"),
    LEAD_API_URL: bank.url,
    LEAD_CLIENT_ID: bank.clientId,
    LEAD_CLIENT_SECRET: bank.clientSecret,
  });
  const tieout = (...args: string[]) => runTieout(args, env(), folder);
  const put = (number: number, text: string) => writeFile(join(folder, "in", `a-${number}.csv`), text);
  const row = (name: string) => `account_id,product_name\naccount_1,${name}\n`;
  const writeJob = (settings: string) =>
    writeFile(
      join(folder, "job.ts"),
      `import { defineJob } from ${JSON.stringify(JOB_URL)};
export default defineJob({ name: "nightly", source: { folder: "in", pattern: /-(?<sequence>\\d+)\\.csv$/ }, results: { folder: "out" }, ${settings} });\n`,
    );

  it("let file 42 wait for 41, until it comes or a person goes on without it", async () => {
    await writeJob('expect: { by: "00:00", sequence: "wait", catchUp: "take" }');
    await put(40, row("A"));
    expect((await tieout("run", "job.ts")).code).to.equal(0);
    await put(42, row("C"));
    const waits = await tieout("run", "job.ts");
    expect(waits.code).to.equal(6);
    expect(waits.out).to.match(
      /^job nightly: a-42\.csv waits for number 41 \[file_out_of_turn\]; .* type: .*--from a-42\.csv$/m,
    );
    const json = JSON.parse((await tieout("run", "job.ts", "--output", "json")).out.trim().split("\n").at(-1) ?? "");
    expect(json)
      .to.include({ event: "file_out_of_turn", awaits: "41", exit: 6 })
      .and.to.deep.include({ keys: ["a-42.csv"] });
    await put(41, row("B"));
    const taken = await tieout("run", "job.ts");
    expect([taken.code, bank.effects.length], taken.err).to.deep.equal([0, 3]);
    await put(44, row("D"));
    expect((await tieout("run", "job.ts")).code).to.equal(6);
    expect((await tieout("run", "job.ts", "--from", "a-44.csv")).code).to.equal(0);
    expect(bank.effects).to.have.length(4);
  });

  it("are missed also where another source has brought one", async () => {
    await writeJob(`source: [
      { name: "cards", folder: "in", pattern: /a-\\d+/, done: { suffix: ".ok" } },
      { name: "loans", folder: "in", pattern: /loans/ },
    ], expect: { source: "cards", by: "00:00" }`);
    await put(40, row("A"));
    await writeFile(join(folder, "in", "loans.csv"), row("Loan"));
    const missed = await tieout("run", "job.ts");
    expect([missed.code, bank.effects.length], missed.out + missed.err).to.deep.equal([2, 1]);
    expect(missed.err).to.contain("a-40.csv is not there yet: its done-file a-40.csv.ok has not come");
    expect(missed.err).to.match(/^tieout: job nightly expects a file of .* \[file_expected\]/m);
    await writeFile(join(folder, "in", "a-40.csv.ok"), "");
    const come = await tieout("run", "job.ts");
    expect([come.code, bank.effects.length], come.err).to.deep.equal([0, 2]);
    const looked = await tieout("doctor", "job.ts");
    expect(looked.out).to.match(/good {2}cards: .*in has 1 file for the job$/m);
    expect(looked.out).to.match(/good {2}loans: .*in has 1 file for the job$/m);
  });

  it("wait for a person when there are several, in the order in which they are to be taken", async () => {
    await writeJob('expect: { by: "00:00" }');
    await put(2, row("B"));
    await put(1, row("A"));
    const waits = await tieout("run", "job.ts");
    expect([waits.code, bank.effects.length]).to.deep.equal([6, 0]);
    expect(waits.out).to.contain("the order to catch up is a-1.csv, a-2.csv [files_to_catch_up]");
    expect((await tieout("run", "job.ts", "--from", "a-1.csv")).code).to.equal(0);
    expect(bank.effects).to.have.length(2);
  });

  it("says that it pauses, and not that it starts the job again, where the bank refuses the credentials", async () => {
    await writeJob('schedule: { cron: "* * * * * *", pauseOnFailure: true }');
    await put(1, row("A"));
    using schedule = startTieout(["schedule", "job.ts"], { ...env(), LEAD_CLIENT_SECRET: "wrong" }, folder);
    let log = "";
    schedule.child.stderr?.on("data", (more: string) => {
      log += more;
    });
    while (!log.includes("is paused, so this start is skipped")) {
      if (schedule.child.exitCode !== null) throw new Error(log);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    schedule.child.kill("SIGTERM");
    await schedule.ended;
    expect(log).to.contain("bank_credentials_refused").and.contain("is paused until a person resumes it");
    expect(log).not.to.contain("is started again after a wait");
    expect(bank.effects).to.have.length(0);
  });

  it("pauses after a bad end, through a restart, until a person resumes it", async () => {
    await writeJob('schedule: { cron: "* * * * * *", pauseOnFailure: true }');
    await put(1, "nonsense\n");
    const until = (text: string) => watchUntil(text, env(), folder);
    await until("is paused until a person resumes it");
    await put(2, row("A"));
    await until("is paused, so this start is skipped");
    expect(bank.effects).to.have.length(0);
    expect((await tieout("schedule", "job.ts", "--list")).out).to.match(/paused since .* \(a start ended with 7\)/);
    // The file is seen to by hand, and still nobody may think that all is well.
    expect((await tieout("run", "job.ts")).code).to.equal(0);
    const alarms = (await tieout("alarms")).out;
    expect(alarms).not.to.match(/rejected/);
    expect(alarms).to.match(
      /nightly {2}paused {2}the schedule is paused and starts nothing: a start ended with 7\n {2}next: npx tieout schedule \S+ --resume --reason "…"/,
    );
    await put(3, row("B"));
    const resumed = await tieout("schedule", "job.ts", "--resume", "--reason", "the sender was told");
    expect(resumed.out).to.match(/^the schedule of nightly goes on with its next slot; it was paused since /);
    expect((await tieout("alarms")).out).not.to.match(/paused/);
    await until("the run has ended");
    expect(bank.effects).to.have.length(2);
    expect((await tieout("audit")).out).to.match(
      /schedule pause[\s\S]*schedule resume|schedule resume[\s\S]*schedule pause/,
    );
  });
});
