/**
 * The real PostgreSQL server that TEST_POSTGRES_URL names, for tests: each has a schema there, which the ledger itself has made, and in which
 * nothing is.
 */
import { randomBytes } from "node:crypto";
import { Pool, type QueryResultRow } from "pg";
import { parsePostgresUrl } from "../../../src/ledger/postgres/address.ts";
import { openPostgresLedger } from "../../../src/ledger/postgres/open-ledger.ts";
import type { LedgerImplementation } from "../use-ledger.ts";

/** "" without one. */
export const POSTGRES_URL = process.env.TEST_POSTGRES_URL ?? "";

/** A suite that needs the server. Without one it is a single pending line. */
export function describeOnPostgres(title: string, define: (this: Mocha.Suite) => void): void {
  if (POSTGRES_URL !== "") {
    describe(title, function () {
      define.call(this);
      after(async () => {
        for (const schema of spare.splice(0)) await dropSchema(schema);
      });
    });
    return;
  }
  const suite = describe.skip(title, define) as Mocha.Suite;
  suite.parent?.suites.pop();
  describe(title, () => {
    it.skip(`skipped, since TEST_POSTGRES_URL is not set: ${suite.total()} checks`);
  });
}

export function newSchema(): string {
  return `t_${randomBytes(8).toString("hex")}`;
}

/** As TIEOUT_LEDGER names a ledger in that schema. */
export function ledgerUrl(schema: string, over: Partial<Pick<URL, "pathname" | "username" | "host">> = {}): string {
  const url = Object.assign(new URL(POSTGRES_URL), over);
  url.searchParams.set("schema", schema);
  return url.href;
}

const pools = new Map<string, Pool>();

/** Asks the server beside every ledger; resolves with the rows. */
export async function ask(sql: string, url = POSTGRES_URL): Promise<QueryResultRow[]> {
  const pool = pools.get(url) ?? openPool(url);
  pools.set(url, pool);
  return (await pool.query(sql)).rows;
}

function openPool(url: string): Pool {
  const pool = new Pool({ connectionString: url, max: 1, allowExitOnIdle: true });
  // Its server may be stopped, and its database dropped.
  return pool.on("error", () => {});
}

export async function dropSchema(schema: string): Promise<void> {
  await ask(`SET client_min_messages = warning; DROP SCHEMA IF EXISTS ${schema} CASCADE`);
}

/** Of earlier tests, with an empty ledger each: to make one takes many times as long as to empty it. */
const spare: string[] = [];

/** A schema with an empty ledger, or with none yet. To be given back. */
export function takeSchema(): string {
  return spare.pop() ?? newSchema();
}

/** Once every ledger in it is closed. */
export async function giveBack(schema: string): Promise<void> {
  const tables = await ask(
    `SELECT tablename FROM pg_tables WHERE schemaname = '${schema}' AND tablename <> 'tieout_meta'`,
  );
  await without(tables.map(({ tablename }) => `DELETE FROM ${schema}.${tablename}`).join("; "));
  spare.push(schema);
}

/** Without triggers: the audit trail has some that keep its entries. */
const without = (sql: string) =>
  ask(`SET session_replication_role = replica; ${sql}; SET session_replication_role = origin`);

const schemas = new Map<string, string>();

/** A ledger of its own for each folder. */
export const POSTGRES: LedgerImplementation = {
  name: "PostgreSQL",
  open(folder) {
    const schema = schemas.get(folder) ?? takeSchema();
    schemas.set(folder, schema);
    return openPostgresLedger(parsePostgresUrl(ledgerUrl(schema)));
  },
  async tamper(folder, sql, withTriggers) {
    const inSchema = `SET search_path = ${schemas.get(folder)}; ${sql}; RESET search_path`;
    await (withTriggers ? ask(inSchema) : without(inSchema));
  },
  async remove(folder) {
    const schema = schemas.get(folder);
    if (schema !== undefined) await giveBack(schema);
    schemas.delete(folder);
  },
};
