/** `tieout follow`: a run of another process, seen from the ledger alone. */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { stripVTControlCharacters } from "node:util";
import { expect } from "chai";
import { type Sandbox, startSandbox } from "../../src/sandbox/start-sandbox.ts";
import { itWhole } from "../support/extent.ts";
import { linesShown } from "../support/screen.ts";
import { runTieout, type Started, startTieout } from "../support/tieout.ts";

const JOB_URL = new URL("../../src/job.ts", import.meta.url).href;
const AS_TERMINAL = new URL("../support/as-terminal.ts", import.meta.url).href;
const ACCOUNTS = Array.from({ length: 40 }, (_, i) => ({ id: `account_${i}` }));

describe("tieout follow", function () {
  this.timeout(120_000);
  let folder: string;
  let bank: Sandbox;
  let env: Record<string, string>;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "tieout-follow-"));
    bank = await startSandbox({ seed: { accounts: structuredClone(ACCOUNTS) }, latencyMs: 150 });
    env = {
      TIEOUT_LEDGER: join(folder, "ledger.sqlite"),
      LEAD_API_URL: bank.url,
      LEAD_CLIENT_ID: bank.clientId,
      LEAD_CLIENT_SECRET: bank.clientSecret,
    };
    const settings = `source: { folder: "in" }, results: { folder: "out" }, concurrency: { reads: 1, writes: 1 }`;
    await writeFile(
      join(folder, "job.ts"),
      `import { defineJob } from ${JSON.stringify(JOB_URL)};\nexport default defineJob({ name: "followed", ${settings} });\n`,
    );
    await mkdir(join(folder, "in"));
    const rows = ACCOUNTS.map(({ id }) => `${id},New`);
    await writeFile(join(folder, "in", "a.csv"), ["account_id,product_name", ...rows, "account_x,New", ""].join("\n"));
  });
  afterEach(async () => {
    await bank[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
  });

  const tieout = (...args: string[]) => runTieout(args, env, folder);
  /** A run whose plan is under way at the bank, so that the ledger knows it. */
  const startRun = async (): Promise<Started> => {
    const run = startTieout(["run", "./job.ts"], env, folder);
    while (bank.requests.length < 5) await sleep(10);
    return run;
  };
  const isSeen = ({ child }: Started) =>
    new Promise<void>((resolve) => child.stdout?.on("data", (text: string) => text.includes("at work") && resolve()));

  it("shows stage, rows and who is at work until the run ends, and ends as it did", async () => {
    using run = await startRun();
    const messages = tieout("follow", "last", "--output", "json");
    const shown = runTieout(["follow", "last"], { ...env, NODE_OPTIONS: `--import=${AS_TERMINAL}` }, folder);
    const ended = await run.ended;
    expect(ended.code, ended.err).to.equal(3);

    const { code, out, err } = await messages;
    expect(code, err).to.equal(3);
    const events = out
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    const { run: id } = events.at(-1);
    expect(events.at(-1)).to.include({ event: "summary", exit: 3, rows: 41 });
    const works = events.filter(({ event }) => event === "work");
    expect(works.map(({ stage }) => stage)).to.include.members(["plan", "apply"]);
    expect(works[0].by.map(({ name }: { name: string }) => name)).to.have.length(1);
    expect(works[0].by[0].name).to.match(new RegExp(` pid ${run.child.pid} `));
    const counts = events.filter(({ event, stage }) => event === "progress" && stage === "apply");
    expect(counts).to.have.length.above(1);
    for (const { done, of } of counts) expect(done).to.be.within(1, of);

    const terminal = await shown;
    expect(terminal.code, terminal.err).to.equal(3);
    expect(terminal.out).to.match(new RegExp(`^run ${id} is at \\w+(, .* done)?; at work: \\S+ pid ${run.child.pid} `));
    const block = stripVTControlCharacters(terminal.err);
    for (const said of [/ % · apply \d+ of 41/, /\d+ applied · 1 refused · \d+ open/, /calls: [\d.]+ a second/])
      expect(block).to.match(said);
    expect(block).to.match(/\d+ calls? left · ≈ \d+ s, done /);
    expect(linesShown(terminal.err).join("\n"), "the block is cleared").not.to.contain("apply ");

    const after = await tieout("follow", id);
    expect([after.code, after.out.includes(id)]).to.deep.equal([3, true]);
  });

  it("ends with 6 when the run stops, and says how it is continued", async () => {
    using run = await startRun();
    using follow = startTieout(["follow", "last"], env, folder);
    await isSeen(follow);
    run.child.kill("SIGTERM");
    expect((await run.ended).code).to.equal(6);
    const { code, out, err } = await follow.ended;
    expect(code, err).to.equal(6);
    expect(out).to.match(/npx tieout resume \S+/);
  });

  itWhole("leaves the run alone when it is stopped itself", async () => {
    using run = await startRun();
    using follow = startTieout(["follow", "last"], env, folder);
    await isSeen(follow);
    follow.child.kill("SIGINT");
    const { code, out, err } = await follow.ended;
    expect(code, err).to.equal(6);
    expect(out).to.match(/run (\S+) goes on; to follow it again, type: npx tieout follow \1\n$/);
    expect((await run.ended).code).to.equal(3);
  });

  it("names a run that the ledger does not have", async () => {
    const first = await tieout("run", "./job.ts", "--file", "none.csv");
    expect(first.code).to.equal(2);
    const { code, err } = await tieout("follow", "2027");
    expect([code, err]).to.deep.equal([2, "tieout: the ledger has no run 2027 [run_not_found]; see npx tieout runs\n"]);
  });
});
