/**
 * Starts after a process was killed: what only waited then is no suspect, and the rows that were in hand settle together,
 * in about the time that they would have taken without the kill.
 */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import type { JobInput } from "../../src/job.ts";
import type { RunContext } from "../../src/run/context.ts";
import { resumeUnderLease } from "../../src/run/start/resume-under-lease.ts";
import { startJob } from "../../src/run/start/start-job.ts";
import { type Sandbox, startSandbox } from "../../src/sandbox/start-sandbox.ts";
import type { SandboxRequest } from "../../src/sandbox/state/journal.ts";
import { Mortal } from "../recovery/matrix/mortal.ts";
import { itWhole } from "../support/extent.ts";
import { type Desk, openDesk, readResults } from "../support/scenario.ts";

const ACCOUNTS = Array.from({ length: 12 }, (_, n) => ({ id: `account_${n}`, client_account_id: `c${n}` }));
const SEED = { entities: [{ id: "entity_ann" }], accounts: ACCOUNTS };
const CREATED = Array.from({ length: 8 }, (_, n) => `n${n}`);
const CSV = [
  "account_id,client_account_id,capabilities,account_holders,product_name",
  ...CREATED.map((id) => `,${id},deposit,entity_ann,Card`),
  ...ACCOUNTS.map(({ id }) => `${id},,,,New`),
  "",
].join("\n");
const JOB: Partial<JobInput> = {
  concurrency: { reads: 4, writes: 2 },
  settleAfterMs: 6_000,
  callTimeoutMs: 500,
  creates: "trusted",
};
/** Longer than a lease. */
const DEAD_MS = 61_000;

const isCreate = ({ method, path }: SandboxRequest) => method === "POST" && path === "/v0/accounts";

/** The first attempt of each of so many creates is never answered, and all others are refused: each is in doubt. */
function leaveInDoubt(bank: Sandbox, count: number): void {
  const attempts = new Map<string, number>();
  const seen = new Map<SandboxRequest, number>();
  const attemptOf = (request: SandboxRequest): number => {
    const key = request.idempotencyKey ?? "";
    if (!isCreate(request) || (!attempts.has(key) && attempts.size === count)) return 0;
    const attempt = seen.get(request) ?? (attempts.get(key) ?? 0) + 1;
    seen.set(request, attempt);
    attempts.set(key, attempt);
    return attempt;
  };
  bank.failNext("timeout_before", 1_000, (request) => attemptOf(request) === 1);
  bank.failNext("404", 1_000, (request) => attemptOf(request) > 1);
}

async function writeIn(desk: Desk, csv = CSV): Promise<string> {
  const file = join(desk.folder, "file.csv");
  await writeFile(file, csv);
  return file;
}

function startOn(context: RunContext, file: string) {
  return startJob(context, { kind: "run", file, from: null, limit: null, again: null });
}

/** Starts the job, and kills its process once all wait and `isTime`. Resolves when its lease is over. */
async function startAndKill(desk: Desk, context: RunContext, isTime: () => boolean, csv?: string): Promise<void> {
  const mortal = new Mortal(null);
  const killed = new Promise<void>((resolve) => {
    desk.clock.onIdle(() => {
      if (!isTime()) return false;
      mortal.die();
      resolve();
      return true;
    });
  });
  const file = await writeIn(desk, csv);
  const owner = `start at ${desk.clock.monotonicMs()}`;
  void startOn({ ...context, owner, ledger: mortal.ledger(desk.ledger), clock: mortal.clock(desk.clock) }, file);
  await killed;
  await desk.clock.sleep(DEAD_MS);
}

/** `tookMs`: until the last row had its word. */
async function finish(desk: Desk, context: RunContext, csv?: string) {
  const file = await writeIn(desk, csv);
  const startedMs = desk.clock.nowMs();
  const [end] = await startOn(context, file);
  if (end?.kind !== "reported") throw new Error(end?.kind);
  const rows = await readResults(end.summary.results);
  const lastMs = Math.max(...rows.map((row) => Date.parse(row.result_at ?? "")));
  return { rows, tookMs: lastMs - startedMs };
}

