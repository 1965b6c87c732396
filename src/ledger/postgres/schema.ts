/**
 * Brings a PostgreSQL ledger from an older version to the present one, or makes it. A newer one is never touched, and neither is another
 * program's schema.
 */
import type { PoolClient } from "pg";
import { FatalError } from "../../errors/fatal-error.ts";
import type { PostgresAddress } from "./address.ts";
import { MIGRATIONS } from "./migrations.ts";

/** The version that this program writes. */
export const SCHEMA_VERSION = MIGRATIONS.length;

/** Held by one migration at a time, in whichever schema. Any number that no other program uses. */
const MIGRATING = 0x54696532;

const LOOK = `SELECT to_regnamespace($1) IS NOT NULL AS exists, to_regclass($2) IS NOT NULL AS ours,
  EXISTS (SELECT 1 FROM pg_class WHERE relnamespace = to_regnamespace($1)) AS used`;

const RIGHTS = ["SELECT", "INSERT", "UPDATE", "DELETE"];

/** Every right on every table of the schema. */
const HAS_RIGHTS = `SELECT coalesce(bool_and(${RIGHTS.map((right) => `has_table_privilege(oid, '${right}')`).join(" AND ")}), true) AS all
  FROM pg_class WHERE relnamespace = to_regnamespace($1) AND relkind = 'r'`;

interface Found {
  readonly exists: boolean;
  /** Whether it has the table that says so. */
  readonly ours: boolean;
  readonly used: boolean;
}

/**
 * Resolves with whether the ledger is new. Rejects with FatalError `ledger_unusable` where there is none and none may begin, and for another
 * program's schema, a version of the future and missing rights.
 */
export async function migrate(client: PoolClient, address: PostgresAddress, mayBegin: boolean): Promise<boolean> {
  const { schema } = address;
  const look = await one<Found>(client, LOOK, schema, `${schema}.tieout_meta`);
  if (look.used && !look.ours)
    throw unusable(
      `the schema ${schema} of ${address.name} is not a Tieout ledger`,
      "name another one: ?schema=tieout_2",
    );
  if (!look.ours && !mayBegin) {
    throw unusable(
      `there is no ledger at ${address.name}`,
      "set TIEOUT_LEDGER to your ledger; tieout run begins a new one",
    );
  }
  if (look.ours && (await checkVersion(client, address)) === SCHEMA_VERSION) {
    await checkRights(client, address);
    return false;
  }
  await client.query("BEGIN");
  try {
    await client.query("SELECT pg_advisory_xact_lock($1)", [MIGRATING]);
    if (!look.exists) await client.query(`CREATE SCHEMA IF NOT EXISTS ${schema}`);
    await client.query("CREATE TABLE IF NOT EXISTS tieout_meta (version integer NOT NULL)");
    // Another process may have come first.
    const version = await checkVersion(client, address);
    for (const migration of MIGRATIONS.slice(version)) await client.query(migration);
    await client.query("DELETE FROM tieout_meta");
    await client.query("INSERT INTO tieout_meta (version) VALUES ($1)", [SCHEMA_VERSION]);
    await client.query("COMMIT");
    return version === 0;
  } catch (error) {
    await client.query("ROLLBACK").catch(() => {});
    throw error;
  }
}

async function checkVersion(client: PoolClient, { name }: PostgresAddress): Promise<number> {
  const { version } = await one<{ version: number | null }>(client, "SELECT max(version) AS version FROM tieout_meta");
  if (version === null || version <= SCHEMA_VERSION) return version ?? 0;
  const message = `the ledger ${name} has version ${version}, and this Tieout supports up to ${SCHEMA_VERSION}`;
  throw unusable(message, "use a newer Tieout, or set TIEOUT_LEDGER to another database");
}

async function checkRights(client: PoolClient, { name, schema }: PostgresAddress): Promise<void> {
  const { all } = await one<{ all: boolean }>(client, HAS_RIGHTS, schema);
  if (all) return;
  const message = `the ledger ${name} cannot be used: its user lacks rights on tables of the schema ${schema}`;
  throw unusable(message, `as the owner: GRANT ${RIGHTS.join(", ")} ON ALL TABLES IN SCHEMA ${schema} TO that user`);
}

/** The one row of a query that always has one. */
async function one<Shape extends object>(
  client: PoolClient,
  sql: string,
  ...values: readonly string[]
): Promise<Shape> {
  const { rows } = await client.query<Shape & Record<string, unknown>>(sql, [...values]);
  return rows[0] as Shape;
}

function unusable(message: string, hint: string): FatalError {
  return new FatalError("ledger_unusable", message, { hint });
}
