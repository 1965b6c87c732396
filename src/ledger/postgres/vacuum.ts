/**
 * Lets PostgreSQL use the room of what is gone from a ledger's tables again, and learn what is in them.
 */
import { type BusyShape, checkIdle, FIND_BUSY } from "../sql/check-idle.ts";
import type { PostgresAddress } from "./address.ts";
import { ServerClock } from "./clock.ts";
import { numbered } from "./numbered.ts";
import { openPostgresDatabase } from "./open-database.ts";

const TABLES = `SELECT c.relname AS name FROM pg_class c
  WHERE c.relnamespace = to_regnamespace(current_schema()::text) AND c.relkind = 'r' ORDER BY c.relname`;
const SIZE = `SELECT coalesce(sum(pg_total_relation_size(c.oid)), 0)::bigint AS bytes FROM pg_class c
  WHERE c.relnamespace = to_regnamespace(current_schema()::text) AND c.relkind = 'r'`;

/** Rejects with FatalError `lease_held` and `run_waits` as for a file, and `ledger_failed`. */
export async function vacuumPostgres(
  address: PostgresAddress,
): Promise<{ readonly bytesBefore: number; readonly bytesAfter: number }> {
  const { db, listener } = await openPostgresDatabase(address, false);
  try {
    const clock = new ServerClock();
    await clock.measure(db);
    checkIdle(await db.get<BusyShape>(numbered(FIND_BUSY), clock.nowMs()));
    const sizeOf = async () => Number((await db.get<{ bytes: number }>(SIZE))?.bytes ?? 0);
    const bytesBefore = await sizeOf();
    for (const { name } of await db.all<{ name: string }>(TABLES)) await db.run(`VACUUM (ANALYZE) "${name}"`);
    return { bytesBefore, bytesAfter: await sizeOf() };
  } finally {
    await listener[Symbol.asyncDispose]();
    await db.close();
  }
}