describe("after a kill", () => {
  itWhole("rows in doubt settle together, as they do without one", async () => {
    await using calmBank = await startSandbox({ seed: structuredClone(SEED) });
    await using calmDesk = await openDesk();
    leaveInDoubt(calmBank, CREATED.length);
    const calm = await finish(calmDesk, calmDesk.context(calmBank, JOB));
    expect(calm.rows.map(({ result }) => result)).to.deep.equal(Array(20).fill("applied"));

    await using bank = await startSandbox({ seed: structuredClone(SEED) });
    await using desk = await openDesk();
    leaveInDoubt(bank, CREATED.length);
    // Two are in flight, six wait for their turn at the bank: all eight are in hand.
    await startAndKill(desk, desk.context(bank, JOB), () => bank.writes.length >= 2);
    const { rows, tookMs } = await finish(desk, desk.context(bank, JOB));
    expect(rows.map(({ result }) => result)).to.deep.equal(Array(20).fill("applied"));
    expect(tookMs).to.be.below(calm.tookMs + 30_000);
    expect([...bank.accounts.values()]).to.have.length(20);
  });

  itWhole("a row that only waits to be settled is no suspect, however often the process dies meanwhile", async () => {
    await using bank = await startSandbox({ seed: structuredClone(SEED) });
    await using desk = await openDesk();
    leaveInDoubt(bank, 1);
    const csv = CSV.split("\n")
      .filter((line) => !/,n[1-7],/.test(line))
      .join("\n");
    // Four deaths take less than the quiet time.
    const context = desk.context(bank, { ...JOB, settleAfterMs: 900_000 });
    for (let death = 1; death <= 4; death++) {
      let idle = 0;
      const isResting = () => bank.writes.length >= 14 && ++idle > 2;
      await startAndKill(desk, context, isResting, csv);
    }
    const { rows } = await finish(desk, context, csv);
    expect(rows.map(({ result, result_code }) => `${result} ${result_code}`)).to.deep.equal(Array(13).fill("applied "));
  });

  it("a row over which two processes have died is as near to the third after a stop in good order", async () => {
    await using bank = await startSandbox({ seed: structuredClone(SEED) });
    await using desk = await openDesk();
    const context = desk.context(bank, { ...JOB, concurrency: { reads: 1, writes: 1 } });
    const csv = ["account_id,product_name", ...ACCOUNTS.map(({ id }) => `${id},New`), ""].join("\n");
    /** Stops while the bank has the write of `id`. */
    const stopAt = async (id: string) => {
      const stopper = new AbortController();
      bank.failNext("429", 1, ({ method, path }) => {
        const isIts = method === "PATCH" && path.endsWith(id);
        if (isIts) stopper.abort();
        return isIts;
      });
      await startOn({ ...context, signal: stopper.signal }, await writeIn(desk, csv));
      bank.clearFaults();
    };
    await stopAt("account_1");
    const run = await desk.ledger.runs.find("last");
    if (run === undefined) throw new Error("the run is gone");
    const open = async () => (await desk.ledger.changes.takeToApply(run, { after: 3, limit: 1 }))[0];
    for (let death = 0; death < 2; death++) await desk.ledger.changes.recordBegun(run, 4);
    await stopAt("account_2");
    expect(await open()).to.include({ change: 4, begun: 2 });
    await desk.ledger.changes.recordBegun(run, 4);
    const { rows } = await finish(desk, context, csv);
    expect(
      rows.filter(({ result_code }) => result_code === "poison").map(({ account_id }) => account_id),
    ).to.deep.equal(["account_2"]);
  });

  it("a row in doubt over which three processes have died stays so through starts, until a person resumes the run", async () => {
    await using bank = await startSandbox({ seed: structuredClone(SEED) });
    await using desk = await openDesk();
    const context = desk.context(bank, JOB);
    const csv = "account_id,product_name\naccount_1,New\naccount_2,New\n";
    const stopper = new AbortController();
    bank.failNext("timeout_after", 1, ({ method, path }) => {
      const isIts = method === "PATCH" && path.endsWith("account_2");
      if (isIts) stopper.abort();
      return isIts;
    });
    await startOn({ ...context, signal: stopper.signal }, await writeIn(desk, csv));
    const run = await desk.ledger.runs.find("last");
    if (run === undefined) throw new Error("the run is gone");
    for (let death = 0; death < 3; death++) await desk.ledger.changes.recordBegun(run, 3);
    const words = (ends: readonly { rows: readonly Record<string, string | undefined>[] }[]) =>
      ends.map(({ rows }) => rows.map(({ result, result_code }) => `${result} ${result_code}`.trim()).join());
    const starts = [await finish(desk, context, csv), await finish(desk, context, csv)];
    expect(words(starts)).to.deep.equal(["applied,unknown poison", "applied,unknown poison"]);
    const end = await resumeUnderLease(context, run, null, { byPerson: true });
    if (end.kind !== "reported") throw new Error(end.kind);
    expect(words([{ rows: await readResults(end.summary.results) }])).to.deep.equal(["applied,applied"]);
    expect(bank.effects.filter(({ accountId }) => accountId === "account_2")).to.have.length(1);
  });

  it("a row over which two processes have died goes last, so that it keeps no other from its turn", async () => {
    await using bank = await startSandbox({ seed: structuredClone(SEED) });
    await using desk = await openDesk();
    const stopper = new AbortController();
    bank.failNext("429", 1, ({ method }) => {
      if (method === "PATCH") stopper.abort();
      return method === "PATCH";
    });
    const context = desk.context(bank, { ...JOB, concurrency: { reads: 1, writes: 1 } });
    const csv = ["account_id,product_name", ...ACCOUNTS.map(({ id }) => `${id},New`), ""].join("\n");
    await startOn({ ...context, signal: stopper.signal }, await writeIn(desk, csv));
    bank.clearFaults();
    const run = await desk.ledger.runs.find("last");
    if (run === undefined) throw new Error("the run is gone");
    const [open] = await desk.ledger.changes.takeToApply(run, { after: 3, limit: 1 });
    for (let death = open?.begun ?? 0; death < 2; death++) await desk.ledger.changes.recordBegun(run, 4);
    const { rows } = await finish(desk, context, csv);
    expect(rows.map(({ result }) => result)).to.deep.equal(Array(12).fill("applied"));
    expect(bank.effects.at(-1)?.accountId).to.equal("account_2");
  });
});
