/** A process that dies just before the look-up's proof is kept: the next start proves it, and its creates are made. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { FatalError } from "../../src/errors/fatal-error.ts";
import type { RunProgress } from "../../src/ledger/ledger.ts";
import type { Run } from "../../src/ledger/run.ts";
import { startJob } from "../../src/run/start/start-job.ts";
import { startSandbox } from "../../src/sandbox/start-sandbox.ts";
import { creates, SEED } from "../scenarios/starts.ts";
import { openDesk, readResults } from "../support/scenario.ts";

describe("the proof of the look-up", () => {
  for (const [what, accounts] of [
    ["an empty bank", []],
    ["a bank with accounts that the file does not name", SEED.accounts ?? []],
  ] as const) {
    it(`is made up for by the next start, on ${what}`, async () => {
      await using bank = await startSandbox({ seed: { ...SEED, accounts } });
      await using desk = await openDesk();
      const context = desk.context(bank);
      const runs = new Proxy(desk.ledger.runs, {
        get(target, name) {
          if (name !== "record") return Reflect.get(target, name);
          return (run: Run, progress: RunProgress) =>
            progress.proof === undefined
              ? desk.ledger.runs.record(run, progress)
              : Promise.reject(new Error("the process dies"));
        },
      });
      const dying = { ...desk.ledger, runs, fencedBy: () => ({ ...desk.ledger, runs }) };
      const file = join(desk.folder, "file.csv");
      await writeFile(file, creates(1, 3));
      const start = { kind: "run", file, from: null, limit: null, again: null } as const;
      const died = await startJob({ ...context, ledger: dying as typeof desk.ledger }, start).catch(String);
      expect(died).to.equal("Error: the process dies");
      const [end] = await startJob(desk.context(bank), start);
      if (end?.kind !== "reported") throw new Error(end?.kind);
      const rows = await readResults(end.summary.results);
      expect(rows.map(({ result, result_code }) => `${result} ${result_code}`)).to.deep.equal(
        Array(3).fill("applied "),
      );
      expect(bank.effects).to.have.length(3);
    });
  }

  it("says nothing of accounts that were looked for before a process died: they are looked for again", async () => {
    await using bank = await startSandbox({ seed: SEED });
    await using desk = await openDesk();
    const context = desk.context(bank);
    const died = new FatalError("ledger_failed", "the process dies", { hint: "start the job again" });
    const changes = { ...desk.ledger.changes, recordPlans: () => Promise.reject(died) };
    const dying = { ...desk.ledger, changes, fencedBy: () => ({ ...desk.ledger, changes }) };
    const file = join(desk.folder, "file.csv");
    await writeFile(file, creates(1, 1));
    const start = { kind: "run", file, from: null, limit: null, again: null } as const;
    expect(await startJob({ ...context, ledger: dying }, start).catch((error) => error)).to.equal(died);
    // Somebody makes the account by hand, hours before the next start.
    const [, like] = [...bank.accounts.entries()][0] ?? [];
    if (like === undefined) throw new Error("no account");
    bank.accounts.set("account_by_hand", { ...structuredClone(like), id: "account_by_hand", client_account_id: "n1" });
    await desk.clock.advance(20 * 3_600_000);
    await startJob(context, start);
    const made = [...bank.accounts.values()].filter(({ client_account_id }) => client_account_id === "n1");
    expect(made.map(({ id }) => id)).to.deep.equal(["account_by_hand"]);
  });

  it("is asked for again before an account is made, when the looking up took long", async () => {
    await using bank = await startSandbox({ seed: SEED });
    await using desk = await openDesk();
    const context = desk.context(bank);
    const like = [...bank.accounts.values()][0];
    if (like === undefined) throw new Error("no account");
    // Between the last look-up and the first plan.
    const slow = (ledger: typeof desk.ledger): typeof desk.ledger => ({
      ...ledger,
      fencedBy: (lease) => slow(ledger.fencedBy(lease)),
      runs: {
        ...ledger.runs,
        async record(run, progress) {
          if (progress.proof !== undefined) {
            const byHand = { ...structuredClone(like), id: "account_by_hand", client_account_id: "n1" };
            bank.accounts.set("account_by_hand", byHand);
            await desk.clock.advance(context.job.recheckAfterMs + 1);
          }
          await ledger.runs.record(run, progress);
        },
      },
    });
    const file = join(desk.folder, "file.csv");
    await writeFile(file, creates(1, 1));
    const start = { kind: "run", file, from: null, limit: null, again: null } as const;
    const [end] = await startJob({ ...context, ledger: slow(desk.ledger) }, start);
    expect(end?.kind).to.equal("reported");
    const made = [...bank.accounts.values()].filter(({ client_account_id }) => client_account_id === "n1");
    expect(made.map(({ id }) => id)).to.deep.equal(["account_by_hand"]);
  });
});
