/** `tieout follow`: a run of another process, seen from the ledger alone. */
import { setTimeout as sleep } from "node:timers/promises";
import { stripVTControlCharacters } from "node:util";
import { expect } from "chai";
import { linesShown } from "../support/screen.ts";
import { SlowJob } from "../support/slow-job.ts";
import type { Started } from "../support/tieout.ts";

const AS_TERMINAL = new URL("../support/as-terminal.ts", import.meta.url).href;

describe("tieout follow", function () {
  this.timeout(120_000);
  let job: SlowJob;
  beforeEach(async () => {
    job = await SlowJob.open({ name: "followed", accounts: 40, latencyMs: 150, ledger: "file" });
    await job.put([...job.rows, "account_x,New"]);
  });
  afterEach(() => job[Symbol.asyncDispose]());

  /** A run whose plan is under way at the bank, so that the ledger knows it. */
  const startRun = async () => {
    const run = job.start(["run", "./job.ts"]);
    while (job.bank.requests.length < 5) await sleep(10);
    return run;
  };
  const isSeen = ({ child }: Started) =>
    new Promise<void>((resolve) => child.stdout?.on("data", (text: string) => text.includes("at work") && resolve()));

  it("shows stage, rows and who is at work until the run ends, and ends as it did", async () => {
    const run = await startRun();
    const messages = job.tieout("follow", "last", "--output", "json");
    const shown = job.start(["follow", "last"], { NODE_OPTIONS: `--import=${AS_TERMINAL}` }).ended;
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

    const after = await job.tieout("follow", id);
    expect([after.code, after.out.includes(id)]).to.deep.equal([3, true]);
  });

  it("leaves the run alone when it is stopped itself, and ends with 6 when the run stops, each time with what to type", async () => {
    const run = await startRun();
    const [stopped, follow] = [job.start(["follow", "last"]), job.start(["follow", "last"])];
    await Promise.all([stopped, follow].map(isSeen));
    stopped.child.kill("SIGINT");
    const seen = await stopped.ended;
    expect(seen.code, seen.err).to.equal(6);
    expect(seen.out).to.match(/run (\S+) goes on; to follow it again, type: npx tieout follow \1\n$/);
    expect(seen.err).to.contain("stop signal: this command ends").and.not.contain("calls in flight");
    const { length } = job.bank.requests;
    while (job.bank.requests.length === length) await sleep(10);
    run.child.kill("SIGTERM");
    const { code, err } = await run.ended;
    expect(code, err).to.equal(6);
    const ended = await follow.ended;
    expect(ended.code, ended.err).to.equal(6);
    expect(ended.out).to.match(/npx tieout resume \S+/);
  });

  it("names a run that the ledger does not have", async () => {
    const first = await job.tieout("run", "./job.ts", "--file", "none.csv");
    expect(first.code).to.equal(2);
    const { code, err } = await job.tieout("follow", "2027");
    expect([code, err]).to.deep.equal([2, "tieout: the ledger has no run 2027 [run_not_found]; see npx tieout runs\n"]);
  });
});
