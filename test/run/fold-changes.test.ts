/**
 * One account with more rows than a page holds, through whole runs: what its rows come to, whatever page they lie in, and
 * when a process ends amid the folding. And how much memory a great many rows take.
 */
import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect } from "chai";
import type { Ledger } from "../../src/ledger/ledger.ts";
import { startJob } from "../../src/run/start/start-job.ts";
import { type Sandbox, startSandbox } from "../../src/sandbox/start-sandbox.ts";
import { itWhole } from "../support/extent.ts";
import { type Desk, openDesk, readResults } from "../support/scenario.ts";

const FOLDING = fileURLToPath(new URL("folding-process.ts", import.meta.url));
const MOST_BYTES = 270_000_000;

const HEADER = "account_id,client_account_id,product_name,metadata.note,effective_at";
const ROWS = 1_300;
const at = (nth: number) => new Date(Date.UTC(2026, 0, 1) + nth).toISOString();

/** One account by its id in every row. */
const line = (product: string, note: string, effectiveAt: string) => `account_1,,${product},${note},${effectiveAt}`;
const fileOf = (lines: readonly string[]) => `${[HEADER, ...lines].join("\n")}\n`;

/** Every row names another product, the first row's is the latest; row 3 alone gives a note, and row 700 nothing at all. */
const BY_TIME = fileOf(
  Array.from({ length: ROWS }, (_, nth) =>
    nth === 698 ? line("", "", at(ROWS - nth)) : line(`Card ${nth}`, nth === 1 ? "kept" : "", at(ROWS - nth)),
  ),
);

const startBank = () =>
  startSandbox({
    seed: { accounts: [{ id: "account_1", client_account_id: "c1", details: { product_name: "Old" } }] },
  });

/** `word code` of the rows, and how many there are of each. */
async function tally(desk: Desk, bank: Sandbox, csv: string): Promise<Readonly<Record<string, number>>> {
  return tallyOf((await desk.run(bank, csv)).rows);
}

function tallyOf(rows: readonly Readonly<Record<string, string>>[]): Readonly<Record<string, number>> {
  const told = rows.map((row) => `${row.result} ${row.result_code}`);
  return Object.fromEntries([...new Set(told)].map((one) => [one, told.filter((other) => other === one).length]));
}

/** The same ledger, whose `nth` recording of folds ends the process before or after it. */
function dying(ledger: Ledger, nth: number, when: "before" | "after"): Ledger {
  let folds = 0;
  return {
    ...ledger,
    fencedBy: (lease) => dying(ledger.fencedBy(lease), nth, when),
    changes: {
      ...ledger.changes,
      async recordFolds(run, steps) {
        folds += 1;
        if (folds === nth && when === "before") throw new Error("the process ends");
        await ledger.changes.recordFolds(run, steps);
        if (folds === nth) throw new Error("the process ends");
      },
    },
  };
}

