/**
 * That PostgreSQL finds out in one walk whether a run has an open change: in a ledger without statistics, where it takes a run of any size for a
 * short one.
 */
import { expect } from "chai";
import { parsePostgresUrl } from "../../../src/ledger/postgres/address.ts";
import { REOPEN_RUN } from "../../../src/ledger/postgres/changes.ts";
import { type PostgresDatabase, type Sql, TO_WRITE } from "../../../src/ledger/postgres/database.ts";
import { WAIT } from "../../../src/ledger/postgres/guards.ts";
import { openPostgresDatabase } from "../../../src/ledger/postgres/open-database.ts";
import { RECORD_LAST_PUBLICATION } from "../../../src/ledger/postgres/runs.ts";
import { describeOnPostgres, dropSchema, ledgerUrl, newSchema } from "./use-postgres.ts";

const CHANGES = 20_000;
const FILL = `
INSERT INTO changes (run, change, key) SELECT 1, n, 'account:a' || n FROM generate_series(1, ${CHANGES}) n;
INSERT INTO runs (no, id, bank, kind, job, job_path, sha256, file, stage, started_at) VALUES (1, 'r', 1, 'run', 'j', 'p', 's', '{}', 'ended', 0);
INSERT INTO ends (run, change, word) SELECT run, change, 'applied' FROM changes`;

/** With the run's number in place of $1. */
const STATEMENTS = {
  "it is published": RECORD_LAST_PUBLICATION.replaceAll("$2", "1").replace("$3", "'{}'").replace("$4", "0"),
  "it waits": WAIT,
  "it is opened again": REOPEN_RUN,
};

describeOnPostgres("whether a run of PostgreSQL has an open change", () => {
  const schema = newSchema();
  let db: PostgresDatabase;
  let sql: Sql & AsyncDisposable;

  before(async function () {
    this.timeout(120_000);
    ({ db } = await openPostgresDatabase(parsePostgresUrl(ledgerUrl(schema)), true));
    // Everything is undone in the end, and nothing gathers statistics before that.
    sql = await db.open(TO_WRITE);
    for (const statement of FILL.split(";")) await sql.run(statement);
    await sql.run("SET LOCAL statement_timeout = 10000");
  });
  after(async () => {
    await sql[Symbol.asyncDispose]();
    await db.close();
    await dropSchema(schema);
  });

  for (const [when, statement] of Object.entries(STATEMENTS))
    it(`is found by looking up each change once, as ${when}`, async () => {
      const text = statement.replaceAll("$1", "1").replace("$5", "9");
      type Line = { "QUERY PLAN": string };
      const lines = await sql.all<Line>(`EXPLAIN (ANALYZE, TIMING OFF) ${text}`);
      const plan = lines.map((line) => line["QUERY PLAN"]).join("\n");
      expect(plan)
        .to.contain(`loops=${CHANGES}`)
        .and.to.not.match(/Materialize|Removed by Join Filter/);
    });
});
