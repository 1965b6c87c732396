/**
 * How many calls a run makes: what a look-up has fetched is what the plan is made from, and the summary says what the sandbox has
 * counted, beside the fewest that would have done.
 */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import type { JobInput } from "../../src/job.ts";
import { renderSummary, type Summary } from "../../src/report/summary.ts";
import type { RunContext } from "../../src/run/context.ts";
import { reportAgain } from "../../src/run/report/report-again.ts";
import { resumeUnderLease } from "../../src/run/start/resume-under-lease.ts";
import { type FileEnd, type StartOptions, startJob } from "../../src/run/start/start-job.ts";
import { type Sandbox, startSandbox } from "../../src/sandbox/start-sandbox.ts";
import { Mortal } from "../recovery/matrix/mortal.ts";
import { type Desk, openDesk } from "../support/scenario.ts";

const CSV = ["client_account_id,account_holders,product_name", "c1,,New", "c2,,Everyday", "c3,entity_bob,New", ""].join(
  "\n",
);

const startBank = (accounts: number) =>
  startSandbox({
    seed: {
      entities: [{ id: "entity_ann" }, { id: "entity_bob" }],
      accounts: Array.from({ length: accounts }, (_, index) => ({
        id: `account_${index + 1}`,
        client_account_id: `c${index + 1}`,
        relationships: { account_holder: ["entity_ann"] },
      })),
    },
  });

const gets = ({ requests }: Sandbox) => requests.filter(({ method }) => method === "GET").map(({ path }) => path);

const of = (paths: readonly string[], name: string) => paths.filter((path) => path.includes(name));

/** What came to the bank, the token's requests apart. */
function callsAt({ requests }: Sandbox): { readonly reads: number; readonly writes: number } {
  const made = requests.filter(({ path }) => !path.includes("token"));
  const reads = made.filter(({ method }) => method === "GET").length;
  return { reads, writes: made.length - reads };
}

const csvOf = (ids: readonly number[]) =>
  ["account_id,product_name", ...ids.map((id) => `account_${id},New`), ""].join("\n");

function summaryOf([end]: readonly FileEnd[]): Summary {
  if (end?.kind !== "reported") throw new Error(end?.kind);
  return end.summary;
}

const ONE_BY_ONE: Partial<JobInput> = { concurrency: { reads: 1, writes: 1 }, callTimeoutMs: 500 };
const NOTHING_ENDED = { leastReads: 3, leastWrites: 0, complete: true };
/** Longer than a lease. */
const LEASE_OVER_MS = 61_000;

/** A hundred accounts, of which a file changes ten: how many calls its rows take, the token apart. */
const CALLS: readonly {
  readonly file: string;
  readonly columns: string;
  readonly row: (n: number) => string;
  readonly calls: number;
}[] = [
  { file: "by account_id", columns: "account_id", row: (n) => `account_${n}`, calls: 110 },
  { file: "by client_account_id that no run has met", columns: "client_account_id", row: (n) => `c${n}`, calls: 210 },
  {
    file: "by client_account_id, with holders",
    columns: "client_account_id,account_holders",
    row: (n) => `c${n},entity_ann`,
    calls: 310,
  },
];

