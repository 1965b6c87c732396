/**
 * Any history of files, pruned at any time: what is open or on legal hold stays whole, all that is not a value stays as it was, or goes as a
 * whole run where evidence ends, and the next files make the same calls as without pruning.
 */
import { expect } from "chai";
import fc from "fast-check";
import { walkOpen } from "../../src/run/open-rows.ts";
import { walkResults } from "../../src/run/pages.ts";
import { startSandbox } from "../../src/sandbox/start-sandbox.ts";
import { IS_WHOLE } from "../support/extent.ts";
import { DAY_MS, pruneDesk } from "../support/prune-desk.ts";
import { openDesk } from "../support/scenario.ts";

const ACCOUNTS = 4;
/** Of each row: its account, and a value, or what makes it invalid. The last account is closed. */
const ROW = fc.record({ account: fc.nat({ max: ACCOUNTS - 1 }), product: fc.constantFrom("Gold", "Tin", "#N/A") });
const FILE = fc.record({
  rows: fc.uniqueArray(ROW, { minLength: 1, maxLength: ACCOUNTS, selector: ({ account }) => account }),
  /** By the bank's id, so that a later row has another key than the earlier one. */
  byId: fc.boolean(),
  daysAfter: fc.constantFrom(1, 20, 40),
  isPruned: fc.boolean(),
});
/** What the job says of retention; the accounts on hold, by either name. */
const KEEPING = fc.record({
  evidence: fc.constantFrom("never", "30d", "60d"),
  legalHold: fc.subarray(["account_0", "c1", "c2", `account_${ACCOUNTS - 1}`]),
});
type Keeping = typeof KEEPING extends fc.Arbitrary<infer Value> ? Value : never;
type File = typeof FILE extends fc.Arbitrary<infer Value> ? Value : never;

const csvOf = ({ rows, byId }: File, at: number) =>
  [
    `${byId ? "account_id" : "client_account_id"},product_name`,
    ...rows.map(
      ({ account, product }) =>
        `${byId ? "account_" : "c"}${account},${product === "#N/A" ? product : `${product} ${at}`}`,
    ),
    "",
  ].join("\n");

/** What a history comes to: the calls of each file, and what the ledger says in the end. */
async function play(files: readonly File[], { evidence, legalHold }: Keeping, mayPrune: boolean) {
  const onHold = new Set(legalHold.map((id) => `account_${id.at(-1)}`));
  const accounts = Array.from({ length: ACCOUNTS }, (_, n) => ({
    id: `account_${n}`,
    client_account_id: `c${n}`,
    ...(n === ACCOUNTS - 1 && { status: "closed" as const }),
  }));
  await using bank = await startSandbox({ seed: { accounts } });
  await using desk = await openDesk({ durable: false });
  const words: string[] = [];
  for (const [at, file] of files.entries()) {
    const { end } = await desk.run(bank, csvOf(file, at), { name: `${at}.csv` });
    words.push(end.run.id);
    if (mayPrune && file.isPruned)
      await pruneDesk(desk, bank, { days: file.daysAfter, retention: { cells: "30d", evidence, legalHold } });
    else await desk.clock.sleep(file.daysAfter * DAY_MS);
  }
  const open: object[] = [];
  const openRows = new Set<string>();
  for await (const { last, word, issue, accountId } of walkOpen(desk.ledger, { bank: null, job: null })) {
    open.push({ ...last, word, code: issue?.code, accountId });
    openRows.add(`${last.run} ${last.row}`);
  }
  const frames = new Map<string, object[]>();
  const values: object[] = [];
  for (const id of words) {
    const run = await desk.ledger.runs.find(id);
    if (run === undefined) throw new Error(`no run ${id}`);
    const ofRun: object[] = [];
    frames.set(id, ofRun);
    for await (const page of walkResults(desk.ledger, run))
      for (const { source, word, issues, accountId, operations, atMs: _ } of page) {
        const calls = operations.map(({ kind, state, attempts, generation }) => ({
          kind,
          state,
          attempts,
          generation,
        }));
        ofRun.push({ row: source.row, word, accountId, codes: issues.map(({ code }) => code), calls });
        const isKept = openRows.has(`${id} ${source.row}`) || (accountId !== null && onHold.has(accountId));
        if (isKept) values.push({ id, cells: source.cells, issues });
      }
  }
  const sent = bank.writes.map(({ method, path, body }) => ({ method, path, body }));
  return { sent, open, frames, values };
}

describe("a history that is pruned", function () {
  this.timeout(600_000);
  let gone = 0;

  it("comes to the same calls, words and open rows as one that is not", () =>
    fc.assert(
      fc.asyncProperty(fc.array(FILE, { minLength: 2, maxLength: 5 }), KEEPING, async (files, keeping) => {
        const [pruned, whole] = [await play(files, keeping, true), await play(files, keeping, false)];
        const { frames, ...rest } = pruned;
        const { frames: all, ...other } = whole;
        expect(rest).to.deep.equal(other);
        for (const [id, rows] of frames)
          if (keeping.evidence === "never" || rows.length > 0) expect(rows, id).to.deep.equal(all.get(id));
          else gone += 1;
      }),
      { numRuns: IS_WHOLE ? 60 : 6 },
    ));

  it("has met runs of which all rows went", function () {
    if (!IS_WHOLE) this.skip();
    expect(gone).to.be.above(0);
  });
});
