/**
 * Makes a ledger large: one real run over ONE_ROW comes in, and runs of a million such rows go out beside it, all of them
 * ended but the last, which stands in the middle of applying.
 */
import { DatabaseSync } from "node:sqlite";
import { KeySum } from "../../src/read/row/key-sum.ts";

export interface LedgerRows {
  readonly all: number;
  readonly done: number;
  readonly open: number;
}

const MOST_ROWS = 1_000_000;
/** The first row behind the header. */
const FIRST = 2;

const NUMBERS = "WITH RECURSIVE n(i) AS (SELECT CAST(?2 AS INTEGER) UNION ALL SELECT i + 1 FROM n WHERE i < ?3)";
const named = (column: string) => `replace(${column}, 'account_1', 'account_' || i)`;

const ADD_RUN = `INSERT INTO runs (no, id, bank, kind, job, job_path, sha256, file, started_at, stage, reading, proof, rows,
    publications, exit, ended_at, summary, keys_in)
  SELECT ?1, ?4, bank, kind, job, job_path, sha256 || ?4, file, started_at, stage, reading, proof, ?2,
    publications, exit, ended_at, summary, ?3 FROM runs WHERE no = 1`;

/** What each row has left, whether or not it has ended. */
const ADD_PLANNED = [
  `INSERT INTO rows (run, row, byte_offset, cells, change) ${NUMBERS}
    SELECT ?1, i, byte_offset, ${named("cells")}, i FROM n, rows WHERE run = 1`,
  `INSERT INTO changes (run, change, key) ${NUMBERS} SELECT ?1, i, ${named("key")} FROM n, changes WHERE run = 1`,
  `INSERT INTO plans (run, change, at, touch, differences, seen) ${NUMBERS}
    SELECT ?1, i, at, touch, differences, ${named("seen")} FROM n, plans WHERE run = 1`,
  `INSERT INTO operations (run, change, step, kind, generation, key, body_hash, body) ${NUMBERS}
    SELECT ?1, i, step, kind, generation, key, body_hash, body FROM n, operations WHERE run = 1`,
];

/** What those have left beside it that are done. */
const ADD_DONE = [
  `INSERT INTO sendings (run, change, step, state, attempts, first_at, first_bank_at, last_at, http_status) ${NUMBERS}
    SELECT ?1, i, step, state, attempts, first_at, first_bank_at, last_at, http_status FROM n, sendings WHERE run = 1`,
  `INSERT INTO ends (run, change, word, at) ${NUMBERS} SELECT ?1, i, word, at FROM n, ends WHERE run = 1`,
];

/** The accounts that the last run has changed; none that it has left open, or their plans would be out of date. */
const ADD_ACCOUNTS = `INSERT INTO accounts (bank, identity, touch, applied_by_run) ${NUMBERS}
  SELECT bank, ${named("identity")}, touch, ?1 FROM n, accounts WHERE applied_by_run = 1`;

const BREAK_OFF = `UPDATE runs SET stage = 'apply', publications = 0, exit = NULL, ended_at = NULL, summary = NULL
  WHERE no = ?`;

/** Gives back the id of the run that is in the middle of applying. */
export function enlarge(path: string, { all, done, open }: LedgerRows): string {
  const db = new DatabaseSync(path);
  // Without the log each page goes to its place at once. Whoever opens the ledger next sets the log up again.
  db.exec("PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF; PRAGMA cache_size = -262144; BEGIN");
  let no = 1;
  for (let left = all - done - open; left > 0; left -= MOST_ROWS) addRun(db, ++no, Math.min(left, MOST_ROWS), 0);
  addRun(db, ++no, done, open);
  db.prepare(ADD_ACCOUNTS).run(no, FIRST, FIRST + done - 1);
  // What is measured next must not wait for the disk to get all of this.
  db.exec("COMMIT; PRAGMA synchronous = FULL");
  db.prepare(BREAK_OFF).run(no);
  db.close();
  return `run-${no}`;
}

function addRun(db: DatabaseSync, no: number, done: number, open: number): void {
  const keys = new KeySum({ columns: ["account_id"] });
  const last = FIRST + done + open - 1;
  for (let row = FIRST; row <= last; row++) keys.add({ row, cells: [`account_${row}`] });
  db.prepare(ADD_RUN).run(no, done + open, String(keys), `run-${no}`);
  for (const sql of ADD_PLANNED) db.prepare(sql).run(no, FIRST, last);
  for (const sql of ADD_DONE) db.prepare(sql).run(no, FIRST, FIRST + done - 1);
}
