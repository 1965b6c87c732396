/** Runs during which the bank gives no token any more, though it gave one before: an outage, which costs no row its attempts. */
import { expect } from "chai";
import type { JobInput } from "../../src/job.ts";
import { exitOf, startJob } from "../../src/run/start/start-job.ts";
import type { Fault } from "../../src/sandbox/server/faults.ts";
import { type Sandbox, startSandbox } from "../../src/sandbox/start-sandbox.ts";
import type { SandboxSeed } from "../../src/sandbox/state/seed.ts";
import { itWhole } from "../support/extent.ts";
import { type Desk, openDesk } from "../support/scenario.ts";

const ACCOUNTS = Array.from({ length: 40 }, (_, n) => `account_${n}`);
const SEED: SandboxSeed = { accounts: ACCOUNTS.map((id) => ({ id })) };
const CSV = ["account_id,product_name", ...ACCOUNTS.map((id) => `${id},New`), ""].join("\n");
const MINUTE_MS = 60_000;
/** So few attempts that an outage would spend them before the breaker opens. */
const JOB: Partial<JobInput> = {
  attempts: 2,
  concurrency: { reads: 4, writes: 4 },
  callTimeoutMs: 200,
  runTimeoutMs: 3 * MINUTE_MS,
};
const isToken = ({ path }: { readonly path: string }) => path === "/v1/oauth/token";

/** As the tenth such request comes, every token ends, and from then on the token endpoint only does the fault. */
function endTokens(bank: Sandbox, fault: Fault, method: string, onEnd = () => {}): void {
  let seen = 0;
  bank.failNext("500", 1, (request) => {
    if (request.method !== method || isToken(request)) return false;
    seen += 1;
    if (seen !== 10) return false;
    bank.revokeTokens();
    bank.failNext(fault, 100_000, isToken);
    onEnd();
    return false;
  });
}

async function startAgain(desk: Desk, bank: Sandbox) {
  const start = { kind: "run", file: `${desk.folder}/file.csv`, from: null, limit: null, again: null } as const;
  const [end] = await startJob(desk.context(bank, JOB), start);
  return end?.kind === "reported" ? end.summary : null;
}

/** Of all, only the first two are quick, and quite different: one is an answer to everybody, one looks like a bank that is up. */
const FAULTS = ["500", "429", "503", "page", "garbled_after", "reset", "timeout_before"] as const;
const QUICK: readonly Fault[] = ["500", "429"];

