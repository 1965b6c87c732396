/**
 * That the walks over open changes and pages of rows look at little more than a page in PostgreSQL: whatever has been done before, with and
 * without statistics, and with a plan that was made while the tables were empty.
 */
import { expect } from "chai";
import { parsePostgresUrl } from "../../../src/ledger/postgres/address.ts";
import { COUNT_BEGUN } from "../../../src/ledger/postgres/changes.ts";
import { READ_NEAR } from "../../../src/ledger/postgres/claims.ts";
import { type PgValue, type PostgresDatabase, type Sql, TO_WRITE } from "../../../src/ledger/postgres/database.ts";
import { RECORD_ENDS } from "../../../src/ledger/postgres/ends.ts";
import {
  FIND_BY_LINK,
  FIND_UNLINKED,
  FORGET_UNFOUND,
  HAS_CLIENT_KEY,
  LIST_NAMED,
} from "../../../src/ledger/postgres/finds.ts";
import { FOLD, READ_TO_FOLD } from "../../../src/ledger/postgres/folds.ts";
import { FREE_CHANGES, FREE_NAMED, LOCK_ACCOUNTS } from "../../../src/ledger/postgres/held-accounts.ts";
import { END_OF_BATCH } from "../../../src/ledger/postgres/in-batches.ts";
import { LIST_MEETING, LIST_OF_ACCOUNTS } from "../../../src/ledger/postgres/join-by-account.ts";
import { NAME_ACCOUNTS } from "../../../src/ledger/postgres/name-accounts.ts";
import { FIND_LINK, FIND_OTHER, READ_IDS } from "../../../src/ledger/postgres/near.ts";
import { openPostgresDatabase } from "../../../src/ledger/postgres/open-database.ts";
import { READ_CLAIMED, RECORD_ABSENT, RENEW_KEYS } from "../../../src/ledger/postgres/operations.ts";
import { READ_KEPT } from "../../../src/ledger/postgres/read-kept.ts";
import { READ_OPERATIONS, READ_PLANNED } from "../../../src/ledger/postgres/read-planned-page.ts";
import { RECORD_OUTCOMES } from "../../../src/ledger/postgres/record-outcomes.ts";
import { READ_CHANGE_OF, READ_RESULT_OPERATIONS, READ_RESULTS } from "../../../src/ledger/postgres/results.ts";
import { JOIN_CHANGES, LIST_STORED, READ_ORIGINS, READ_ROWS } from "../../../src/ledger/postgres/rows.ts";
import { LIST_NEAR_IDS, LIST_OF_ACCOUNT } from "../../../src/ledger/postgres/rows-of-account.ts";
import { COUNT_JOINED, READ_ROWS_OF_CHANGE, updatesOfRows } from "../../../src/ledger/postgres/rows-of-change.ts";
import { READ_FOUND, READ_UNFOUND } from "../../../src/ledger/postgres/stored-changes.ts";
import { READ_ACCOUNTS, READ_HOLDERS } from "../../../src/ledger/postgres/take-accounts.ts";
import { describeOnPostgres, dropSchema, ledgerUrl, newSchema } from "./use-postgres.ts";

/** The changes 1 to 200,000 of the run; the last thousand have not ended, and of those the last hundred are not found. The last 50,000 hold an account. */
const RUN = 2;
const CHANGES = 200_000;
const ENDED = 199_000;
const PLANNED = 199_500;
const FOUND = 199_900;
const UNHELD = 150_000;
const PAGE = 500;
const BANK = 1;

