/** The block of a run in a real terminal: what stands on the screen while it works, and after each way to its end. */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect } from "chai";
import { type Sandbox, startSandbox } from "../../src/sandbox/start-sandbox.ts";
import { itWhole } from "../support/extent.ts";
import { withTestLedger } from "../support/tieout.ts";
import { isTmuxThere, Tmux } from "../support/tmux.ts";

const JOB_URL = new URL("../../src/job.ts", import.meta.url).href;
const COMMAND = new URL("../../bin/tieout.js", import.meta.url).pathname;
const ACCOUNTS = Array.from({ length: 40 }, (_, n) => ({ id: `account_${n}`, details: { product_name: "Old" } }));
/** What only the block says. */
const LEFT_OVER = /[█░]|^calls: | open$| calls? left · |^nightly-sync · /;

/** From its first line to the last one on the screen. */
function blockOf(lines: readonly string[]): readonly string[] {
  const first = lines.findIndex((line) => line.startsWith("nightly-sync · "));
  return lines.slice(first, lines.findLastIndex((line) => line !== "") + 1);
}

const isOver = (lines: readonly string[]) => lines.some((line) => /^ended \d+$/.test(line));
const isAt = (what: RegExp) => (lines: readonly string[]) => what.test(lines.join("\n"));

describe("the block in a terminal", function () {
  this.timeout(120_000);
  if (!isTmuxThere()) {
    it.skip("skipped: 7 checks (tmux is not in PATH)");
    return;
  }
  let folder: string;
  let bank: Sandbox;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "tieout-block-"));
    const faults = [{ fault: "429", after: 20, count: 1 }] as const;
    bank = await startSandbox({ seed: { accounts: structuredClone(ACCOUNTS) }, latencyMs: 120, faults });
    const settings = `source: { folder: "in" }, results: { folder: "out" }, concurrency: { reads: 2, writes: 2 }`;
    const job = `export default defineJob({ name: "nightly-sync", ${settings} });`;
    await writeFile(join(folder, "job.ts"), `import { defineJob } from ${JSON.stringify(JOB_URL)};\n${job}\n`);
    await mkdir(join(folder, "in"));
    // Of three accounts one stays as it is.
    const rows = ACCOUNTS.map(({ id }, n) => `${id},${n % 3 === 0 ? "Old" : "New"}`);
    for (const name of ["a", "b"])
      await writeFile(join(folder, "in", `${name}.csv`), ["account_id,product_name", ...rows, ",New", ""].join("\n"));
  });
  afterEach(async () => {
    await bank[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });

  const open = async (columns: number, env: Readonly<Record<string, string>> = {}) => {
    const credentials = { LEAD_CLIENT_ID: bank.clientId, LEAD_CLIENT_SECRET: bank.clientSecret };
    const given = { LEAD_API_URL: bank.url, ...credentials, TIEOUT_LEDGER: join(folder, "ledger.sqlite"), ...env };
    return Tmux.open({ columns, rows: 40, cwd: folder, env: withTestLedger(given, folder) });
  };
  const start = (tmux: Tmux, args = "run ./job.ts") =>
    tmux.type(`${process.execPath} ${COMMAND} ${args}; echo ended $?`);

  for (const columns of [80, 200])
    (columns === 80 ? it : itWhole)(
      `stays below all other lines, is drawn over and goes at the end, on ${columns} columns`,
      async () => {
        await using tmux = await open(columns);
        await start(tmux);
        const [what, bar = "", ...rest] = blockOf(await tmux.until(isAt(/apply \d+ of 26\n\d+ unchanged/)));
        expect(what).to.match(/^nightly-sync · run \S+ · file 1 of 2 · a\.csv$/);
        expect(bar).to.match(/^█+░+ +\d\d % · apply \d+ of 26$/);
        expect(bar.indexOf(" ")).to.equal(columns === 80 ? 55 : 60);
        expect(rest[0]).to.match(/^\d+ unchanged · (\d+ applied · )?1 invalid · \d+ open$/);
        // Where several processes may share the run, the pace is that of all of them.
        expect(rest[1]).to.match(
          /^calls: [\d.]+ a second( here)?, of [\d.]+( for all)? · \d in flight · slowed by the bank: 1/,
        );
        expect(rest).to.have.length(3);
        expect(rest.at(-1)).to.match(/^\d+ calls? left · ≈ \d+ s, done \d\d:\d\d$/);
        const next = blockOf(await tmux.until(isAt(/file 2 of 2 · b\.csv/)));
        expect(next.length).to.be.within(2, 6);
        await tmux.until(isOver);
        const end = await tmux.lines("history");
        // Log lines have lines of their own. A pace that several processes share may have begun to recover.
        const paceLines = end.filter((line) => line.includes("the pace of calls has changed"));
        expect(paceLines[0]).to.match(/^warn: /);
        for (const line of paceLines) expect(line).to.match(/^(warn|info): the pace of calls has changed/);
        expect(end.filter((line) => LEFT_OVER.test(line))).to.deep.equal([]);
        expect(end).to.include("ended 3");
      },
    );

  itWhole("fits the screen again when that becomes narrower and wider", async () => {
    await using tmux = await open(120);
    // On a full screen nothing leaves it when lines become two.
    await tmux.type("seq 40");
    await start(tmux);
    await tmux.until(isAt(/plan \d+ of 40/));
    for (const columns of [60, 30, 100]) {
      await tmux.resize(columns, 40);
      const isDrawnOnce = (lines: readonly string[]) =>
        [/^nightly-sync/, /^calls: /, /^[█░]+/].every((what) => lines.filter((line) => what.test(line)).length === 1);
      await tmux.until(isDrawnOnce, "history");
      for (const line of blockOf(await tmux.lines())) expect(line.length, line).to.be.below(columns);
    }
    await tmux.until(isOver);
    expect((await tmux.lines("history")).filter((line) => LEFT_OVER.test(line))).to.deep.equal([]);
  });

  itWhole("goes when a person stops the run, and the cursor is there", async () => {
    await using tmux = await open(80);
    await start(tmux);
    await tmux.until(isAt(/plan \d+ of 40/));
    await tmux.press("C-c");
    const lines = await tmux.until(isOver);
    expect(lines).to.include("ended 6");
    expect(lines.filter((line) => /^warn: stop signal: /.test(line))).to.have.length(1);
    expect(lines.filter((line) => LEFT_OVER.test(line))).to.deep.equal([]);
    expect(await tmux.isCursorShown()).to.equal(true);
  });

  itWhole("leaves a terminal that can be used when the process is killed", async () => {
    await using tmux = await open(80);
    await start(tmux);
    await tmux.until(isAt(/plan \d+ of 40/));
    process.kill(await pidAtWork(), "SIGKILL");
    const lines = await tmux.until(isOver);
    expect(lines.findLast((line) => line !== "")).to.equal("$");
    expect(await tmux.isCursorShown()).to.equal(true);
  });

  itWhole("is in colour but with NO_COLOR, and plain lines on a terminal that is dumb", async () => {
    for (const [env, isColoured] of [
      [{}, true],
      [{ NO_COLOR: "1" }, false],
    ] as const) {
      await using tmux = await open(80, { ...env, TIEOUT_LEDGER: join(folder, `${isColoured}.sqlite`) });
      await start(tmux, "plan ./job.ts --file in/a.csv");
      await tmux.until(isAt(/plan 1\d of 40/));
      const [line = ""] = (await tmux.lines("colours")).filter((one) => one.includes(" invalid"));
      expect(line.includes("\u001b[31m1 invalid"), line).to.equal(isColoured);
      expect(line.includes("\u001b"), line).to.equal(isColoured);
      await tmux.until(isOver);
    }
    await using dumb = await open(80, { TIEOUT_LEDGER: join(folder, "dumb.sqlite") });
    await dumb.type("export TERM=dumb");
    await start(dumb, "plan ./job.ts --file in/a.csv");
    const lines = await dumb.until(isOver);
    expect(lines.filter((line) => line.startsWith("plan "))).to.have.length.above(0);
    expect((await dumb.lines("history")).filter((line) => LEFT_OVER.test(line))).to.deep.equal([]);
  });

  itWhole("is drawn by follow too, from what the ledger knows", async () => {
    await using tmux = await open(80);
    await start(tmux);
    await tmux.until(isAt(/plan \d+ of 40/));
    await using other = await open(80);
    await start(other, "follow last");
    const [what, bar] = blockOf(await other.until(isAt(/apply \d+ of 41/)));
    expect(what).to.match(/^nightly-sync · run \S+ · a\.csv$/);
    expect(bar).to.match(/^[█░]+ +\d+ % · apply \d+ of 41$/);
    const lines = await other.until(isOver);
    expect(lines.filter((line) => LEFT_OVER.test(line))).to.deep.equal([]);
    await tmux.until(isOver);
  });

  /** Of the process that has the job's lease. */
  async function pidAtWork(): Promise<number> {
    using db = new DatabaseSync(join(folder, "ledger.sqlite"), { readOnly: true });
    const { owner } = db.prepare("SELECT owner FROM leases WHERE owner <> ''").get() as { owner: string };
    return Number(/ pid (\d+) /.exec(owner)?.[1]);
  }
});
