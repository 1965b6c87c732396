/**
 * Leases in SQLite: who may work under a name, and until when. A name's token rises with each new owner and is never reused, so that a
 * write under an old one is recognised.
 */
import type { LeasesLedger } from "../ledger.ts";
import type { Lease } from "../run.ts";
import type { SqliteDatabase } from "./database.ts";
import type { SqliteStore } from "./store.ts";

const SELECT = "SELECT name, owner, token, since AS sinceMs, until AS untilMs FROM leases WHERE name = ?";

/** A released lease stays to remember its token: owned by "", until 0. */
const CLAIM = `INSERT INTO leases (name, owner, token, since, until) VALUES (?1, ?2, 1, ?3, ?4)
  ON CONFLICT (name) DO UPDATE SET until = ?4, owner = ?2,
    token = CASE WHEN owner = ?2 THEN token ELSE token + 1 END, since = CASE WHEN owner = ?2 THEN since ELSE ?3 END
  WHERE owner = ?2 OR until <= ?3`;

const HOLDER = "name = ? AND owner = ? AND token = ?";
const IS_HELD = `SELECT 1 FROM leases WHERE ${HOLDER}`;
const RENEW = `UPDATE leases SET until = ? WHERE ${HOLDER}`;
const RELEASE = `UPDATE leases SET owner = '', until = 0 WHERE ${HOLDER}`;

/** Whether somebody holds the lease at that time. */
export function isLeaseAlive(db: SqliteDatabase, name: string, nowMs: number): boolean {
  return db.get("SELECT 1 FROM leases WHERE name = ? AND until > ?", name, nowMs) !== undefined;
}

/**
 * Whether a lease still is the one that was claimed: nobody has taken it since, and it was not released. Only within a
 * write; the database is asked once for each transaction, since within one no other process changes a lease.
 */
export function leaseCheck(store: SqliteStore): (lease: Lease) => boolean {
  let held: { readonly lease: Lease; readonly transaction: number } | undefined;
  return (lease) => {
    const { transaction } = store;
    if (held?.lease === lease && held.transaction === transaction) return true;
    if (store.db.get(IS_HELD, lease.name, lease.owner, lease.token) === undefined) return false;
    held = { lease, transaction };
    return true;
  };
}

export function sqliteLeases(store: SqliteStore): LeasesLedger {
  const { db } = store;
  const find = (name: string) => db.get<Lease>(SELECT, name);
  return {
    async find(name) {
      const lease = find(name);
      return lease && { ...lease };
    },

    claim(name, owner, ttlMs, nowMs) {
      return store.writeLease(() => {
        const isClaimed = db.run(CLAIM, name, owner, nowMs, nowMs + ttlMs) > 0;
        // One of the two has just written or refused that very row.
        const lease = find(name) as Lease;
        return { kind: isClaimed ? "claimed" : "held", lease: { ...lease } };
      });
    },

    renew(lease, ttlMs, nowMs) {
      return store.writeLease(() => {
        const untilMs = nowMs + ttlMs;
        return db.run(RENEW, untilMs, lease.name, lease.owner, lease.token) > 0 ? { ...lease, untilMs } : undefined;
      });
    },

    release(lease) {
      return store.writeLease(() => {
        db.run(RELEASE, lease.name, lease.owner, lease.token);
      });
    },
  };
}
