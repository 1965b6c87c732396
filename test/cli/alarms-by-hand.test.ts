/**
 * Alarms of rows are over as soon as what a person does leaves nothing to do: raised once, cleared once, told once. Real commands over the
 * sandbox, with a receiver.
 */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { type Sandbox, startSandbox } from "../../src/sandbox/start-sandbox.ts";
import { Receiver } from "../alarm/receiver.ts";
import { IS_WHOLE } from "../support/extent.ts";
import { openTestLedger } from "../support/test-ledger.ts";
import { type Ended, runTieout } from "../support/tieout.ts";

const JOB_URL = new URL("../../src/job.ts", import.meta.url).href;
const REASON = ["--reason", "seen with the sender"];

describe("alarms that a person's command ends", function () {
  this.timeout(60_000);
  let folder: string;
  let bank: Sandbox;
  let receiver: Receiver;
  /** What the ledger alone needs. */
  let offline: Record<string, string>;
  let env: Record<string, string>;
  const path = (name: string) => join(folder, name);
  const job = (retention = "") => `import { defineJob } from ${JSON.stringify(JOB_URL)};
export default defineJob({ name: "nightly", source: { folder: "in" }, results: { folder: "out" },
  guards: { patch: { max: 1 } }, notify: [{ webhook: "HOOK", secret: "KEY" }]${retention} });\n`;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "tieout-by-hand-"));
    bank = await startSandbox({ seed: { accounts: [1, 2, 3].map((n) => ({ id: `account_${n}` })) } });
    receiver = await Receiver.open();
    offline = { TIEOUT_LEDGER: path("ledger.sqlite"), HOOK: receiver.url, KEY: "a-key-of-the-receiver" };
    env = {
      ...offline,
      LEAD_API_URL: bank.url,
      LEAD_CLIENT_ID: bank.clientId,
      LEAD_CLIENT_SECRET: bank.clientSecret,
    };
    await mkdir(path("in"));
    await writeFile(path("job.ts"), job());
  });
  afterEach(async () => {
    await receiver[Symbol.asyncDispose]();
    await bank[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });

  const file = (name: string, ...rows: readonly string[]) =>
    writeFile(path(name), ["account_id,product_name", ...rows, ""].join("\n"));
  async function type(args: readonly string[], code: number, own = env): Promise<Ended> {
    const ended = await runTieout(args, own, folder);
    expect(ended.code, `${args.join(" ")}: ${ended.out}${ended.err}`).to.equal(code);
    return ended;
  }
  const told = () => receiver.json().map(({ event, kind }) => `${event} ${kind}`);
  const open = async () =>
    (await type(["alarms", "--output", "json"], 0, offline)).out
      .trim()
      .split("\n")
      .map((line) => (JSON.parse(line) as { kind?: string }).kind ?? "none");

  it("are over by approve and by accept, which ask nobody but the ledger, and no later command tells of it again", async () => {
    await file("in/1.csv", "account_1,A", "account_2,A", "account_9,A");
    await type(["run", "job.ts"], 4);
    expect(await open()).to.deep.equal(["held", "repair"]);
    await type(["approve", "last", "--guard", "patch", "--max", "2", ...REASON], 0, offline);
    expect(told()).to.deep.equal(["raised held", "raised repair", "cleared held"]);
    expect(await open()).to.deep.equal(["repair"]);
    await type(["resume"], 3);
    expect(bank.effects).to.have.length(2);
    const accept = ["accept", "last", "--row", "4", "--until", "2999-01-31", ...REASON];
    await type(accept, 0, offline);
    const all = ["raised held", "raised repair", "cleared held", "cleared repair"];
    expect(told()).to.deep.equal(all);
    expect(await open()).to.deep.equal(["none"]);
    await type(accept, 0, offline);
    await type(["run", "job.ts"], 0);
    expect(told(), "nothing twice").to.deep.equal(all);
  });

  it("stay while another run of the job has such a row open, though the run that raised them has none", async () => {
    await file("in/1.csv", "account_9,A");
    await type(["run", "job.ts"], 3);
    await file("in/2.csv", "account_8,A");
    await type(["run", "job.ts"], 3);
    const first = (await type(["runs", "--output", "json"], 0, offline)).out.trim().split("\n");
    const ids = first.map((line) => (JSON.parse(line) as { id: string }).id).sort();
    const until = ["--row", "2", "--until", "2999-01-31", ...REASON];
    await type(["accept", ids[0] ?? "", ...until], 0, offline);
    expect(await open()).to.deep.equal(["repair"]);
    await type(["accept", ids[1] ?? "", ...until], 0, offline);
    expect(await open()).to.deep.equal(["none"]);
    expect(told()).to.deep.equal(["raised repair", "cleared repair"]);
  });

  it("are over without the job's file too, and told by the next start that has it", async () => {
    await file("in/1.csv", "account_9,A");
    await type(["run", "job.ts"], 3);
    await writeFile(path("job.ts"), "throw new Error('TIEOUT_BUCKET is not set');\n");
    const { err } = await type(["accept", "last", "--row", "2", "--until", "2999-01-31", ...REASON], 0, offline);
    expect(err).to.contain("the next start of the job tells that an alarm is over");
    expect(await open()).to.deep.equal(["none"]);
    expect(told()).to.deep.equal(["raised repair"]);
    await writeFile(path("job.ts"), job());
    await type(["run", "job.ts"], 0);
    expect(told()).to.deep.equal(["raised repair", "cleared repair"]);
  });

  it("of files are cleared by a person's word, with who and why, and those of rows are not", async () => {
    await file("in/1.csv", "account_9,A");
    await type(["run", "job.ts"], 3);
    {
      await using ledger = await openTestLedger(path("ledger.sqlite"));
      const about = { job: "nightly", kind: "missing", subject: "2026-11-28", code: "file_missing" } as const;
      const said = { message: "the file has not come", run: null, counts: {}, causes: {}, next: "ask" };
      const bankName = { apiUrl: bank.url, program: bank.clientId };
      const targets = ["webhook HOOK"];
      await ledger.alarms.raise(bankName, { ...about, ...said }, { targets, afterMs: 0 }, Date.now());
    }
    const listed = await type(["alarms"], 0, offline);
    expect(listed.out).to.contain('or, if that will never be: npx tieout alarms --clear 2 --reason "…"');
    const clear = ["alarms", "nightly", "--clear", "2", "--reason", "the sender had no file"];
    expect((await type(clear, 0, offline)).out).to.equal("alarm 2 of nightly (missing) is cleared\n");
    expect((await type(clear, 0, offline)).out).to.equal("alarm 2 was cleared already\n");
    expect(told()).to.deep.equal(["raised repair", "raised missing", "cleared missing"]);
    expect((await type(["alarms", "--all"], 0, offline)).out).to.match(/ {2}cleared by .+: the sender had no file/);
    expect((await type(["audit", "--limit", "1"], 0, offline)).out).to.match(
      /alarm clear[\s\S]*the sender had no file/,
    );
    for (const [args, says] of [
      [["--clear", "1", ...REASON], /alarm 1 \(repair\) ends with what it is about, .*type: npx tieout causes \S+$/m],
      [["--clear", "9", ...REASON], /there is no alarm 9 .*tieout alarms --all lists/],
      [["--clear", "2"], /--clear is given without --reason/],
      [["--clear", "2", "--all", ...REASON], /--clear and --all are given together/],
    ] as const)
      expect((await type(["alarms", ...args], 2, offline)).err).to.match(says);
  });

  it("are looked for only of a job that the ledger knows, so that a mistyped name is not all well", async () => {
    await file("in/1.csv", "account_1,A");
    await type(["run", "job.ts"], 0);
    expect((await type(["alarms", "nightly"], 0, offline)).out).to.equal("no alarm is open\n");
    const { err } = await type(["alarms", "nigthly"], 2, offline);
    expect(err).to.contain("the ledger has no run of a job nigthly [run_not_found]");
  });

  it("tell by a trial which targets are reached, without a ledger, and show who could not be told", async () => {
    const trial = ["alarms", "job.ts", "--try"];
    expect((await type(trial, 0, offline)).out).to.equal("webhook HOOK: told\n");
    expect(receiver.json()[0]).to.include({ event: "trial", job: "nightly", kind: "trial" });
    receiver.answers.push((answer) => answer.writeHead(404).end());
    expect((await type(trial, 2, offline)).out).to.equal("webhook HOOK: not told: it answers 404\n");
    expect((await type(["alarms", "--try"], 2, offline)).err).to.contain("--try needs the name of a job");
    await file("in/1.csv", "account_9,A");
    receiver.answers.push((answer) => answer.writeHead(500).end());
    await type(["run", "job.ts"], 3);
    await using ledger = await openTestLedger(path("ledger.sqlite"));
    const bankName = { apiUrl: bank.url, program: bank.clientId };
    await ledger.alarms.takeNotices(bankName, "nightly", { nowMs: Date.now() + 60_000, untilMs: 1, limit: 1 });
    const line = "webhook HOOK was not told: tried 2 times (it answers 500), and goes on";
    expect((await type(["alarms"], 0, offline)).out).to.contain(`  ${line}\n`);
  });

  const WAYS: readonly [string, readonly string[], readonly string[], number][] = [
    ["abandon", ["account_1,A", "account_2,A"], ["abandon", "last", ...REASON], 3],
    ["rerun", ["account_1,A", "account_2,A"], ["rerun", "last", "--only", "held"], 4],
    ["a repaired file", ["account_9,A"], ["run", "job.ts", "--file", "repaired.csv"], 0],
  ];
  for (const [what, rows, command] of IS_WHOLE ? WAYS : WAYS.slice(2))
    it(`are over by ${what}`, async () => {
      await file("in/1.csv", ...rows);
      await runTieout(["run", "job.ts"], env, folder);
      const [kind = ""] = await open();
      if (what === "rerun") await writeFile(path("job.ts"), job().replace("max: 1", "max: 2"));
      const run = (await type(["runs", "--output", "json"], 0, offline)).out;
      const id = (JSON.parse(run.trim().split("\n").at(-1) ?? "") as { id: string }).id;
      const header = "account_id,product_name,result_run,result_row";
      await writeFile(path("repaired.csv"), `${header}\naccount_3,A,${id},2\n`);
      await runTieout(command, env, folder);
      expect(told()).to.deep.equal([`raised ${kind}`, `cleared ${kind}`]);
      expect(await open()).to.deep.equal(["none"]);
    });
});
