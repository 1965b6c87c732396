/**
 * What every ledger must make of a file's rows, in whatever pages they come, and wherever a process ended while it stored them.
 */
import { expect } from "chai";
import fc from "fast-check";
import type { Run } from "../../src/ledger/run.ts";
import type { ParsedRow } from "../../src/read/change.ts";
import { BANK, invalidRow, issue, newRun, row } from "./builders.ts";
import type { LedgerInUse } from "./use-ledger.ts";

const EVERY = { after: 0, limit: 10_000 };
/** More rows than one statement takes, of few accounts and of many, with invalid ones and such with notes between them. */
const SOME_ROWS = fc
  .array(fc.record({ key: fc.integer({ min: 0, max: 80 }), kind: fc.constantFrom("plain", "noted", "invalid") }), {
    minLength: 1,
    maxLength: 170,
    size: "max",
  })
  .map((drawn) =>
    drawn.map(({ key, kind }, at): ParsedRow => {
      if (kind === "invalid") return invalidRow(at + 2);
      const desired = row(at + 2, key % 2 === 0 ? `client:c${key}` : `account:a${key}`);
      return kind === "plain" ? desired : { ...desired, notes: [issue("row_blank")] };
    }),
  );
const SIZES = fc.array(fc.integer({ min: 1, max: 120 }), { minLength: 1, maxLength: 5 });

function* pagesOf(rows: readonly ParsedRow[], sizes: readonly number[]): Generator<readonly ParsedRow[]> {
  for (let from = 0, page = 0; from < rows.length; page += 1) {
    const size = sizes[page % sizes.length] ?? 1;
    yield rows.slice(from, from + size);
    from += size;
  }
}

export function suiteOfPages(use: LedgerInUse): void {
  const tell = async (run: Run) => {
    const { rows, changes } = use.ledger;
    const toFold = await changes.readToFold(run, EVERY);
    const rowsOf = await Promise.all(toFold.map(({ change }) => changes.readRowsOf(run, change, EVERY)));
    const results = await rows.readResults(run, EVERY);
    const ofRow = await Promise.all(results.map(({ source }) => rows.readChangeOf(run, source.row)));
    return { toFold, rowsOf, results, ofRow };
  };

  it("stores the same rows and changes in any pages, and goes on in others after a process has ended", async () => {
    let runs = 0;
    const open = () => use.ledger.runs.open(BANK, newRun(`run ${++runs}`));
    await fc.assert(
      fc.asyncProperty(SOME_ROWS, SIZES, SIZES, fc.nat(5), async (rows, before, after, stored) => {
        const { ledger } = use;
        const [plain, broken] = [await open(), await open()];
        for (const one of rows) await ledger.rows.recordRows(plain, [one]);
        for (const page of [...pagesOf(rows, before)].slice(0, stored)) await ledger.rows.recordRows(broken, page);
        for (const page of pagesOf(rows, after)) await ledger.rows.recordRows(broken, page);
        expect(await tell(broken)).to.deep.equal(await tell(plain));
      }),
      { numRuns: 25 },
    );
  });
}
