/**
 * While a run plans: what our own code breaks on costs its row, and what processes die over is found by its third death.
 */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import type { BankApi, Failure } from "../../src/bank/bank-api.ts";
import { FatalError } from "../../src/errors/fatal-error.ts";
import { startJob } from "../../src/run/start/start-job.ts";
import { type Sandbox, startSandbox } from "../../src/sandbox/start-sandbox.ts";
import { type Desk, openDesk, readResults } from "../support/scenario.ts";

const ROWS = [1, 2, 3, 4];
const SEED = {
  accounts: ROWS.map((n) => ({ id: `account_${n}`, client_account_id: `c${n}`, details: { product_name: "Old" } })),
};
const FILES = {
  fetchAccount: `account_id,product_name\n${ROWS.map((n) => `account_${n},New\n`).join("")}`,
  fetchByClientAccountId: `client_account_id,product_name\n${ROWS.map((n) => `c${n},New\n`).join("")}`,
} as const;
type Method = keyof typeof FILES;
const UNREACHABLE: Failure = {
  kind: "stop",
  code: "bank_unreachable",
  message: "the bank does not answer",
  status: 0,
  bankCode: "",
  parameter: "",
};

/** A start whose client throws at one id, or tells of a failure. */
async function startWith(desk: Desk, bank: Sandbox, method: Method, id: string, fault: () => Error | Failure) {
  const file = join(desk.folder, "file.csv");
  await writeFile(file, FILES[method]);
  const context = desk.context(bank);
  const openBank: typeof context.openBank = (kind) => {
    const client = context.openBank(kind);
    return new Proxy(client, {
      get(target, name) {
        const own: unknown = Reflect.get(target, name);
        if (typeof own !== "function") return own;
        return (...given: unknown[]) => {
          if (name !== method || given[0] !== id) return Reflect.apply(own, target, given);
          const told = fault();
          if (told instanceof Error) throw told;
          return { ok: false, failure: told };
        };
      },
    }) satisfies BankApi;
  };
  const start = { kind: "run", file, from: null, limit: null, again: null } as const;
  return startJob({ ...context, openBank }, start);
}

const wordsOf = async ([end]: Awaited<ReturnType<typeof startWith>>) => {
  if (end?.kind !== "reported") throw new Error(end?.kind);
  const rows = await readResults(end.summary.results);
  return rows.map(({ result, result_code }) => `${result} ${result_code}`.trim());
};

for (const [method, id] of [
  ["fetchAccount", "account_2"],
  ["fetchByClientAccountId", "c2"],
] as const) {
  describe(`a row over which ${method} breaks`, () => {
    it("is set aside, and the others are applied", async () => {
      await using bank = await startSandbox({ seed: SEED });
      await using desk = await openDesk();
      const ends = await startWith(desk, bank, method, id, () => new RangeError("too deep"));
      expect(await wordsOf(ends)).to.deep.equal(["applied", "failed internal_error", "applied", "applied"]);
    });

    it("is taken alone once a process has died, and set aside after the third death that it is known by", async () => {
      await using bank = await startSandbox({ seed: SEED });
      await using desk = await openDesk();
      const die = () => new FatalError("ledger_failed", "the process is gone", { hint: "start again" });
      let deaths = 0;
      for (; deaths < 10; deaths += 1) {
        const end = await startWith(desk, bank, method, id, die).catch((error: FatalError) => error.code);
        if (typeof end === "string") continue;
        expect(await wordsOf(end)).to.deep.equal(["applied", "failed poison", "applied", "applied"]);
        break;
      }
      // The first death tells nothing yet, since many rows were in hand.
      expect(deaths).to.equal(4);
      expect(bank.effects).to.have.length(3);
    });

    it("is as near to that after a stop in good order as it was before", async () => {
      await using bank = await startSandbox({ seed: SEED });
      await using desk = await openDesk();
      const die = () => new FatalError("ledger_failed", "the process is gone", { hint: "start again" });
      const dieOnce = () => startWith(desk, bank, method, id, die).catch((error: FatalError) => error.code);
      for (let deaths = 0; deaths < 3; deaths += 1) expect(await dieOnce()).to.equal("ledger_failed");
      const end = await startWith(desk, bank, method, id, () => UNREACHABLE);
      expect(await wordsOf(end)).to.include("skipped stopped");
      expect(await dieOnce()).to.equal("ledger_failed");
      expect(await wordsOf(await startWith(desk, bank, method, id, die))).to.include("failed poison");
    });
  });
}
