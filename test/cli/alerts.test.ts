/**
 * The log as a machine reads it: one line for each end that needs a person, with all that an alert needs, at the moment it
 * ends; and what came and went of the process.
 */
import { once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { logEnd } from "../../src/cli/output/print-end.ts";
import { type Sandbox, startSandbox } from "../../src/sandbox/start-sandbox.ts";
import { cause, summary } from "../report/a-summary.ts";
import { itWhole } from "../support/extent.ts";
import { runTieout, startTieout } from "../support/tieout.ts";

const JOB_URL = new URL("../../src/job.ts", import.meta.url).href;

type Line = Readonly<Record<string, unknown>>;

/** What of standard error is a line of the log. */
function linesOf(err: string): Line[] {
  return err.split("\n").flatMap((line) => (line.startsWith("{") ? [JSON.parse(line) as Line] : []));
}

describe("the code of a run that did not end well", () => {
  const causes = [
    cause({ word: "skipped", code: "limit_reached", count: 252 }),
    cause({ word: "invalid", code: "contradiction", count: 7 }),
    cause({ word: "held", code: "guard", count: 3 }),
  ];
  const stopped = { code: "run_stopped", message: "stopped" } as const;
  for (const [why, over, code] of [
    ["that stopped it", { exit: 6, stopped }, "run_stopped"],
    ["of the rows that are held", { exit: 4 }, "guard"],
    ["of the rows to repair", { exit: 3 }, "contradiction"],
  ] as const)
    it(`is the one ${why}, not the most frequent`, () => {
      const alerts: unknown[] = [];
      const log = { ...console, close: async () => {} };
      logEnd({ log, alert: (_, fields) => alerts.push(fields.code) }, summary({ ...over, causes }));
      expect(alerts).to.deep.equal([code]);
    });
});

describe("the log of what did not end well", () => {
  let folder: string;
  let bank: Sandbox;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "tieout-alerts-"));
    await mkdir(join(folder, "in"));
    await mkdir(join(folder, "jobs"));
    bank = await startSandbox({ seed: { accounts: [{ id: "account_1" }, { id: "account_2" }] } });
  });
  afterEach(async () => {
    await bank.close();
    await rm(folder, { recursive: true, force: true });
  });

  const env = () => ({
    LEAD_API_URL: bank.url,
    LEAD_CLIENT_ID: bank.clientId,
    LEAD_CLIENT_SECRET: bank.clientSecret,
  });
  const writeJob = (more = "") =>
    writeFile(
      join(folder, "jobs/alerting.ts"),
      `import { defineJob } from ${JSON.stringify(JOB_URL)};\nexport default defineJob({ name: "alerting", source: { folder: "in" }, results: { folder: "out" }, onRejected: "continue", ${more} });\n`,
    );
  const put = (name: string, text: string) => writeFile(join(folder, "in", name), text);

  itWhole("has job, run, file, code, exit, counts, causes and next, of each file as it ends", async () => {
    await writeJob();
    await put("1.csv", "account_id,product_name,status\naccount_1,New,\naccount_2,New,clsed\naccount_3,New,clsed\n");
    await put("2.csv", "account_1,New\naccount_id,product_name\naccount_2,New\n");
    await put("3.csv", "account_id,product_name\naccount_1,Canary\n");
    await rm(join(folder, "out"), { recursive: true, force: true });
    const { code, err } = await runTieout(["run", "alerting"], env(), folder);
    expect(code, err).to.equal(7);
    const lines = linesOf(err);
    const [ended, rejected, ...more] = lines.filter(({ level }) => level === "error");
    expect(more).to.deep.equal([]);
    expect(ended).to.include({ message: "the run did not end well", job: "alerting", kind: "run", file: "1.csv" });
    expect(ended).to.include({ code: "value_not_allowed", exit: 3, rows: 3 });
    expect(ended?.words).to.include({ applied: 1, invalid: 2 });
    expect(ended?.causes).to.deep.equal({ "invalid value_not_allowed status": 2 });
    expect(ended?.run).to.match(/^\d{8}-\d{6}-\w{6}$/);
    expect(ended?.next).to.match(/^npx tieout run alerting --file .*failed\.csv/);
    expect(rejected).to.include({ message: "the file was rejected", job: "alerting", file: "2.csv", exit: 7 });
    expect(rejected).to.include({ code: "header_elsewhere", row: 1 });
    expect(rejected?.run).to.be.a("string");
    const at = (text: string) => lines.findIndex(({ message }) => String(message).includes(text));
    expect(at("the run did not end well"), "before the next file begins").to.be.below(at("2.csv ("));
    expect(err).not.to.contain("Canary");
  });

  it("has what ends the command without a run", async () => {
    await writeJob('expect: { by: "00:00" }');
    const { code, err } = await runTieout(["run", "alerting"], env(), folder);
    expect(code).to.equal(2);
    const [line, ...more] = linesOf(err).filter(({ level }) => level === "error");
    expect(more).to.deep.equal([]);
    expect(line).to.include({ job: "alerting", code: "file_expected", exit: 2 });
    expect(line?.next).to.be.a("string");
  });

  itWhole("has start and stop of a schedule, each start of a job, and the signal", async () => {
    await writeJob('schedule: { cron: "* * * * * *", zone: "UTC" }');
    await put("1.csv", "account_id,status\naccount_1,clsed\n");
    using schedule = startTieout(["schedule", "alerting"], env(), folder);
    let err = "";
    schedule.child.stderr?.on("data", (text: string) => {
      err += text;
    });
    while (!err.includes("the run did not end well")) {
      if (schedule.child.exitCode !== null) throw new Error(err);
      await once(schedule.child.stderr as NodeJS.ReadableStream, "data");
    }
    schedule.child.kill("SIGTERM");
    const ended = await schedule.ended;
    expect(ended.code, ended.err).to.equal(0);
    const lines = linesOf(ended.err);
    const messages = lines.map(({ message }) => message);
    expect(messages.slice(0, 3)).to.deep.include.members(["scheduled", "the schedule has started"]);
    expect(messages.at(-1)).to.equal("the schedule has stopped");
    expect(lines.find(({ message }) => message === "a start of the job is due")).to.include({ job: "alerting" });
    expect(lines.find(({ signal }) => signal !== undefined)).to.include({ signal: "SIGTERM" });
    expect(lines.find(({ message }) => message === "the run did not end well")).to.include({ exit: 3, file: "1.csv" });
  });

  itWhole("has a start that could not begin, and none for a command that found nothing to do", async () => {
    await writeJob('schedule: { cron: "0 2 * * *" }');
    await put("1.csv", "account_id,product_name\naccount_1,New\n");
    for (const command of ["run", "schedule"])
      for (const [code, wrong] of [
        ["env_missing", { LEAD_API_URL: "" }],
        ["ledger_unusable", { TIEOUT_LEDGER: join(folder, "typo", "ledger.sqlite") }],
      ] as const) {
        const { err } = await runTieout([command, "alerting"], { ...env(), ...wrong }, folder);
        const [alert, ...more] = linesOf(err).filter(({ level }) => level === "error");
        expect(alert, `${command}: ${err}`).to.include({ code, exit: 2 });
        expect(more).to.deep.equal([]);
      }
    expect((await runTieout(["run", "alerting"], env(), folder)).code).to.equal(0);
    const { code, err } = await runTieout(["rerun", "last"], env(), folder);
    expect([code, linesOf(err)]).to.deep.equal([0, []]);
    expect(err).to.contain("[nothing_to_rerun]");
  });

  for (const [what, schedule, line] of [
    [
      "cron expression",
      '{ cron: "61 * * * *" }',
      /^tieout: jobs\/alerting\.ts:2: schedule\.cron: "61 \* \* \* \*" is not a cron expression \[job_invalid\]; /m,
    ],
    [
      "zone",
      '{ cron: "0 2 * * *", zone: "Moon/Base" }',
      /^tieout: jobs\/alerting\.ts:2: schedule\.zone: "Moon\/Base" is not an IANA zone \[job_invalid\]; /m,
    ],
  ] as const)
    itWhole(`has no job as scheduled with a bad ${what}: every command finds it`, async () => {
      await writeJob(`schedule: ${schedule}`);
      await put("1.csv", "account_id,product_name\naccount_1,New\n");
      for (const command of ["run", "validate", "schedule"]) {
        const { code, out, err } = await runTieout([command, "alerting"], env(), folder);
        expect([code, out], err).to.deep.equal([2, ""]);
        expect(err).to.match(line).and.not.contain("scheduled");
      }
      expect(bank.requests).to.have.length(0);
    });
});
