/**
 * The fence before every write: whether its lease still is the one that was claimed. Whoever takes a lease over waits for the transactions
 * that have seen it, so that all they wrote is committed before.
 */
import type { Lease } from "../run.ts";
import { FIND_MOVED, ledgerMoved } from "../sql/moved.ts";
import type { Sql } from "./database.ts";

/** In the order of their names, so that two processes never wait for each other. */
const LOCK_HELD = `SELECT name, owner, token FROM leases WHERE name = ANY($1) ORDER BY name FOR SHARE`;

/** Of these writes those whose lease is another's, each with that lease; null for a write without one. Only within a transaction. */
export async function checkLeases<Write>(
  sql: Sql,
  writes: readonly Write[],
  leaseOf: (write: Write) => Lease | null,
): Promise<ReadonlyMap<Write, Lease>> {
  const wanted = writes.flatMap((write) => {
    const lease = leaseOf(write);
    return lease === null ? [] : [[write, lease] as const];
  });
  if (wanted.length === 0) return new Map();
  const names = [...new Set(wanted.map(([, { name }]) => name))];
  const held = await sql.all<Pick<Lease, "name" | "owner" | "token">>(LOCK_HELD, names);
  const isHeld = ({ name, owner, token }: Lease) =>
    held.some((one) => one.name === name && one.owner === owner && one.token === token);
  return new Map(wanted.filter(([, lease]) => !isHeld(lease)));
}

/** For a write without a lease, which ends with a move: throws FatalError `ledger_moved`. Whoever moves the ledger waits for its lock. */
export async function checkIsHere(sql: Sql): Promise<void> {
  const moved = await sql.get<{ owner: string }>(`${FIND_MOVED} FOR SHARE`);
  if (moved !== undefined) throw ledgerMoved(moved.owner);
}
