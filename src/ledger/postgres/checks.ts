/**
 * What a server must be before a ledger in it is trusted: the primary one, asked without a pooler, and as durable as it can be. Changes
 * nothing.
 */
import type { ClientBase } from "pg";
import { FatalError } from "../../errors/fatal-error.ts";
import type { PostgresAddress } from "./address.ts";

/** PostgreSQL 14 is the oldest that its makers keep. */
const OLDEST = 140_000;

const ABOUT = `SELECT current_setting('server_version_num')::integer AS version, current_setting('server_version') AS release,
  current_setting('server_encoding') AS encoding, pg_is_in_recovery() AS standby, pg_backend_pid() AS pid,
  current_setting('transaction_read_only') = 'on' AS is_read_only,
  quote_ident(current_user) || ' IN DATABASE ' || quote_ident(current_database()) AS who,
  ARRAY(SELECT name::text FROM pg_settings WHERE setting = 'off' AND name IN ('synchronous_commit', 'fsync', 'full_page_writes')) AS off`;

interface About {
  readonly version: number;
  readonly release: string;
  readonly encoding: string;
  readonly standby: boolean;
  readonly pid: number;
  readonly is_read_only: boolean;
  /** As ALTER ROLE names them. */
  readonly who: string;
  /** What must be on, so that nothing is lost that was committed. */
  readonly off: readonly string[];
}

/** Throws FatalError `ledger_unusable` with what is wrong with the server, and what to do. */
export async function checkServer(client: ClientBase, address: PostgresAddress): Promise<void> {
  const [about] = (await client.query<About & Record<string, unknown>>(ABOUT)).rows;
  const wrong = about && findWrong(about, Reflect.get(client, "processID"));
  if (!wrong) return;
  const [why, hint] = wrong;
  throw new FatalError("ledger_unusable", `the ledger ${address.name} cannot be kept there: ${why}`, { hint });
}

function findWrong(about: About, processId: unknown): readonly [why: string, hint: string] | undefined {
  const { version, release, encoding, standby, pid, is_read_only, who, off } = about;
  if (version < OLDEST) return [`the server is PostgreSQL ${release}`, "use PostgreSQL 14 or newer"];
  // A server names its own process as a connection begins; a pooler cannot, since it has none yet.
  if (processId !== pid)
    return [
      "a connection pooler stands before the server",
      "set TIEOUT_LEDGER to the server itself: Tieout pools its connections",
    ];
  if (standby) return ["the server is a standby, which only reads", "set TIEOUT_LEDGER to the primary server"];
  if (is_read_only)
    return ["transactions are read-only there", `type ALTER ROLE ${who} SET default_transaction_read_only = off`];
  const [setting] = off;
  if (setting !== undefined) {
    // Each session may set its own synchronous_commit; the others are the server's.
    const set = setting === "synchronous_commit" ? `ALTER ROLE ${who}` : "ALTER SYSTEM";
    const reload = setting === "synchronous_commit" ? "" : "; SELECT pg_reload_conf()";
    return [`${setting} is off, so what is committed can be lost`, `type ${set} SET ${setting} = on${reload}`];
  }
  if (encoding !== "UTF8")
    return [
      `the database is in ${encoding}`,
      "type CREATE DATABASE tieout_utf8 ENCODING 'UTF8' TEMPLATE template0, and set TIEOUT_LEDGER to it",
    ];
  return undefined;
}
