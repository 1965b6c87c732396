/**
 * Leases in PostgreSQL: who may work under a name, and until when. A name's token rises with each new owner and is never reused, so that a
 * write under an old one is recognised. A change of a lease waits for the transactions that rely on it.
 */
import type { LeasesLedger } from "../ledger.ts";
import type { Lease } from "../run.ts";
import type { ServerClock } from "./clock.ts";
import type { PostgresStore } from "./store.ts";

/** Columns of a Lease. */
export const LEASE = `name, owner, token, since AS "sinceMs", until AS "untilMs"`;

const FIND = `SELECT ${LEASE} FROM leases WHERE name = $1`;

/** A released lease stays to remember its token: owned by "", until 0. */
const CLAIM = `INSERT INTO leases (name, owner, token, since, until) VALUES ($1, $2, 1, $3, $4)
  ON CONFLICT (name) DO UPDATE SET until = $4, owner = $2,
    token = CASE WHEN leases.owner = $2 THEN leases.token ELSE leases.token + 1 END,
    since = CASE WHEN leases.owner = $2 THEN leases.since ELSE $3 END
  WHERE leases.owner = $2 OR leases.until <= $3`;

const HOLDER = "name = $1 AND owner = $2 AND token = $3";
const RENEW = `UPDATE leases SET until = $4 WHERE ${HOLDER}`;
const RELEASE = `UPDATE leases SET owner = '', until = 0 WHERE ${HOLDER}`;

export function postgresLeases(store: PostgresStore, clock: ServerClock): LeasesLedger {
  return {
    find: (name) => store.sql.get<Lease>(FIND, name),

    claim(name, owner, ttlMs, nowMs) {
      return store.write(async (sql) => {
        const isClaimed = (await sql.run(CLAIM, name, owner, nowMs, nowMs + ttlMs)) > 0;
        // One of the two has just written or refused that very row.
        const lease = (await sql.get<Lease>(FIND, name)) as Lease;
        return { kind: isClaimed ? ("claimed" as const) : ("held" as const), lease };
      });
    },

    async renew(lease, ttlMs, nowMs) {
      const { name, owner, token } = lease;
      const askedMs = clock.nowMs();
      let untilMs = nowMs + ttlMs;
      const renewed = await store.write((sql) => {
        // A long write of another may have been before it: the lease holds from now on, not from then.
        untilMs = nowMs + ttlMs + wholeSeconds(clock.nowMs() - askedMs);
        return sql.run(RENEW, name, owner, token, untilMs);
      });
      if (renewed === 0) return undefined;
      // The clocks of two hosts drift apart.
      await clock.measure(store.sql);
      return { ...lease, untilMs };
    },

    release({ name, owner, token }) {
      return store.write(async (sql) => {
        await sql.run(RELEASE, name, owner, token);
      });
    },
  };
}

const wholeSeconds = (ms: number) => Math.max(0, Math.floor(ms / 1_000) * 1_000);