describe("the calls of a plan", () => {
  let bank: Sandbox;
  let desk: Desk;

  beforeEach(async () => {
    bank = await startBank(3);
    desk = await openDesk({ durable: false });
  });
  afterEach(async () => {
    await desk[Symbol.asyncDispose]();
    await bank.close();
  });

  it("are a look-up and one GET for each account found by client_account_id, and one more for holders", async () => {
    const { rows } = await desk.run(bank, CSV);
    expect(rows.map(({ result }) => result)).to.deep.equal(["applied", "unchanged", "applied"]);
    const paths = gets(bank);
    expect(of(paths, "account_1")).to.have.length(1);
    expect(of(paths, "account_2")).to.have.length(1);
    expect(of(paths, "account_3")).to.have.length(2);
    expect(paths).to.have.length(7);
  });

  it("take the account anew where it was looked up longer ago than a plan may be old", async () => {
    const { rows } = await desk.run(bank, CSV, { job: { recheckAfterMs: 2_000, requestsPerSecond: 1, burst: 1 } });
    expect(rows.map(({ result }) => result)).to.deep.equal(["applied", "unchanged", "applied"]);
    expect(of(gets(bank), "account_1").length).to.be.at.least(2);
  });

  it("take the account anew where this ledger has changed it before, since that may have been after the look-up", async () => {
    await desk.run(bank, "account_id,product_name\naccount_1,Card\n", { name: "earlier.csv" });
    const before = gets(bank).length;
    const { rows } = await desk.run(bank, CSV);
    expect(rows.map(({ result }) => result)).to.deep.equal(["applied", "unchanged", "applied"]);
    expect(of(gets(bank).slice(before), "account_1")).to.have.length(2);
  });

  for (const { file, columns, row, calls } of CALLS) {
    it(`are ${calls / 100} a row for a file ${file}, with one row of ten changed`, async () => {
      await using many = await startBank(100);
      const rows = Array.from(
        { length: 100 },
        (_, index) => `${row(index + 1)},${index % 10 === 0 ? "New" : "Everyday"}`,
      );
      const { summary } = await desk.run(many, [`${columns},product_name`, ...rows, ""].join("\n"));
      expect(summary?.words).to.include({ applied: 10, unchanged: 90 });
      expect(callsAt(many)).to.deep.equal({ reads: calls - 10, writes: 10 });
      expect(summary?.calls).to.deep.equal({
        ...callsAt(many),
        leastReads: calls - 10,
        leastWrites: 10,
        complete: true,
      });
    });
  }
});

