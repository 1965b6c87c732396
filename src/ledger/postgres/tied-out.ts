/**
 * What was tied out, in PostgreSQL. Each part of a run is one statement, whatever it has of rows.
 */
import type { Run } from "../run.ts";
import {
  decodeFetching,
  decodeTotals,
  NOT_FETCHED_ISSUES,
  PART,
  type TotalsShape,
  tiedOutStatements,
} from "../sql/tied-out-statements.ts";
import type { SkipTerms, TiedOutLedger } from "../tied-out.ts";
import { inBatches } from "./in-batches.ts";
import type { PostgresStore } from "./store.ts";

const SQL = tiedOutStatements(" OFFSET 0");

const RECORD = `INSERT INTO contents (run, change, content, gets)
  SELECT c.run, c.change, g.content, g.gets FROM unnest($2::integer[], $3::text[], $4::integer[]) AS g (change, content, gets)
  JOIN changes c ON c.run = $1 AND c.change = g.change ORDER BY c.change
  ON CONFLICT (run, change) DO`;
const RECORDS = {
  single: `${RECORD} NOTHING`,
  folded: `${RECORD} UPDATE SET content = excluded.content, gets = excluded.gets`,
};
const FORGET_ACCOUNTS = "DELETE FROM tied_out WHERE bank = $1 AND account_id = ANY($2::text[])";

export function postgresTiedOut(store: PostgresStore): TiedOutLedger {
  const { sql } = store;
  const count = async (text: string, ...values: readonly (number | string)[]) =>
    (await sql.get<{ counted: number }>(text, ...values))?.counted ?? 0;

  return {
    async recordContents(run, kind, contents) {
      if (contents.length === 0) return;
      const changes = contents.map(({ change }) => change);
      const texts = contents.map(({ content }) => content);
      const gets = contents.map((one) => one.gets);
      await store.write((own) => own.run(RECORDS[kind], run.no, changes, texts, gets));
    },

    async listFetching(run, limit) {
      const bank = await store.bankOf(run);
      const shapes = await sql.all<{ fetching: string | null }>(SQL.listFetching, bank, run.job, run.no, limit);
      return shapes.map(({ fetching }) => decodeFetching(fetching));
    },

    async recordNotFetched(run, terms) {
      await skipParts(store, run, terms);
      return decodeTotals(await sql.get<TotalsShape>(SQL.totals, run.no, await store.bankOf(run), NOT_FETCHED_ISSUES));
    },

    async recordToFetch(run) {
      const bank = await store.bankOf(run);
      await inBatches(store, run, { size: PART }, (own, after, to) => own.run(SQL.release, run.no, after, to, bank));
    },

    countChanged: async (run, sinceMs) => count(SQL.countChanged, run.no, await store.bankOf(run), sinceMs),

    async reopenNotFetched(run) {
      await store.write((own) => own.run(SQL.reopen, run.no, NOT_FETCHED_ISSUES));
    },

    async recordTiedOut(run) {
      const bank = await store.bankOf(run);
      await inBatches(store, run, { size: PART }, (own, after, to) => own.run(SQL.tieOut, run.no, after, to, bank));
    },

    async forget(bank) {
      const no = await store.findBank(bank);
      if (no !== undefined) await store.write((own) => own.run(SQL.forget, no));
    },

    async forgetAccounts(bank, ids) {
      const no = await store.findBank(bank);
      if (no !== undefined) await store.write((own) => own.run(FORGET_ACCOUNTS, no, ids));
    },

    countRows: (run) => count(SQL.countRows, run.no, NOT_FETCHED_ISSUES),
  };
}

async function skipParts(store: PostgresStore, run: Run, { sinceMs, nowMs, seed }: SkipTerms): Promise<void> {
  const bank = await store.bankOf(run);
  let [skipped, share] = [0, 0];
  await inBatches(store, run, { size: PART }, async (own, after, to) => {
    const values = [run.no, after, to, bank, sinceMs, nowMs, seed];
    share += (await own.get<{ counted: number }>(SQL.countShare, ...values))?.counted ?? 0;
    skipped += await own.run(SQL.skip, ...values, NOT_FETCHED_ISSUES);
    await own.run(SQL.release, run.no, after, to, bank);
  });
  if (skipped === 0 || share > 0) return;
  await store.write(async (own) => {
    const one = (await own.get<{ change: number }>(SQL.findOne, run.no, seed, NOT_FETCHED_ISSUES))?.change ?? 0;
    await own.run(SQL.openOne, run.no, one);
    await own.run(SQL.release, run.no, one - 1, one, bank);
  });
}
