/** A run whose results would not be what was read: it ends in red, and publishes nothing. And what a sound one certifies. */
import { existsSync } from "node:fs";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { FatalError } from "../../src/errors/fatal-error.ts";
import type { Ledger, StoredResult } from "../../src/ledger/ledger.ts";
import type { Summary } from "../../src/report/summary.ts";
import { startJob } from "../../src/run/run-job.ts";
import { startSandbox } from "../../src/sandbox/start-sandbox.ts";
import { type Desk, openDesk } from "../support/scenario.ts";

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
  const ended = startJob({ ...desk.context(bank), ledger }, start);
  return ended.then(
    () => expect.fail("the run did not fail"),
    (error: unknown) => {
      if (error instanceof FatalError) return error;
      throw error;
    },
  );
}

describe("conservation", () => {
  const spoilt: readonly [string, string, Parameters<typeof spoil>[1]][] = [
    ["a lost row", "rows read: 3, rows written: 2", (all) => all.slice(1)],
    ["a doubled row", "rows read: 3, rows written: 4", (all) => [...all, ...all.slice(0, 1)]],
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
      expect(existsSync(join(desk.folder, "out"))).to.equal(false);
      expect(await readdir(join(desk.folder, "work"))).to.deep.equal([]);
    });
  }

  it("is certified with the results, and made again it is the same to the byte", async () => {
    await using bank = await openBank();
    await using desk = await openDesk();
    const { summary } = await desk.run(bank, CSV);
    expect(summary?.certificate.map(({ left, figures }) => [left, figures[0] === figures[1]])).to.deep.include.members([
      ["rows read", true],
      ["accounts read", true],
      ["accounts made", true],
    ]);
    const { reportPhase } = await import("../../src/run/report-phase.ts");
    const run = await desk.ledger.runs.find("last");
    if (run === undefined || summary === null) throw new Error("no run");
    await reportPhase(desk.context(bank), run, { stop: null, maxChange: summary.maxChange });
    const [first, second] = await Promise.all(
      ["1", "2"].map(async (n) => {
        const folder = join(desk.folder, "out", run.id, n);
        const texts = await Promise.all(
          ["results.csv", "failed.csv", "summary.json"].map((name) => readFile(join(folder, name), "utf8")),
        );
        const told = JSON.parse(texts[2] ?? "") as Summary;
        return [...texts.slice(0, 2), JSON.stringify(told).replaceAll(folder, "here")];
      }),
    );
    expect(second).to.deep.equal(first);
  });
});
