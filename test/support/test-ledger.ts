/**
 * The ledger of a test of whole runs or of a command: a SQLite file, or with TEST_LEDGER=postgres a schema of its own in the database at
 * TEST_POSTGRES_URL. Required by mocha (`npm run test:postgres`), it drops those schemas at the end.
 */
import { createHash, randomBytes } from "node:crypto";
import { DatabaseSync } from "node:sqlite";
import type { Client } from "pg";
import type { Ledger } from "../../src/ledger/ledger.ts";
import { parsePostgresUrl } from "../../src/ledger/postgres/address.ts";
import { openPostgresLedger } from "../../src/ledger/postgres/open-ledger.ts";
import { openSqliteLedger } from "../../src/ledger/sqlite/open-ledger.ts";

export const IS_POSTGRES = process.env.TEST_LEDGER === "postgres";

/** What the names of all schemas of this run begin with; mocha's workers have it from the process that starts them. */
process.env.TEST_SCHEMAS ??= `t_${randomBytes(4).toString("hex")}`;
const SCHEMAS = process.env.TEST_SCHEMAS;

/** What TIEOUT_LEDGER is set to for the ledger at `path`. */
export function ledgerFor(path: string): string {
  if (!IS_POSTGRES) return path;
  const url = new URL(databaseUrl());
  url.searchParams.set("schema", `${SCHEMAS}_${createHash("sha256").update(path).digest("hex").slice(0, 16)}`);
  return url.href;
}

/** A SQLite ledger that is not `durable` is quicker, and outlives everything but a loss of power. */
export function openTestLedger(path: string, { durable = true } = {}): Promise<Ledger> {
  return IS_POSTGRES ? openPostgresLedger(parsePostgresUrl(ledgerFor(path))) : openSqliteLedger(path, { durable });
}

/** Changes the ledger behind its back. */
export async function tamperWith(path: string, sql: string): Promise<void> {
  if (!IS_POSTGRES) {
    using database = new DatabaseSync(path);
    database.exec(sql);
    return;
  }
  await withClient((client) => client.query(`SET search_path = ${parsePostgresUrl(ledgerFor(path)).schema}; ${sql}`));
}

/** For what holds for a ledger in a file alone: mocha lists it as pending on PostgreSQL. */
export function describeOnFile(title: string, define: () => void): void {
  if (IS_POSTGRES) describe.skip(title, define);
  else describe(title, define);
}

/** The same for one test. */
export function itOnFile(title: string, test: () => Promise<void>): void {
  if (IS_POSTGRES) it.skip(title, test);
  else it(title, test);
}

export async function mochaGlobalTeardown(): Promise<void> {
  if (!IS_POSTGRES) return;
  await withClient(async (client) => {
    const sql = "SELECT nspname AS name FROM pg_namespace WHERE starts_with(nspname, $1)";
    const { rows } = await client.query<{ name: string }>(sql, [`${SCHEMAS}_`]);
    for (const { name } of rows) await client.query(`DROP SCHEMA ${name} CASCADE`);
  });
}

async function withClient(act: (client: Client) => Promise<unknown>): Promise<void> {
  const client = new (await import("pg")).default.Client({ connectionString: databaseUrl() });
  await client.connect();
  try {
    await act(client);
  } finally {
    await client.end();
  }
}

function databaseUrl(): string {
  const url = process.env.TEST_POSTGRES_URL;
  if (!url) throw new Error("TEST_LEDGER=postgres needs the URL of a database in TEST_POSTGRES_URL");
  return url;
}