describe("folding", () => {
  it("takes the latest of many rows, and skips those of which nothing is left", async () => {
    await using bank = await startBank();
    await using desk = await openDesk({ durable: false });
    expect(await tally(desk, bank, BY_TIME)).to.deep.equal({ "applied ": 3, "skipped superseded": ROWS - 3 });
    expect(bank.writes.map(({ body }) => body)).to.deep.equal([
      { details: { product_name: "Card 0" }, metadata: { note: "kept" } },
    ]);
  });

  it("makes all of many rows invalid when two of them, pages apart, have one effective_at", async () => {
    await using bank = await startBank();
    await using desk = await openDesk({ durable: false });
    const same = at(ROWS).replace("Z", "0000+00:00");
    const csv = fileOf([...BY_TIME.trim().split("\n").slice(1), line("Last", "", same)]);
    expect(await tally(desk, bank, csv)).to.deep.equal({ "invalid effective_at_repeated": ROWS + 1 });
    expect(bank.writes).to.deep.equal([]);
  });

  it("takes many rows that agree for one, and one that differs pages later for a contradiction", async () => {
    await using bank = await startBank();
    await using desk = await openDesk({ durable: false });
    const agree = Array.from({ length: ROWS }, () => line("New", "", ""));
    const odd = [...agree, line("Other", "", "")];
    expect(await tally(desk, bank, fileOf(odd))).to.deep.equal({ "invalid contradiction": ROWS + 1 });
    expect(await tally(desk, bank, fileOf(agree))).to.deep.equal({ "applied ": ROWS });
    expect(bank.effects.map(({ kind }) => kind)).to.deep.equal(["patch"]);
  });

  it("folds anew what meets by its account only after the look-up, words of an earlier fold gone", async () => {
    await using bank = await startBank();
    await using desk = await openDesk({ durable: false });
    const csv = fileOf([
      line("A", "", at(1)),
      line("B", "", at(2)),
      `,c1,C,x,${at(4)}`,
      `,c1,D,,${at(3)}`,
      ...Array.from({ length: 600 }, (_, nth) => `,c1,E,,${at(10 + nth)}`),
    ]);
    expect(await tally(desk, bank, csv)).to.deep.equal({ "skipped superseded": 602, "applied ": 2 });
    expect(bank.writes.at(-1)?.body).to.deep.equal({ details: { product_name: "E" }, metadata: { note: "x" } });
  });

  for (const nth of [1, 2]) {
    for (const when of ["before", "after"] as const) {
      it(`comes to the same when the process ends ${when} its commit ${nth}`, async () => {
        await using bank = await startBank();
        await using desk = await openDesk({ durable: false });
        const context = desk.context(bank);
        const file = join(desk.folder, "file.csv");
        await writeFile(file, BY_TIME);
        const options = { kind: "run", file, from: null, limit: null, again: null } as const;
        const failed = await startJob({ ...context, ledger: dying(context.ledger, nth, when) }, options).catch(String);
        expect(failed).to.equal("Error: the process ends");
        const [resumed] = await startJob(context, options);
        const rows = resumed?.kind === "reported" ? await readResults(resumed.summary.results) : [];
        expect(tallyOf(rows)).to.deep.equal({ "applied ": 3, "skipped superseded": ROWS - 3 });
        expect(bank.effects.map(({ kind }) => kind)).to.deep.equal(["patch"]);
      });
    }
  }

  it("leaves no row out that is read otherwise since a try that broke off, and no longer let through", async () => {
    await using bank = await startBank();
    await using desk = await openDesk({ durable: false });
    const file = join(desk.folder, "file.csv");
    await writeFile(file, fileOf([line("New", "", ""), line("", "frozen soon", "")]));
    const options = { kind: "run", file, from: null, limit: null, again: null } as const;
    const first = desk.context(bank);
    await startJob({ ...first, ledger: dying(first.ledger, 1, "before") }, options).catch(String);
    const again = desk.context(bank);
    // As an earlier version may have read it: a run that goes on keeps to its reading, whatever the job says.
    const [run] = await again.ledger.runs.listUnfinished(again.bankName, again.job.name);
    if (!run?.reading) throw new Error("no run is left, or it has read nothing");
    const columns = run.reading.columns.map((column) => (column === "metadata.note" ? "status" : column));
    await again.ledger.runs.record(run, { reading: { ...run.reading, columns } });
    const [resumed] = await startJob(again, options);
    const rows = resumed?.kind === "reported" ? await readResults(resumed.summary.results) : [];
    expect(tallyOf(rows)).to.deep.equal({ "invalid value_not_allowed": 2 });
    expect(rows[0]?.result_message).to.match(/^row 3: /);
    expect(bank.effects).to.deep.equal([]);
  });

  itWhole("takes little memory for 100,000 rows of one account", async () => {
    // As the command has them: else V8 lets garbage pile up by how much memory the machine has.
    const flags = ["--max-semi-space-size=16", "--heap-growing-percent=30"];
    const { stdout } = await promisify(execFile)(process.execPath, [...flags, FOLDING, "100000", "1"]);
    const { rows, peakBytes } = JSON.parse(stdout) as { rows: number; peakBytes: number };
    expect(rows).to.equal(100_000);
    expect(peakBytes).to.be.below(MOST_BYTES);
  });
});
