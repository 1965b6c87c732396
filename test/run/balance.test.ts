/** A run whose rows, accounts or operations do not add up: it ends in red, and publishes nothing. */
import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import type { FatalError } from "../../src/errors/fatal-error.ts";
import type { Ledger, StoredResult } from "../../src/ledger/ledger.ts";
import { reportPhase } from "../../src/run/report/report-phase.ts";
import { EVERY_ROW } from "../../src/run/run-in-hand.ts";
import { startJob } from "../../src/run/start/start-job.ts";
import { startSandbox } from "../../src/sandbox/start-sandbox.ts";
import { fatalOf } from "../ledger/builders.ts";
import { type Desk, openDesk } from "../support/scenario.ts";
import { tamperWith } from "../support/test-ledger.ts";

const CSV = "account_id,product_name\naccount_1,New\naccount_2,New\naccount_3,x,y\n";
const openBank = () => startSandbox({ seed: { accounts: [{ id: "account_1" }, { id: "account_2" }] } });

/** A ledger that gives back other rows than it was given. */
function spoil(ledger: Ledger, change: (results: readonly StoredResult[]) => readonly StoredResult[]): Ledger {
  const rows: Ledger["rows"] = {
    ...ledger.rows,
    readResults: async (run, page) => change(await ledger.rows.readResults(run, page)),
  };
  return { ...ledger, rows, fencedBy: (lease) => spoil(ledger.fencedBy(lease), change) };
}

async function endOf(desk: Desk, ledger: Ledger, bank: Awaited<ReturnType<typeof openBank>>): Promise<FatalError> {
  const file = join(desk.folder, "file.csv");
  await writeFile(file, CSV);
  const start = { kind: "run", file, from: null, limit: null, again: null } as const;
  return fatalOf(startJob({ ...desk.context(bank), ledger }, start));
}

describe("conservation", () => {
  const spoilt: readonly [string, string, Parameters<typeof spoil>[1]][] = [
    ["a lost row", "rows in the ledger: 3, rows written: 2", (all) => all.slice(1)],
    ["a doubled row", "rows in the ledger: 3, rows written: 4", (all) => [...all, ...all.slice(0, 1)]],
    [
      "a row in the place of another",
      "accounts read",
      ([first, , third]) => [first, first, third].filter((one) => one !== undefined),
    ],
    [
      "a row with another account",
      "accounts read",
      ([first, ...rest]) =>
        first ? [{ ...first, source: { ...first.source, cells: ["account_9", "New"] } }, ...rest] : rest,
    ],
  ];
  for (const [what, message, change] of spoilt) {
    it(`ends in red for ${what}, and publishes nothing`, async () => {
      await using bank = await openBank();
      await using desk = await openDesk();
      const error = await endOf(desk, spoil(desk.ledger, change), bank);
      expect(error.code).to.equal("run_unbalanced");
      expect(error.exit).to.equal(1);
      expect(error.message).to.contain(message);
      expect(await readdir(join(desk.folder, "out", "run-1"))).to.deep.equal(["0"]);
      expect(await readdir(join(desk.folder, "work"))).to.deep.equal([]);
    });
  }

  const tampered: readonly [string, string][] = [
    ["DELETE FROM rows WHERE row = 4", "rows read: 3, rows in the ledger: 2"],
    ["UPDATE rows SET row = 9 WHERE row = 4", "accounts read"],
    ["UPDATE sendings SET state = 'lost' WHERE change = 2", "operations planned: 2, 1 applied: 1"],
    ["UPDATE sendings SET attempts = 0 WHERE change = 2", "operations applied: 2, of them sent: 1"],
    ["UPDATE sendings SET state = 'sending' WHERE change = 2", "operations left open in finished rows: 1"],
    ["UPDATE operations SET kind = 'create' WHERE change = 2", "accounts made: 1, accounts linked: 0"],
    [
      "DELETE FROM ends WHERE change = 2; UPDATE rows SET word = 'applied' WHERE row = 2",
      "changes without a word at the end: 1",
    ],
  ];
  for (const [sql, message] of tampered) {
    it(`ends in red for a ledger after ${sql}`, async () => {
      await using bank = await openBank();
      await using desk = await openDesk();
      await desk.run(bank, CSV);
      const run = await desk.ledger.runs.find("last");
      if (run === undefined) throw new Error("no run");
      await tamperWith(join(desk.folder, "ledger.sqlite"), sql);
      const error = await fatalOf(reportPhase(desk.context(bank), run, { stop: null, maxChange: EVERY_ROW }));
      expect(error.code).to.equal("run_unbalanced");
      expect(error.message).to.contain(`run ${run.id} does not balance: ${message}`);
      expect(await readdir(join(desk.folder, "out", run.id))).to.deep.equal(["0", "1"]);
    });
  }
});
