/** Guards that are no limit on a kind: protected accounts, windows in which nothing is sent, and files of an unusual size. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { FatalError } from "../../src/errors/fatal-error.ts";
import type { JobInput } from "../../src/job.ts";
import type { Run } from "../../src/ledger/run.ts";
import type { GuardName } from "../../src/plan/guard-settings.ts";
import { approveGuard } from "../../src/run/start/approve-guard.ts";
import { resumeUnderLease } from "../../src/run/start/resume-under-lease.ts";
import { exitOf, startJob } from "../../src/run/start/start-job.ts";
import { type Sandbox, startSandbox } from "../../src/sandbox/start-sandbox.ts";
import { type Desk, openDesk, readResults } from "../support/scenario.ts";
import { runOf, toldOf } from "./held-rows.ts";

const NUMBERS = Array.from({ length: 60 }, (_, index) => index + 1);
const SEED = { accounts: NUMBERS.map((n) => ({ id: `account_${n}`, client_account_id: `c${n}` })) };
const patch = (numbers: readonly number[], product: string) =>
  `account_id,product_name\n${numbers.map((n) => `account_${n},${product}\n`).join("")}`;
const HOUR_MS = 3_600_000;

describe("a guard of the whole job", () => {
  let bank: Sandbox;
  let desk: Desk;
  beforeEach(async () => {
    bank = await startSandbox({ seed: structuredClone(SEED) });
    desk = await openDesk();
  });
  afterEach(async () => {
    await desk[Symbol.asyncDispose]();
    await bank.close();
  });

  const findRun = (id?: string) => runOf(desk, id);
  const approve = (run: Run, guard: GuardName, max: number, job: Partial<JobInput>) =>
    approveGuard(desk.context(bank, job), run, { guard, max, reason: "seen" });
  async function resume(run: Run, job: Partial<JobInput>) {
    const end = await resumeUnderLease(desk.context(bank, job), await findRun(run.id), null);
    if (end.kind !== "reported") throw new Error(end.kind);
    const rows = await readResults(end.summary.results);
    return { exit: exitOf(end), told: toldOf(rows) };
  }
  const touched = () => bank.effects.map(({ accountId }) => accountId).sort();

  it("protects accounts by either of their ids until it is approved", async () => {
    const job: Partial<JobInput> = { guards: { protected: ["account_2", "c3", "account_9"] } };
    const csv = "account_id,client_account_id,product_name\naccount_1,,New\naccount_2,,New\n,c3,New\n";
    const { rows } = await desk.run(bank, csv, { job });
    expect(toldOf(rows)).to.deep.equal(["applied", "held guard", "held guard"]);
    expect(rows[1]?.result_message).to.match(
      /^guard protected: the plan changes 2 accounts that the job protects, such as this one; if they are right: tieout approve \S+ --guard protected --max 2 --reason "…"$/,
    );
    const run = await findRun();
    await approve(run, "protected", 2, job);
    expect((await resume(run, job)).told).to.deep.equal(["applied", "applied", "applied"]);
  });

  it("protects accounts that a file beside the job names, and sends nothing when that cannot be read", async () => {
    const file = join(desk.folder, "protected.txt");
    const job: Partial<JobInput> = { guards: { protected: { file } } };
    const failed = await desk.run(bank, patch([1, 2], "New"), { job }).catch((error: unknown) => error);
    expect(failed).to.be.instanceOf(FatalError);
    expect((failed as FatalError).message).to.contain(`guards.protected: ${file} cannot be read (ENOENT)`);
    expect(touched()).to.deep.equal([]);
    await writeFile(file, "# the bank's own\n\n  account_2  \r\nc7\n");
    expect((await resume(await findRun(), job)).told).to.deep.equal(["applied", "held guard"]);
    expect(touched()).to.deep.equal(["account_1"]);
  });

  /** A window that begins so long from now. */
  function freezeIn(fromMs: number, toMs: number): Partial<JobInput> {
    const at = (ms: number) => new Date(desk.clock.nowMs() + ms).toISOString().slice(0, "2026-12-24T18:00".length);
    return { guards: { freeze: [{ from: at(fromMs), to: at(toMs), reason: "year end" }] } };
  }

  it("sends nothing in a freeze window, but what is approved", async () => {
    const job = freezeIn(-HOUR_MS, HOUR_MS);
    const { rows } = await desk.run(bank, patch([1, 2], "New"), { job });
    expect(toldOf(rows)).to.deep.equal(["held guard", "held guard"]);
    expect(rows[0]?.result_message).to.match(
      /^guard freeze: nothing is sent from .* UTC \(year end\), and the plan changes 2 accounts; /,
    );
    const run = await findRun();
    await approve(run, "freeze", 2, job);
    expect((await resume(run, job)).told).to.deep.equal(["applied", "applied"]);
  });

  it("makes a plan in a freeze window as at any other time", async () => {
    const job = freezeIn(-HOUR_MS, HOUR_MS);
    const { rows } = await desk.run(bank, patch([1, 2], "New"), { job, start: { kind: "plan" } });
    expect(toldOf(rows)).to.deep.equal(["skipped not_run", "skipped not_run"]);
  });

  it("stops a run as a freeze window begins, and lets it go on once that has ended", async () => {
    // At one call a second, the window begins after the 60 reads and before the 60 writes are through.
    await desk.clock.sleep(85_000 - (desk.clock.nowMs() % 60_000));
    const job = { ...freezeIn(95_000, HOUR_MS), requestsPerSecond: 1, burst: 1, recheckAfterMs: HOUR_MS };
    const { summary } = await desk.run(bank, patch(NUMBERS, "New"), { job });
    expect([summary?.exit, summary?.stopped?.code]).to.deep.equal([6, "frozen"]);
    const sent = touched().length;
    expect(sent).to.be.within(1, 59);
    expect((await resume(await findRun(), job)).exit).to.equal(6);
    expect(touched(), "within the window").to.have.length(sent);
    await desk.clock.sleep(2 * HOUR_MS);
    expect((await resume(await findRun(), job)).told).to.deep.equal(NUMBERS.map(() => "applied"));
    expect(touched()).to.have.length(60);
  });

  /** Puts a file into the source and starts the job; what its rows are told. */
  async function startOf(name: string, csv: string, job: Partial<JobInput>): Promise<string[]> {
    await mkdir(join(desk.folder, "in"), { recursive: true });
    await writeFile(join(desk.folder, "in", name), csv);
    await desk.clock.sleep(1_000);
    const start = { kind: "run", file: null, from: null, limit: null, again: null } as const;
    const end = (await startJob(desk.context(bank, job), start)).at(-1);
    if (end?.kind !== "reported") throw new Error(String(end?.kind));
    return toldOf(await readResults(end.summary.results));
  }

  it("holds a whole file of the source that has shrunk, but none that a person names", async () => {
    const job: Partial<JobInput> = { guards: { size: { rows: { floor: 3 } } } };
    for (const day of [1, 2, 3, 4, 5])
      expect(await startOf(`day-${day}.csv`, patch([1, 2, 3, 4, 5, 6], `P${day}`), job)).to.not.include("held guard");
    expect(await startOf("day-6.csv", patch([1, 2], "P6"), job)).to.deep.equal(["held guard", "held guard"]);
    const run = await findRun();
    const [size] = await desk.ledger.guards.list(run);
    expect(size).to.deep.include({ guard: "size.rows", figure: 2, allowed: 3 });
    const named = await desk.run(bank, patch([3], "P7"), { job, name: "named.csv" });
    expect(toldOf(named.rows)).to.deep.equal(["applied"]);
    await approve(run, "size.rows", 2, job);
    expect((await resume(run, job)).told).to.deep.equal(["applied", "applied"]);
  });

  it("holds the rows of a product of which there are more than usual, and no others", async () => {
    const job: Partial<JobInput> = { guards: { size: { products: { floor: 2 } } } };
    for (const n of NUMBERS)
      Object.assign(bank.accounts.get(`account_${n}`)?.details ?? {}, { product_name: n < 9 ? "Card" : "Savings" });
    const grade = (numbers: readonly number[], value: string) =>
      `account_id,metadata.grade\n${numbers.map((n) => `account_${n},${value}\n`).join("")}`;
    for (const day of [1, 2, 3, 4, 5])
      expect(await startOf(`day-${day}.csv`, grade([1, 2, 9, 10, 11], `${day}`), job)).to.not.include("held guard");
    const held = await startOf("day-6.csv", grade([1, 2, 3, 4, 5, 6, 7, 9, 10, 11], "6"), job);
    expect(held.filter((one) => one === "held guard")).to.have.length(7);
    expect(held.slice(7)).to.deep.equal(["applied", "applied", "applied"]);
    const run = await findRun();
    const [size, ...more] = await desk.ledger.guards.list(run);
    expect(more).to.deep.equal([]);
    expect(size).to.deep.include({ guard: "size.products", figure: 7, allowed: 6, holding: 7 });
    await approve(run, "size.products", 7, job);
    expect((await resume(run, job)).told).to.deep.equal(held.map(() => "applied"));
  });
});