/** Even changes name their account by its own id. Every change of run 1 has ended. */
const FILL = `
INSERT INTO changes (run, change, key, to_fold) SELECT run, n, CASE WHEN n % 2 = 0 THEN 'account:a' ELSE 'client:c' END || n,
  CASE WHEN run = ${RUN} AND n > ${PLANNED} AND n % 10 = 0 THEN 1 END
  FROM generate_series(1, ${RUN}) run, generate_series(1, ${CHANGES}) n WHERE run = ${RUN} OR n <= 20000;
INSERT INTO runs (no, id, bank, kind, job, job_path, sha256, file, started_at)
  SELECT n, 'r' || n, ${BANK}, 'run', 'j', 'p', 's', '{}', 0 FROM generate_series(1, ${RUN}) n;
INSERT INTO rows (run, row, byte_offset, cells, change) SELECT run, change, change * 100, '["a cell","another"]', change FROM changes;
INSERT INTO rows (run, row, byte_offset, cells, change) SELECT ${RUN}, ${CHANGES} + n, n, '["x"]', ${CHANGES} - n % 1000
  FROM generate_series(1, 10000) n;
INSERT INTO finds (run, change, account_id) SELECT run, change, CASE WHEN change % 4 = 1 THEN 'a' || (change - 1) END
  FROM changes WHERE change % 2 = 1 AND change <= ${FOUND};
INSERT INTO plans (run, change, at, touch) SELECT run, change, 1, 0 FROM changes WHERE change <= ${PLANNED};
INSERT INTO operations (run, change, step, kind, generation, key, body_hash, body)
  SELECT run, change, 1, 'patch', 0, 'k', 'h', '{}' FROM plans;
INSERT INTO sendings (run, change, step, state, attempts) SELECT run, change, 1, 'applied', 1 FROM plans WHERE change <= ${ENDED};
INSERT INTO ends (run, change, word) SELECT run, change, 'applied' FROM plans WHERE change <= ${ENDED};
INSERT INTO links (bank, client_account_id, account_id, near) SELECT ${BANK}, 'c' || n, 'a' || n, 'c' || n FROM generate_series(1, 50000) n;
INSERT INTO kept (bank, account_id, field, wanted, held, is_form) SELECT ${BANK}, 'a' || n, 'limit', '1', '2', 0 FROM generate_series(1, 50000) n;
INSERT INTO accounts (bank, identity, touch, run, change) SELECT ${BANK}, 'account:a' || n, 1, ${RUN}, ${UNHELD} + n
  FROM generate_series(1, 50000) n;
INSERT INTO near_ids (run, near, change, client_account_id) SELECT ${RUN}, 'c' || n, n, 'c' || n FROM generate_series(1, 50000) n`;

const TABLES = [
  "changes",
  "rows",
  "finds",
  "plans",
  "operations",
  "sendings",
  "ends",
  "links",
  "accounts",
  "kept",
  "near_ids",
];

interface Query {
  readonly sql: string;
  readonly values: readonly PgValue[];
  /** For one that goes on where others have ended, or looks at a whole run once: it may walk an index from the beginning. */
  readonly isWalk?: true;
}

const LATER: readonly PgValue[] = [RUN, ENDED + 100, Number.MAX_SAFE_INTEGER, PAGE];
const FIRST: readonly PgValue[] = [RUN, 0, Number.MAX_SAFE_INTEGER, PAGE];
const BATCH: readonly PgValue[] = [RUN, ENDED - 2_000, ENDED];
const SOME = Array.from({ length: PAGE }, (_, n) => ENDED + n);
const [UPDATE_FIRST = "", UPDATE_FURTHER = ""] = updatesOfRows(
  "word = 'invalid'",
  "unnest($1::integer[], $2::integer[]) AS m (run, change)",
);