describe("the calls that a summary shows", () => {
  let bank: Sandbox;
  let desk: Desk;
  const csv = csvOf([1, 2, 3]);

  beforeEach(async () => {
    bank = await startBank(3);
    desk = await openDesk({ durable: false });
  });
  afterEach(async () => {
    await desk[Symbol.asyncDispose]();
    await bank.close();
  });

  const start = async (context: RunContext, over: Partial<StartOptions> = {}) => {
    const file = join(desk.folder, "file.csv");
    await writeFile(file, csv);
    return summaryOf(await startJob(context, { kind: "run", file, from: null, limit: null, again: null, ...over }));
  };
  const resume = async () => {
    const run = await desk.ledger.runs.find("last");
    if (run === undefined) throw new Error("no run");
    return summaryOf([await resumeUnderLease(desk.context(bank), run, null)]);
  };
  /** That the summary says all that came to the bank, and these as the least. */
  const expectCalls = (summary: Summary | null, leastReads: number, leastWrites: number) =>
    expect(summary?.calls).to.deep.equal({ ...callsAt(bank), leastReads, leastWrites, complete: true });

  it("are reads alone for a plan, and none for a validation, which asks no bank", async () => {
    expectCalls((await desk.run(bank, csv, { start: { kind: "plan" } })).summary, 3, 0);
    expect((await desk.run(bank, csv, { start: { kind: "validate" } })).summary?.calls).to.equal(null);
  });

  it("are zero for a file that asks for nothing, since it has no rows, or only invalid ones", async () => {
    for (const lines of ["", "account_x y,New\n"]) {
      const { summary } = await desk.run(bank, `account_id,product_name\n${lines}`);
      expect(summary?.final).to.equal(true);
      expectCalls(summary, 0, 0);
    }
  });

  it("are more than the least where plans were too old, and their accounts were read again", async () => {
    const { summary } = await desk.run(bank, csv, { job: { recheckAfterMs: 1_000, requestsPerSecond: 1, burst: 1 } });
    expect(summary?.words.applied).to.equal(3);
    expectCalls(summary, 3, 3);
    expect(callsAt(bank).reads).to.be.above(3);
  });

  it("are more than the least where this ledger has changed the account, so that the look-up's answer is not used", async () => {
    await desk.run(bank, "account_id,product_name\naccount_1,Card\n", { name: "earlier.csv" });
    const before = callsAt(bank).reads;
    const { summary } = await desk.run(bank, "client_account_id,product_name\nc1,New\n");
    expect(callsAt(bank).reads - before).to.equal(3);
    expect(summary?.calls).to.include({ reads: 3, writes: 1, leastReads: 2, leastWrites: 1 });
  });

  it("are more than the least by each call that was tried again, a read or a write", async () => {
    bank.failNext("503", 2, ({ method }) => method === "GET");
    bank.failNext("429", 3, ({ method }) => method === "PATCH");
    const { summary } = await desk.run(bank, csv);
    expect(summary?.words.applied).to.equal(3);
    expectCalls(summary, 3, 3);
    expect(callsAt(bank)).to.deep.equal({ reads: 5, writes: 6 });
  });

  it("are more than the least where a doubt was settled by reading", async () => {
    bank.failNext("timeout_after", 1, ({ method }) => method === "PATCH");
    bank.failNext("404", 1, ({ method }) => method === "PATCH");
    const { summary } = await desk.run(bank, csvOf([1]), { job: ONE_BY_ONE });
    expect(summary?.words.applied).to.equal(1);
    expectCalls(summary, 1, 1);
    expect(callsAt(bank)).to.deep.equal({ reads: 2, writes: 2 });
  });

  it("are more than the least by a look-up that failed, of which perhaps no call has left", async () => {
    bank.failNext("503", 1, ({ method }) => method === "GET");
    const { summary } = await desk.run(bank, CSV, { job: { ...ONE_BY_ONE, attempts: 1 } });
    expect(summary?.words).to.include({ failed: 1, applied: 1, unchanged: 1 });
    const made = callsAt(bank);
    expect(summary?.calls).to.include({ ...made, leastReads: made.reads - 1 });
  });

  it("count a look-up for an account that the bank does not have, and a GET for each entity once in the run", async () => {
    const lines = ["n1,deposit,Card,entity_ann", "n2,deposit,Card,entity_ann", "n3,deposit,Card,entity_bob"];
    const header = "client_account_id,capabilities,product_name,account_holders";
    const { summary } = await desk.run(bank, [header, ...lines, ""].join("\n"), {
      job: { creates: "trusted", precheck: true },
    });
    expect(summary?.words.applied).to.equal(3);
    expectCalls(summary, 3 + 2, 3);
    // The look-up before the first create and after it, with the account that it finds.
    const proof = 3;
    expect(callsAt(bank)).to.deep.equal({ reads: 3 + 2 + proof, writes: 3 });
  });

  it("add up over the processes of a run, and are the same when it is reported again", async () => {
    const limited = await start(desk.context(bank), { limit: 1 });
    expect(limited.final).to.equal(false);
    expectCalls(limited, 1, 1);
    expect(renderSummary(limited)).to.contain("\ncalls to the bank so far: 2\n");
    const resumed = await resume();
    expect(resumed.words.applied).to.equal(3);
    expectCalls(resumed, 3, 3);
    expect(renderSummary(resumed)).to.contain("\ncalls to the bank: 6, 2.00 a row; as few as these rows need\n");
    const run = await desk.ledger.runs.find("last");
    if (run === undefined) throw new Error("no run");
    expect(await reportAgain(desk.context(bank), run)).to.deep.include({ calls: resumed.calls });
  });

  it("need a write once that was cut short by a stop and sent again by the next process", async () => {
    const stopper = new AbortController();
    bank.failNext("503", 1, ({ method }) => {
      if (method === "PATCH") stopper.abort();
      return method === "PATCH";
    });
    const stopped = await start({ ...desk.context(bank, ONE_BY_ONE), signal: stopper.signal });
    expect(stopped).to.deep.include({ final: false, calls: { ...NOTHING_ENDED, ...callsAt(bank) } });
    expectCalls(await resume(), 3, 3);
    expect(callsAt(bank)).to.deep.equal({ reads: 3, writes: 4 });
  });

  it("are known to lack those of a process that was killed", async () => {
    const mortal = new Mortal(null);
    const killed = new Promise<void>((resolve) => {
      bank.failNext("timeout_before", 1, ({ method }) => {
        if (method !== "PATCH") return false;
        mortal.die();
        resolve();
        return true;
      });
    });
    const { clock, ledger } = desk;
    void start({ ...desk.context(bank, ONE_BY_ONE), clock: mortal.clock(clock), ledger: mortal.ledger(ledger) });
    await killed;
    await clock.sleep(LEASE_OVER_MS);
    const before = callsAt(bank);
    const summary = await start({ ...desk.context(bank), owner: "another" });
    expect(summary.words.applied).to.equal(3);
    const { reads, writes } = callsAt(bank);
    expect(summary.calls).to.include({ reads: reads - before.reads, writes: writes - before.writes, complete: false });
    expect(renderSummary(summary)).to.contain("apart from those of a process that did not end in order\n");
  });
});