describe("a run whose token ends while the bank gives no other", () => {
  for (const fault of FAULTS) {
    const itNow = QUICK.includes(fault) ? it : itWhole;

    itNow(`${fault}: fails no row, ends 6 at its deadline, and the next start sends the rest, each once`, async () => {
      await using bank = await startSandbox({ seed: SEED });
      await using desk = await openDesk();
      endTokens(bank, fault, "PATCH");
      const { end, summary, rows } = await desk.run(bank, CSV, { job: JOB });
      expect(exitOf(end)).to.equal(6);
      expect(summary?.words).to.include({ applied: 9, skipped: 31, failed: 0, unknown: 0 });
      // After 429 and 503 the calls are so far apart that there are not enough of them for that.
      if (fault !== "429" && fault !== "503")
        expect(summary?.stopped?.message).to.match(/\(runTimeoutMs\); by then all calls waited for the bank/);
      const left = rows.filter(({ result }) => result === "skipped");
      expect(new Set(left.map(({ result_operations }) => result_operations))).to.deep.equal(new Set(["patch=planned"]));
      expect(bank.requests.filter(isToken), "twenty until all wait, then one at a time").to.have.length.below(40);
      bank.clearFaults();
      expect((await startAgain(desk, bank))?.words).to.include({ applied: 40 });
      expect(bank.effects).to.have.length(40);
    });

    itNow(`${fault} for two minutes: waits, and ends 0`, async () => {
      await using bank = await startSandbox({ seed: SEED });
      await using desk = await openDesk();
      endTokens(bank, fault, "PATCH", () => void desk.clock.sleep(2 * MINUTE_MS).then(() => bank.clearFaults()));
      const { end, summary } = await desk.run(bank, CSV, { job: { ...JOB, runTimeoutMs: 60 * MINUTE_MS } });
      expect(exitOf(end)).to.equal(0);
      expect(summary?.words).to.include({ applied: 40 });
      expect(bank.effects).to.have.length(40);
    });

    itNow(`${fault} while it reads: stops with 6, fails no row, and the next start does it all`, async () => {
      await using bank = await startSandbox({ seed: SEED });
      await using desk = await openDesk();
      endTokens(bank, fault, "GET");
      const { end, summary } = await desk.run(bank, CSV, { job: JOB });
      expect(exitOf(end)).to.equal(6);
      expect(summary?.words).to.include({ skipped: 40, failed: 0 });
      const isSilent = fault === "reset" || fault === "timeout_before";
      expect(summary?.stopped?.code).to.equal(isSilent ? "bank_unreachable" : "no_token");
      expect(summary?.stopped?.message).to.match(/^no token: /);
      bank.clearFaults();
      expect((await startAgain(desk, bank))?.words).to.include({ applied: 40 });
      expect(bank.effects).to.have.length(40);
    });
  }

  it("a 404 of the token endpoint is no word on any account: the run stops, and makes none that is there already", async () => {
    const entities = [{ id: "entity_1", type: "individual" as const }];
    const accounts = ACCOUNTS.map((id, n) => ({ id, client_account_id: `c${n}` }));
    await using bank = await startSandbox({ seed: { accounts, entities } });
    await using desk = await openDesk();
    const lines = ACCOUNTS.map((_, n) => `c${n},New,deposit,entity_1`);
    const csv = ["client_account_id,product_name,capabilities,account_holders", ...lines, ""].join("\n");
    endTokens(bank, "404", "GET");
    const first = await desk.run(bank, csv, { job: { ...JOB, creates: "trusted" } });
    expect(exitOf(first.end)).to.equal(6);
    expect(first.summary?.stopped?.message).to.match(/^no token: HTTP 404 .*check LEAD_API_URL/);
    expect(first.summary?.words).to.include({ skipped: 40, refused: 0, failed: 0, held: 0 });
    expect(first.rows.filter(({ result_operations }) => result_operations !== "")).to.deep.equal([]);
    bank.clearFaults();
    await startAgain(desk, bank);
    expect(bank.accounts.size).to.equal(40);
  });

  it("keeps in doubt what was in doubt, and nothing else: each effect once in the end", async () => {
    await using bank = await startSandbox({ seed: SEED });
    await using desk = await openDesk();
    // It is processed, and no answer comes.
    const isOfFive = ({ method, path }: { method: string; path: string }) =>
      method === "PATCH" && /account_5$/.test(path);
    bank.failNext("reset_after", 1, isOfFive);
    endTokens(bank, "500", "PATCH");
    const { end, rows } = await desk.run(bank, CSV, { job: JOB });
    expect(exitOf(end)).to.equal(6);
    const inDoubt = rows.filter(({ result_operations }) => result_operations === "patch=unknown");
    expect(inDoubt.map(({ account_id }) => account_id)).to.deep.equal(["account_5"]);
    expect(rows.filter(({ result }) => result === "failed")).to.deep.equal([]);
    bank.clearFaults();
    expect((await startAgain(desk, bank))?.words).to.include({ applied: 40 });
    expect(bank.effects).to.have.length(40);
  });

  it("and refuses each new token that it gives: stops with 2, fails no row, and the next start sends the rest", async () => {
    await using bank = await startSandbox({ seed: SEED });
    await using desk = await openDesk();
    let writes = 0;
    bank.failNext("401", 100_000, ({ method }) => method === "PATCH" && ++writes > 10);
    const { end, summary } = await desk.run(bank, CSV, { job: JOB });
    expect(exitOf(end)).to.equal(2);
    expect(summary?.stopped?.code).to.equal("bank_credentials_refused");
    expect(summary?.words).to.include({ applied: 10, skipped: 30, failed: 0, unknown: 0 });
    bank.clearFaults();
    expect((await startAgain(desk, bank))?.words).to.include({ applied: 40 });
    expect(bank.effects).to.have.length(40);
  });
});