const QUERIES: Readonly<Record<string, Query>> = {
  "changes to find": { sql: READ_UNFOUND, values: LATER },
  "the first changes to find": { sql: READ_UNFOUND, values: FIRST, isWalk: true },
  "changes to plan": { sql: READ_FOUND, values: [...LATER, BANK] },
  "the first changes to plan": { sql: READ_FOUND, values: [...FIRST, BANK], isWalk: true },
  "accounts that are named": { sql: LIST_NAMED, values: [RUN, 5] },
  "a change without account_id": { sql: HAS_CLIENT_KEY, values: [RUN] },
  "a change without account": { sql: FIND_UNLINKED, values: [RUN, CHANGES], isWalk: true },
  "changes to apply": { sql: READ_PLANNED, values: LATER },
  "the first changes to apply": { sql: READ_PLANNED, values: FIRST, isWalk: true },
  "their operations": { sql: READ_OPERATIONS, values: [SOME.map(() => RUN), SOME] },
  "what is kept of their accounts": { sql: READ_KEPT, values: [SOME.map(() => BANK), SOME.map((n) => `a${n}`)] },
  "the end of a batch": { sql: END_OF_BATCH, values: LATER },
  "accounts by links": { sql: FIND_BY_LINK, values: [...BATCH, BANK] },
  "finds to forget": { sql: FORGET_UNFOUND, values: BATCH },
  "changes to fold": { sql: READ_TO_FOLD, values: [RUN, 0, PAGE] },
  "changes that are folded": { sql: FOLD, values: [SOME.map(() => RUN), SOME] },
  "rows that are stored already": { sql: LIST_STORED, values: [SOME.map(() => RUN), SOME] },
  "changes that rows join": { sql: JOIN_CHANGES, values: [SOME.map(() => RUN), SOME.map((n) => `account:a${n}`)] },
  "rows by word": { sql: READ_ROWS, values: [RUN, ENDED - PAGE, ["applied"], PAGE, []] },
  "rows fed in again": { sql: READ_ORIGINS, values: [SOME.map(() => RUN), SOME] },
  results: { sql: READ_RESULTS, values: [RUN, ENDED - PAGE, PAGE, true] },
  "operations of results": { sql: READ_RESULT_OPERATIONS, values: [RUN, ENDED - PAGE, ENDED] },
  "rows of an account": {
    sql: LIST_OF_ACCOUNT,
    values: [BANK, 0, 0, 9, ["account:a1000", "client:c1001"], ["a1000"], 50],
  },
  "ids that are near": { sql: LIST_NEAR_IDS, values: [BANK, "c7", 5] },
  "the change of a row": { sql: READ_CHANGE_OF, values: [RUN, ENDED] },
  "rows of a change": { sql: READ_ROWS_OF_CHANGE, values: [RUN, ENDED + 1, ENDED, 5] },
  "the number of further rows": { sql: COUNT_JOINED, values: [RUN, ENDED + 1] },
  "first rows to mark": { sql: UPDATE_FIRST, values: [SOME.map(() => RUN), SOME] },
  "further rows to mark": { sql: UPDATE_FURTHER, values: [[RUN, RUN], SOME.slice(0, 2)] },
  "changes that meet": { sql: LIST_MEETING, values: [RUN, "", PAGE], isWalk: true },
  "changes of accounts": {
    sql: LIST_OF_ACCOUNTS,
    values: [SOME.map(() => RUN), SOME.map((n) => `a${n}`), SOME],
  },
  "ids to compare": { sql: READ_IDS, values: [...BATCH, true] },
  "a near link": { sql: FIND_LINK, values: [BANK, "c7", "C7"] },
  "a near id of another change": { sql: FIND_OTHER, values: [RUN, "c7", 9] },
};

const RUNS = SOME.map(() => RUN);
const STEPS = SOME.map(() => 1);
const TEXTS = SOME.map(() => "text");
const BANKS = SOME.map(() => BANK);
const IDENTITIES = SOME.map((n) => `account:a${n - UNHELD}`);

/** What is gathered of a page of changes at once. */
const WRITES: Readonly<Record<string, Query>> = {
  "accounts to lock": { sql: LOCK_ACCOUNTS, values: [BANKS, IDENTITIES, RUNS, SOME.map((n) => n + PAGE)] },
  "accounts that are not free": { sql: READ_ACCOUNTS, values: [BANKS, IDENTITIES] },
  "who holds accounts": { sql: READ_HOLDERS, values: [RUNS, SOME, SOME.map(() => "https://bank.test one")] },
  "accounts to free by their names": { sql: FREE_NAMED, values: [BANKS, IDENTITIES] },
  "accounts to free by their changes": { sql: FREE_CHANGES, values: [RUNS, SOME] },
  "links that are near": { sql: READ_NEAR, values: [BANKS, SOME.map((n) => `c${n}`)] },
  "changes that hold their accounts": { sql: READ_CLAIMED, values: [BANKS, RUNS, SOME] },
  "keys to renew": { sql: RENEW_KEYS, values: [RUNS, SOME, STEPS, STEPS, TEXTS] },
  "doubts to settle": { sql: RECORD_ABSENT, values: [RUNS, SOME, STEPS] },
  "sendings to settle": {
    sql: RECORD_OUTCOMES,
    values: [RUNS, SOME, STEPS, TEXTS, STEPS, STEPS, TEXTS, STEPS, TEXTS],
  },
  "changes to end": { sql: RECORD_ENDS, values: [RUNS, SOME, TEXTS, TEXTS, STEPS] },
  "changes that are begun": { sql: COUNT_BEGUN, values: [RUNS, SOME] },
  "changes to name": { sql: NAME_ACCOUNTS, values: [RUNS, SOME, IDENTITIES] },
};
const ALL_QUERIES = { ...QUERIES, ...WRITES };

