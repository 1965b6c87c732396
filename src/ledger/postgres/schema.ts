/**
 * Brings a PostgreSQL ledger from an older version to the present one, or makes it. A newer one is never touched, and neither is another
 * program's schema.
 */
import type { ClientBase } from "pg";
import { FatalError } from "../../errors/fatal-error.ts";
import type { PostgresAddress } from "./address.ts";
import { MIGRATIONS } from "./migrations.ts";

/** The version that this program writes. */
export const SCHEMA_VERSION = MIGRATIONS.length;

/** Held by one migration at a time, in whichever schema. Any number that no other program uses. */
const MIGRATING = 0x54696532;

const RIGHTS = ["SELECT", "INSERT", "UPDATE", "DELETE"];

/** Every right on every table of the schema `n`. */
const HAS_RIGHTS = `coalesce((SELECT bool_and(${RIGHTS.map((right) => `has_table_privilege(c.oid, '${right}')`).join(" AND ")})
  FROM pg_class c WHERE c.relnamespace = n.oid AND c.relkind = 'r'), true)`;

/** Asks for nothing that needs a right. */
const LOOK = `SELECT n.oid IS NOT NULL AS exists, quote_ident(current_user) AS user,
    EXISTS (SELECT 1 FROM pg_class c WHERE c.relnamespace = n.oid AND c.relname = 'tieout_meta') AS ours,
    EXISTS (SELECT 1 FROM pg_class c WHERE c.relnamespace = n.oid) AS used,
    CASE WHEN n.oid IS NULL THEN has_database_privilege(current_database(), 'CREATE')
      ELSE has_schema_privilege(n.oid, 'CREATE') END AS "mayMake",
    n.oid IS NULL OR has_schema_privilege(n.oid, 'USAGE') AND ${HAS_RIGHTS} AS "mayUse"
  FROM (SELECT to_regnamespace($1)::oid AS oid) n`;

interface Found {
  readonly exists: boolean;
  /** As GRANT names it. */
  readonly user: string;
  /** Whether it has the table that says so. */
  readonly ours: boolean;
  readonly used: boolean;
  /** Whether the user may make what is not there: the schema, or tables in it. */
  readonly mayMake: boolean;
  readonly mayUse: boolean;
}

/** The version that is there, 0 for a ledger that may be begun. Rejects as `migrate` does, and changes nothing. */
export async function lookAtSchema(client: ClientBase, address: PostgresAddress): Promise<number> {
  const look = await one<Found>(client, LOOK, address.schema);
  checkLook(look, address, true);
  return look.ours ? checkVersion(client, address) : 0;
}

/**
 * Resolves with whether the ledger is new. Rejects with FatalError `no_ledger` where there is none and none may begin, and with
 * `ledger_unusable` for another program's schema, a version of the future and missing rights.
 */
export async function migrate(client: ClientBase, address: PostgresAddress, mayBegin: boolean): Promise<boolean> {
  const { schema } = address;
  const look = await one<Found>(client, LOOK, schema);
  checkLook(look, address, mayBegin);
  if (look.ours && (await checkVersion(client, address)) === SCHEMA_VERSION) return false;
  await client.query("BEGIN");
  try {
    await client.query("SELECT pg_advisory_xact_lock($1)", [MIGRATING]);
    if (!look.exists) await client.query(`CREATE SCHEMA IF NOT EXISTS "${schema}"`);
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

async function checkVersion(client: ClientBase, { name }: PostgresAddress): Promise<number> {
  const { version } = await one<{ version: number | null }>(client, "SELECT max(version) AS version FROM tieout_meta");
  if (version === null || version <= SCHEMA_VERSION) return version ?? 0;
  const message = `the ledger ${name} has version ${version}, and this Tieout supports up to ${SCHEMA_VERSION}`;
  throw unusable(message, "use a newer Tieout, or set TIEOUT_LEDGER to another database");
}

function checkLook(
  { exists, user, ours, used, mayMake, mayUse }: Found,
  address: PostgresAddress,
  mayBegin: boolean,
): void {
  const { name, schema } = address;
  if (used && !ours)
    throw unusable(`the schema ${schema} of ${name} is not a Tieout ledger`, "name another one: ?schema=tieout_2");
  if (!ours && !mayBegin)
    throw new FatalError("no_ledger", `there is no ledger at ${name}`, {
      hint: "set TIEOUT_LEDGER to your ledger; tieout run begins a new one",
    });
  if (!ours && !mayMake)
    throw unusable(
      `the ledger ${name} cannot be made: its user may not make ${exists ? "tables there" : "a schema"}`,
      `let an owner type ${exists ? `GRANT USAGE, CREATE ON SCHEMA ${schema} TO` : `CREATE SCHEMA ${schema} AUTHORIZATION`} ${user}`,
    );
  if (!mayUse)
    throw unusable(
      `the ledger ${name} cannot be used: its user lacks rights on it`,
      `let the owner type GRANT USAGE ON SCHEMA ${schema} TO ${user}; ` +
        `GRANT ${RIGHTS.join(", ")} ON ALL TABLES IN SCHEMA ${schema} TO ${user}`,
    );
}

/** The one row of a query that always has one. */
async function one<Shape extends object>(
  client: ClientBase,
  sql: string,
  ...values: readonly string[]
): Promise<Shape> {
  const { rows } = await client.query<Shape & Record<string, unknown>>(sql, [...values]);
  return rows[0] as Shape;
}

function unusable(message: string, hint: string): FatalError {
  return new FatalError("ledger_unusable", message, { hint });
}
