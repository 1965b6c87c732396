/**
 * The fence before every write: whether its lease still is the one that was claimed. Whoever takes a lease over waits for the transactions
 * that have seen it, so that all they wrote is committed before.
 */
import type { FatalError } from "../../errors/fatal-error.ts";
import type { Lease } from "../run.ts";
import { leaseLost } from "../sql/errors.ts";
import type { Sql } from "./database.ts";

/** In the order of their names, so that two processes never wait for each other. */
const LOCK_HELD = `SELECT name, owner, token FROM leases WHERE name = ANY($1) ORDER BY name FOR SHARE`;

/** Of these writes those that may not be made, each with FatalError `lease_lost`. Only within a transaction. */
export async function checkLeases<Write extends { readonly fence: (() => Lease) | null }>(
  sql: Sql,
  writes: readonly Write[],
): Promise<ReadonlyMap<Write, FatalError>> {
  const wanted = writes.flatMap((write) => (write.fence === null ? [] : [{ write, lease: write.fence() }]));
  if (wanted.length === 0) return new Map();
  const names = [...new Set(wanted.map(({ lease }) => lease.name))];
  const held = await sql.all<Pick<Lease, "name" | "owner" | "token">>(LOCK_HELD, names);
  const isHeld = ({ name, owner, token }: Lease) =>
    held.some((one) => one.name === name && one.owner === owner && one.token === token);
  const lost = wanted.filter(({ lease }) => !isHeld(lease));
  return new Map(
    lost.map(({ write, lease }) => [write, leaseLost(`${lease.owner} no longer has the lease ${lease.name}`)]),
  );
}