/** Rows that a step of a query may handle: several for each change of a batch. */
const MOST_ROWS = 10_000;

/** A node of what EXPLAIN gives. */
interface Step {
  readonly "Node Type": string;
  readonly "Relation Name"?: string;
  readonly "Actual Rows": number;
  readonly "Actual Loops": number;
  readonly "Rows Removed by Filter"?: number;
  readonly "Rows Removed by Join Filter"?: number;
  readonly Plans?: readonly Step[];
}

const stepsOf = (step: Step): readonly Step[] => [step, ...(step.Plans ?? []).flatMap(stepsOf)];

const rowsOf = (step: Step) =>
  (step["Actual Rows"] + (step["Rows Removed by Filter"] ?? 0) + (step["Rows Removed by Join Filter"] ?? 0)) *
  step["Actual Loops"];

/** Those steps read a table, or hold all of their rows before they give the first. */
const isCostly = ({ "Node Type": type }: Step) => /^(Seq Scan|Sort|Incremental Sort|Hash|Materialize)$/.test(type);

const literal = (value: PgValue): string => {
  if (value === null) return "NULL";
  if (Array.isArray(value)) return `'{${value.join(",")}}'`;
  return typeof value === "string" ? `'${value}'` : String(value);
};

describeOnPostgres("queries of the PostgreSQL ledger", () => {
  const schema = newSchema();
  let db: PostgresDatabase;
  let sql: Sql & AsyncDisposable;
  const names = new Map(Object.values(ALL_QUERIES).map((query, at) => [query, `q${at}`]));

  const explain = async ([what, query]: readonly [string, Query], isRun: boolean) => {
    const values = query.values.map(literal).join(", ");
    const options = isRun ? "ANALYZE, TIMING OFF, FORMAT JSON" : "FORMAT JSON";
    await sql.run("SAVEPOINT before");
    type Explained = { "QUERY PLAN": readonly [{ Plan: Step }] };
    const explained = await sql.get<Explained>(`EXPLAIN (${options}) EXECUTE ${names.get(query)} (${values})`);
    await sql.run("ROLLBACK TO SAVEPOINT before");
    if (explained === undefined) throw new Error(`no plan of ${what}`);
    return stepsOf(explained["QUERY PLAN"][0].Plan);
  };

  before(async function () {
    this.timeout(120_000);
    ({ db } = await openPostgresDatabase(parsePostgresUrl(ledgerUrl(schema)), true));
    // Everything is undone in the end.
    sql = await db.open(TO_WRITE);
    await sql.run("SET LOCAL plan_cache_mode = force_generic_plan");
    for (const [query, name] of names) await sql.run(`PREPARE ${name} AS ${query.sql}`);
    for (const query of Object.entries(ALL_QUERIES)) await explain(query, false);
    for (const statement of FILL.split(";")) await sql.run(statement);
  });
  after(async () => {
    await sql[Symbol.asyncDispose]();
    await db.close();
    await dropSchema(schema);
  });

  const holdsFor = (when: string, prepare: () => Promise<unknown>) =>
    describe(when, () => {
      before(prepare);
      for (const [what, query] of Object.entries(ALL_QUERIES)) {
        it(`find ${what} by index`, async () => {
          const steps = await explain([what, query], true);
          const wrong = steps.filter((step) => rowsOf(step) > MOST_ROWS && (isCostly(step) || !query.isWalk));
          const text = JSON.stringify(steps[0], null, 1);
          expect(
            wrong.map((step) => `${step["Node Type"]} ${step["Relation Name"] ?? ""}`),
            text,
          ).to.deep.equal([]);
        });
      }
    });

  const setMode = (mode: string) => sql.run(`SET LOCAL plan_cache_mode = ${mode}`);
  holdsFor("planned while the tables were empty", async () => {});
  holdsFor("without statistics", () => setMode("force_custom_plan"));
  holdsFor("with statistics", async () => {
    for (const table of TABLES) await sql.run(`ANALYZE ${table}`);
  });
  holdsFor("with statistics, for any values", () => setMode("force_generic_plan"));
});
