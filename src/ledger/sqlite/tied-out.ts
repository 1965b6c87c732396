/**
 * What was tied out, in SQLite. Each part of a run is one statement, whatever it has of rows.
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
import { placed } from "./placed.ts";
import type { SqliteStore } from "./store.ts";

const STATEMENTS = tiedOutStatements("");
const SQL = Object.fromEntries(Object.entries(STATEMENTS).map(([name, sql]) => [name, placed(sql)])) as Record<
  keyof typeof STATEMENTS,
  string
>;

const CONTENTS = `SELECT ?1, value ->> 0, value ->> 1, value ->> 2 FROM json_each(?2) AS given
  WHERE EXISTS (SELECT 1 FROM changes c WHERE c.run = ?1 AND c.change = given.value ->> 0)`;
const RECORD = {
  single: `INSERT OR IGNORE INTO contents (run, change, content, gets) ${CONTENTS}`,
  folded: `INSERT OR REPLACE INTO contents (run, change, content, gets) ${CONTENTS}`,
};
const FORGET_ACCOUNTS = "DELETE FROM tied_out WHERE bank = ?1 AND account_id IN (SELECT value FROM json_each(?2))";

export function sqliteTiedOut(store: SqliteStore): TiedOutLedger {
  const { db } = store;
  const count = (sql: string, ...values: readonly (number | string)[]) =>
    db.get<{ counted: number }>(sql, ...values)?.counted ?? 0;

  return {
    recordContents(run, kind, contents) {
      const given = JSON.stringify(contents.map(({ change, content, gets }) => [change, content, gets]));
      return store.write(() => void db.run(RECORD[kind], run.no, given));
    },

    async listFetching(run, limit) {
      const shapes = db.all<{ fetching: string | null }>(SQL.listFetching, store.bankOf(run), run.job, run.no, limit);
      return shapes.map(({ fetching }) => decodeFetching(fetching));
    },

    async recordNotFetched(run, terms) {
      await skipParts(store, run, terms);
      return decodeTotals(db.get<TotalsShape>(SQL.totals, run.no, store.bankOf(run), NOT_FETCHED_ISSUES));
    },

    recordToFetch(run) {
      const bank = store.bankOf(run);
      return inBatches(store, run, { size: PART }, (after, to) => void db.run(SQL.release, run.no, after, to, bank));
    },

    countChanged: async (run, sinceMs) => count(SQL.countChanged, run.no, store.bankOf(run), sinceMs),
    reopenNotFetched: (run) => store.write(() => void db.run(SQL.reopen, run.no, NOT_FETCHED_ISSUES)),

    recordTiedOut(run) {
      const bank = store.bankOf(run);
      return inBatches(store, run, { size: PART }, (after, to) => void db.run(SQL.tieOut, run.no, after, to, bank));
    },

    forget: (bank) => store.write(() => void db.run(SQL.forget, store.findBank(bank) ?? null)),
    forgetAccounts: (bank, ids) =>
      store.write(() => void db.run(FORGET_ACCOUNTS, store.findBank(bank) ?? null, JSON.stringify(ids))),
    countRows: async (run) => count(SQL.countRows, run.no, NOT_FETCHED_ISSUES),
  };
}

async function skipParts(store: SqliteStore, run: Run, { sinceMs, nowMs, seed }: SkipTerms): Promise<void> {
  const { db } = store;
  const bank = store.bankOf(run);
  let [skipped, share] = [0, 0];
  await inBatches(store, run, { size: PART }, (after, to) => {
    const values = [run.no, after, to, bank, sinceMs, nowMs, seed];
    share += db.get<{ counted: number }>(SQL.countShare, ...values)?.counted ?? 0;
    skipped += db.run(SQL.skip, ...values, NOT_FETCHED_ISSUES);
    db.run(SQL.release, run.no, after, to, bank);
  });
  if (skipped === 0 || share > 0) return;
  await store.write(() => {
    const one = db.get<{ change: number }>(SQL.findOne, run.no, seed, NOT_FETCHED_ISSUES)?.change ?? 0;
    db.run(SQL.openOne, run.no, one);
    db.run(SQL.release, run.no, one - 1, one, bank);
  });
}
