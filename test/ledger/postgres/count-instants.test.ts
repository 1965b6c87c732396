/**
 * That the instants of a change with very many rows are all counted in PostgreSQL, though never held all at once.
 */
import { expect } from "chai";
import { parsePostgresUrl } from "../../../src/ledger/postgres/address.ts";
import { TO_WRITE } from "../../../src/ledger/postgres/database.ts";
import { openPostgresDatabase } from "../../../src/ledger/postgres/open-database.ts";
import { countInstants } from "../../../src/ledger/postgres/rows-of-change.ts";
import { describeOnPostgres, dropSchema, ledgerUrl, newSchema } from "./use-postgres.ts";

/** Row 1 and those that joined it, each a second after the one before, in two spellings; the last ones at the same. */
const FILL = `INSERT INTO rows (run, row, byte_offset, cells, change) SELECT 7, n, 0, json_build_array('x', ' ' || to_char(
  timestamp '2026-01-01' + least(n, 1000) * interval '1 second', 'YYYY-MM-DD"T"HH24:MI:SS') || CASE n % 2 WHEN 0 THEN 'Z' ELSE '+00:00' END), 1
  FROM generate_series(1, 1030) n`;

describeOnPostgres("countInstants", () => {
  it("counts more instants than it holds", async () => {
    const schema = newSchema();
    const { db } = await openPostgresDatabase(parsePostgresUrl(ledgerUrl(schema)), true);
    try {
      await using sql = await db.open(TO_WRITE);
      await sql.run(FILL);
      expect(await countInstants(sql, 7, 1, 1, 100)).to.equal(1_000);
      expect(await countInstants(sql, 7, 1, 0, 100), "none is an instant").to.equal(0);
    } finally {
      await db.close();
      await dropSchema(schema);
    }
  });
});
