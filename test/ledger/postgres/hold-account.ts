/**
 * A third party that keeps the row of an account locked, so that two processes come one after the other to a place between their statements.
 */
import { setTimeout as delay } from "node:timers/promises";
import { Client } from "pg";
import { POSTGRES_URL } from "./use-postgres.ts";

/** How many sessions wait for the one that asks, or for one that does. */
const COUNT_WAITING = `WITH RECURSIVE waiting (pid) AS (SELECT pg_backend_pid() UNION
    SELECT l.pid FROM pg_locks l JOIN waiting w ON w.pid = ANY(pg_blocking_pids(l.pid)) WHERE NOT l.granted)
  SELECT count(*)::integer - 1 AS sessions FROM waiting`;

export interface HeldRow extends AsyncDisposable {
  /** Resolves once so many sessions wait for it. */
  waitFor(sessions: number): Promise<void>;
  release(): Promise<void>;
}

export async function holdAccount(schema: string, identity: string): Promise<HeldRow> {
  const client = new Client({ connectionString: POSTGRES_URL });
  await client.connect();
  await client.query("BEGIN");
  await client.query(`SELECT 1 FROM ${schema}.accounts WHERE identity = $1 FOR UPDATE`, [identity]);
  return {
    async waitFor(sessions) {
      while ((await client.query(COUNT_WAITING)).rows[0].sessions < sessions) await delay(5);
    },
    async release() {
      await client.query("ROLLBACK");
    },
    [Symbol.asyncDispose]: () => client.end(),
  };
}
