/**
 * What `ledger check` finds of a database in PostgreSQL without any extension: an index that a failed build has left.
 */
import { expect } from "chai";
import pg from "pg";
import { parsePostgresUrl } from "../../../src/ledger/postgres/address.ts";
import { openPostgresLedger } from "../../../src/ledger/postgres/open-ledger.ts";
import { describeOnPostgres, dropSchema, ledgerUrl, newSchema, POSTGRES_URL } from "./use-postgres.ts";

describeOnPostgres("the integrity of a ledger in PostgreSQL", () => {
  it("names an index that is not whole", async () => {
    const schema = newSchema();
    const client = new pg.Client({ connectionString: POSTGRES_URL });
    await client.connect();
    try {
      await using ledger = await openPostgresLedger(parsePostgresUrl(ledgerUrl(schema)));
      expect(await ledger.integrity.check()).to.deep.equal([]);
      await client.query(
        `INSERT INTO ${schema}.leases (name, owner, token, since, until) VALUES ('a', '', 1, 1, 0), ('b', '', 1, 1, 0)`,
      );
      const build = `CREATE UNIQUE INDEX CONCURRENTLY leases_twice ON ${schema}.leases (token)`;
      const failed = await client.query(build).catch((error: unknown) => error);
      expect(failed).to.be.instanceOf(Error);
      expect(await ledger.integrity.check()).to.deep.equal([
        { table: "leases", problem: "the index leases_twice is not whole; REINDEX makes it anew" },
      ]);
    } finally {
      await client.end();
      await dropSchema(schema);
    }
  });
});
