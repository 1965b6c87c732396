/**
 * That a page of a smaller run is read by index as well, before the server has statistics: it then takes the run for a few rows, and might
 * go through all of them for each row of the page.
 */
import { expect } from "chai";
import { parsePostgresUrl } from "../../../src/ledger/postgres/address.ts";
import { TO_WRITE } from "../../../src/ledger/postgres/database.ts";
import { openPostgresDatabase } from "../../../src/ledger/postgres/open-database.ts";
import { READ_RESULT_OPERATIONS, READ_RESULTS } from "../../../src/ledger/postgres/results.ts";
import { describeOnPostgres, dropSchema, ledgerUrl, newSchema } from "./use-postgres.ts";

const CHANGES = 20_000;
const PAGE = 500;
const OF_EACH = `generate_series(1, ${CHANGES}) n`;

const FILL = [
  `INSERT INTO changes (run, change, key) SELECT 1, n, 'account:a' || n FROM ${OF_EACH}`,
  `INSERT INTO rows (run, row, byte_offset, cells, change) SELECT 1, n, n, '["a cell"]', n FROM ${OF_EACH}`,
  `INSERT INTO plans (run, change, at, touch) SELECT 1, n, 1, 0 FROM ${OF_EACH}`,
  `INSERT INTO operations (run, change, step, kind, generation, key, body_hash, body) SELECT 1, n, 1, 'patch', 0, 'k', 'h', '{}' FROM ${OF_EACH}`,
  `INSERT INTO sendings (run, change, step, state, attempts) SELECT 1, n, 1, 'applied', 1 FROM ${OF_EACH}`,
  `INSERT INTO ends (run, change, word) SELECT 1, n, 'applied' FROM ${OF_EACH}`,
];

describeOnPostgres("a page of a smaller run in PostgreSQL", () => {
  it("is read by index before there are statistics", async () => {
    const schema = newSchema();
    const { db } = await openPostgresDatabase(parsePostgresUrl(ledgerUrl(schema)), true);
    try {
      // So that nobody makes statistics meanwhile.
      await using sql = await db.open(TO_WRITE);
      for (const statement of FILL) await sql.run(statement);
      const pages = [
        READ_RESULTS.replaceAll("$4", "true").replaceAll("$3", String(PAGE)),
        READ_RESULT_OPERATIONS.replaceAll("$3", String(PAGE)),
      ];
      for (const page of pages) {
        const text = page.replaceAll("$2", "0").replaceAll("$1", "1");
        const plan = await sql.all<{ "QUERY PLAN": string }>(`EXPLAIN (ANALYZE, TIMING OFF) ${text}`);
        const lines = plan.map((line) => line["QUERY PLAN"]);
        expect(
          lines.filter((line) => /Materialize|Removed by Join Filter/.test(line)),
          lines.join("\n"),
        ).to.deep.equal([]);
      }
    } finally {
      await db.close();
      await dropSchema(schema);
    }
  });
});
