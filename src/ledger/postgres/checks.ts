/**
 * What a server must be before a ledger in it is trusted: the primary one, asked without a pooler, and as durable as it can be. Changes
 * nothing.
 */
import type { PoolClient } from "pg";
import { FatalError } from "../../errors/fatal-error.ts";
import type { PostgresAddress } from "./address.ts";

/** PostgreSQL 14 is the oldest that its makers keep. */
const OLDEST = 140_000;

const ABOUT = `SELECT current_setting('server_version_num')::integer AS version, current_setting('server_version') AS release,
  current_setting('server_encoding') AS encoding, current_setting('synchronous_commit') AS commits, current_setting('fsync') AS fsync,
  pg_is_in_recovery() AS standby, current_setting('transaction_read_only') AS read_only, pg_backend_pid() AS pid`;

interface About {
  readonly version: number;
  readonly release: string;
  readonly encoding: string;
  readonly commits: string;
  readonly fsync: string;
  readonly standby: boolean;
  readonly read_only: string;
  readonly pid: number;
}

/** Throws FatalError `ledger_unusable` with what is wrong with the server, and what to do. */
export async function checkServer(client: PoolClient, address: PostgresAddress): Promise<void> {
  const [about] = (await client.query<About & Record<string, unknown>>(ABOUT)).rows;
  const wrong = about && findWrong(about, Reflect.get(client, "processID"));
  if (!wrong) return;
  const [why, hint] = wrong;
  throw new FatalError("ledger_unusable", `the ledger ${address.name} cannot be kept there: ${why}`, { hint });
}

function findWrong(about: About, processId: unknown): readonly [why: string, hint: string] | undefined {
  if (about.version < OLDEST) return [`the server is PostgreSQL ${about.release}`, "use PostgreSQL 14 or newer"];
  // A server names its own process as a connection begins; a pooler cannot, since it has none yet.
  if (processId !== about.pid)
    return [
      "a connection pooler stands before the server",
      "set TIEOUT_LEDGER to the server itself: Tieout pools its connections",
    ];
  if (about.standby) return ["the server is a standby, which only reads", "set TIEOUT_LEDGER to the primary server"];
  if (about.read_only === "on")
    return ["transactions are read-only there", "use a user and a database with default_transaction_read_only = off"];
  if (about.commits === "off" || about.fsync === "off")
    return [
      `${about.fsync === "off" ? "fsync" : "synchronous_commit"} is off, so what is committed can be lost`,
      "set synchronous_commit = on and fsync = on",
    ];
  if (about.encoding !== "UTF8")
    return [
      `the database is in ${about.encoding}`,
      "make a database with ENCODING 'UTF8', and set TIEOUT_LEDGER to it",
    ];
  return undefined;
}
