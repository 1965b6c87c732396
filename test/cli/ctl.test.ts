/**
 * `tieout ctl` and `tieout audit`, as commands beside a run that is in progress in a process of its own.
 */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import { type Sandbox, startSandbox } from "../../src/sandbox/start-sandbox.ts";
import { runTieout, startTieout } from "../support/tieout.ts";

const JOB_URL = new URL("../../src/job.ts", import.meta.url).href;
const NUMBERS = Array.from({ length: 200 }, (_, at) => at + 1);
const POLL_MS = 20;
/** In effect within a second; a busy test machine gets more. */
const HEARD_MS = 3_000;

describe("tieout ctl", function () {
  this.timeout(120_000);
  let folder: string;
  let bank: Sandbox;
  let env: Record<string, string>;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "tieout-ctl-"));
    bank = await startSandbox({ seed: { accounts: NUMBERS.map((n) => ({ id: `account_${n}` })) }, latencyMs: 10 });
    env = {
      TIEOUT_LEDGER: join(folder, "ledger.sqlite"),
      LEAD_API_URL: bank.url,
      LEAD_CLIENT_ID: bank.clientId,
      LEAD_CLIENT_SECRET: bank.clientSecret,
    };
    await mkdir(join(folder, "in"));
    const rows = NUMBERS.map((n) => `account_${n},New`);
    await writeFile(join(folder, "in", "a.csv"), ["account_id,product_name", ...rows, ""].join("\n"));
    await writeFile(
      join(folder, "job.ts"),
      `import { defineJob } from ${JSON.stringify(JOB_URL)};\nexport default defineJob({ name: "job", source: { folder: "in" }, results: { folder: "out" }, requestsPerSecond: 40, burst: 1 });\n`,
    );
  });
  afterEach(async () => {
    await bank[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
  });

  const tieout = (line: string) => runTieout(line.split(" "), env, folder);
  /** It needs no credentials. */
  const ctl = (line: string) =>
    runTieout(["ctl", ...line.split(" ")], { TIEOUT_LEDGER: env.TIEOUT_LEDGER ?? "" }, folder);
  async function until(isSo: () => boolean): Promise<void> {
    while (!isSo()) await sleep(POLL_MS);
  }

  it("holds back, slows and stops the run of another process, and the audit trail has it", async () => {
    using run = startTieout(["run", "./job.ts"], env, folder);
    await until(() => bank.effects.length > 10);
    expect((await ctl("last pause")).err).to.equal("");
    await sleep(HEARD_MS);
    const paused = bank.requests.length;
    await sleep(1_000);
    expect(bank.requests, "no call begins").to.have.length(paused);
    const set = await ctl("last set requestsPerSecond=500 writes=1 --reason fast");
    expect(set.out).to.match(
      /^run \S+: paused, requestsPerSecond=40, writes=1, as \S+@\S+ asked; requestsPerSecond 40: the job allows no more\n$/,
    );
    expect((await ctl("last set requestsPerSecond=2")).code).to.equal(0);
    expect((await ctl("last resume")).code).to.equal(0);
    await until(() => bank.requests.length > paused + 3);
    expect((await ctl("last stop")).code).to.equal(0);
    const { code, out, err } = await run.ended;
    expect(code, err).to.equal(6);
    expect(out).to.match(/not finished: the run was stopped by \S+@\S+ with tieout ctl stop \[run_stopped\]/);
    expect(bank.effects.length).to.be.below(NUMBERS.length);

    const late = await ctl("last pause");
    expect([late.code, late.err]).to.deep.equal([
      6,
      late.err.match(
        /^tieout: nobody works on run \S+ now \[not_in_progress\]; to continue it, type: npx tieout resume \S+\n$/,
      )?.[0],
    ]);
    expect((await tieout("run ./job.ts")).code, "only a person continues it").to.equal(6);
    using resumed = startTieout(["resume"], env, folder);
    const { length } = bank.requests;
    await until(() => bank.requests.length > length + 3);
    // What was set stays with the run.
    expect((await ctl("last set requestsPerSecond=40")).err).to.equal("");
    expect((await resumed.ended).code).to.equal(0);
    expect(bank.effects).to.have.length(NUMBERS.length);
    const ended = await ctl("last stop");
    expect([ended.code, ended.err]).to.deep.equal([
      6,
      ended.err.match(
        /^tieout: run \S+ has ended with exit code 0 \[not_in_progress\]; to see what became of it, type: npx tieout report \S+\n$/,
      )?.[0],
    ]);

    const audit = await tieout("audit --verify --output json");
    expect(audit.code, audit.err).to.equal(0);
    const lines = audit.out
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(
      lines.map(({ event, action, details }) => `${action ?? event} ${details?.order ?? ""}`.trim()),
    ).to.deep.equal([
      "run",
      "ctl pause",
      "ctl set",
      "ctl set",
      "ctl resume",
      "ctl stop",
      "end",
      "resume",
      "ctl set",
      "end",
      "verified",
    ]);
    expect(lines[2]).to.deep.include({ reason: "fast", details: { order: "set", requestsPerSecond: 500, writes: 1 } });
    const text = await tieout("audit --run last --limit 1");
    expect(text.out).to.match(
      /^10 {2}\S+Z {2}\S+@\S+ {2}end {2}job {2}\S+ {2}exit=0 {2}final=true {2}publication=2\n$/,
    );
  });

  it("and a deadline: a start stops at the time that is given, or refuses one that is no time of day", async () => {
    const wrong = await tieout("run ./job.ts --stop-at 6pm");
    expect([wrong.code, wrong.err]).to.deep.equal([
      2,
      "tieout: --stop-at 6pm is not a time of day [usage]; give one, such as --stop-at 06:00\n",
    ]);
    expect(bank.requests).to.have.length(0);
    const plan = await tieout("plan ./job.ts --stop-at 06:00");
    expect(plan.err, "a plan sends nothing that would have to stop").to.contain("[usage]");
  });

  it("refuses what it does not know in one line, with what to type", async () => {
    for (const [line, message] of [
      ["last go", 'ctl does not know "go" [usage]; give pause, resume, stop or set'],
      ["last pause now", "ctl … pause takes no settings"],
      ["last set", "ctl … set needs what to set"],
      ["last set writes=0", "ctl … set writes takes a whole number from 1"],
      ["last set burst=4", 'ctl … set does not know "burst"'],
      ["last set writes=4x", "ctl … set writes takes a whole number from 1"],
      ["last set reads", "ctl … set reads takes a whole number from 1"],
      ["last set reads=1=2", "ctl … set reads takes a whole number from 1"],
    ] as const) {
      const { code, err } = await ctl(line);
      expect([code, err.split("\n").length], err).to.deep.equal([2, 2]);
      expect(err).to.contain(message);
    }
  });
});
