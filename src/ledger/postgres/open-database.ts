/**
 * Opens the connections to a ledger in PostgreSQL: an address comes in, a database of the present version goes out. Never touches a schema
 * that isn't a ledger.
 */
import type { Pool, PoolClient } from "pg";
import { FatalError } from "../../errors/fatal-error.ts";
import type { PostgresAddress } from "./address.ts";
import { checkServer } from "./checks.ts";
import { PostgresDatabase } from "./database.ts";
import { Listener } from "./listener.ts";
import { loadPeer } from "./load-peer.ts";
import { lookAtSchema, migrate } from "./schema.ts";
import { troubleOf } from "./troubles.ts";

/** The most connections of one process, beside the one that listens: one writes, the others read. */
const MOST_CONNECTIONS = 5;
/** How long a connection may take to come about. */
const CONNECT_MS = 10_000;
/**
 * A process that is stopped or cut off within a transaction keeps rows locked that others wait for; the server ends it after so long. Also
 * how long a statement waits for a row of another process.
 */
const IDLE_MS = 5_000;
const LOCK_MS = 30_000;
/** Longer than any statement takes, also over a million rows: without an answer for so long the way to the server is cut. */
const ANSWER_MS = 300_000;

/**
 * Every query walks along an index, and looks the rest up by one. On a table that has just been filled the server knows too little to see
 * that, might read all of it instead, and stay with that.
 */
const BY_INDEX = {
  enable_seqscan: "off",
  enable_bitmapscan: "off",
  enable_hashjoin: "off",
  enable_mergejoin: "off",
  enable_material: "off",
  jit: "off",
};

/** PostgreSQL's number for `bigint`, which `pg` gives as text. Counts and times are well below 2^53. */
const BIGINT = 20;

/** The server's settings for each connection. */
function settingsOf({ schema, options }: PostgresAddress): string {
  const ours = {
    search_path: schema,
    idle_in_transaction_session_timeout: IDLE_MS,
    lock_timeout: LOCK_MS,
    ...BY_INDEX,
  };
  return [options, ...Object.entries(ours).map(([name, value]) => `-c ${name}=${value}`)].join(" ").trim();
}

export interface Opened {
  readonly db: PostgresDatabase;
  readonly listener: Listener;
  /** Whether there was no ledger before. */
  readonly isNew: boolean;
}

/**
 * Rejects with FatalError `ledger_unusable`, with the address without its password and the next step; with `ledger_failed` for what a
 * later start may find better, such as a server that is starting.
 */
export async function openPostgresDatabase(address: PostgresAddress, mayBegin: boolean): Promise<Opened> {
  const { Pool: Connections, Client: Connection, types } = (await loadPeer("pg", () => import("pg"))).default;
  const how = {
    connectionString: address.url,
    options: settingsOf(address),
    application_name: "tieout",
    connectionTimeoutMillis: CONNECT_MS,
    query_timeout: ANSWER_MS,
    keepAlive: true,
  };
  const pool: Pool = new Connections({
    ...how,
    max: MOST_CONNECTIONS,
    types: { getTypeParser: (oid: number, format) => (oid === BIGINT ? Number : types.getTypeParser(oid, format)) },
  });
  const db = new PostgresDatabase(pool, address.name);
  try {
    const client: PoolClient = await pool.connect();
    try {
      await checkServer(client, address);
      const isNew = await migrate(client, address, mayBegin);
      return { db, isNew, listener: new Listener(() => new Connection(how), address.schema) };
    } finally {
      client.release();
    }
  } catch (error) {
    await db.close().catch(() => {});
    throw openFailure(error, address);
  }
}

function openFailure(error: unknown, { name }: PostgresAddress): unknown {
  const trouble = error instanceof FatalError ? undefined : troubleOf(error);
  if (trouble === undefined) return error;
  const code = trouble.kind === "lasting" ? "ledger_unusable" : "ledger_failed";
  return new FatalError(code, `the ledger ${name} cannot be opened: ${trouble.what}`, {
    hint: trouble.hint,
    cause: error,
  });
}

/** What is at the address; `version` 0 where a ledger may be begun. */
export interface InspectedDatabase {
  readonly release: string;
  readonly version: number;
  readonly bytes: number;
}

/** Rejects as opening the ledger does. Makes and changes nothing. */
export async function inspectPostgresLedger(address: PostgresAddress): Promise<InspectedDatabase> {
  const { Client: Connection } = (await loadPeer("pg", () => import("pg"))).default;
  const client = new Connection({
    connectionString: address.url,
    options: settingsOf(address),
    application_name: "tieout",
    connectionTimeoutMillis: CONNECT_MS,
    query_timeout: CONNECT_MS,
  });
  client.on("error", () => {});
  try {
    await client.connect();
    await checkServer(client, address);
    const version = await lookAtSchema(client, address);
    const { rows } = await client.query<{ release: string; bytes: string }>(
      `SELECT current_setting('server_version') AS release, coalesce(sum(pg_total_relation_size(c.oid)), 0)::text AS bytes
         FROM pg_class c WHERE c.relnamespace = to_regnamespace($1)::oid AND c.relkind = 'r'`,
      [address.schema],
    );
    return { release: rows[0]?.release ?? "", version, bytes: Number(rows[0]?.bytes ?? 0) };
  } catch (error) {
    throw openFailure(error, address);
  } finally {
    await client.end().catch(() => {});
  }
}
