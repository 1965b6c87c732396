/**
 * Claims in SQLite: which change of which run may act on an account, kept with the account. An account is claimed under its id, and
 * while it has none under the client_account_id that it is to get; a create that applied holds both.
 */

import type { Claim, ClaimsLedger, PlannedAccount } from "../ledger.ts";
import { leaseName, type Run } from "../run.ts";
import { clientIdIn } from "../sql/change-keys.ts";
import { IDENTITY } from "../sql/change-shape.ts";
import { IS_IN_DOUBT, isOpen, WHOLE } from "../sql/conditions.ts";
import { identityOf } from "../sql/outcome-effects.ts";
import type { SqliteDatabase } from "./database.ts";
import { isLeaseAlive, leaseCheck } from "./leases.ts";
import { recordFirst } from "./record-sent.ts";
import type { SqliteStore } from "./store.ts";

/** Gives the account's touch, nothing when another change holds it. The touch of one never claimed before is 0. */
const CLAIM = `INSERT INTO accounts (bank, identity, touch, run, change, at_work) VALUES (?, ?, 0, ?, ?, 1)
  ON CONFLICT (bank, identity) DO UPDATE SET run = excluded.run, change = excluded.change, at_work = 1
  WHERE accounts.run IS NULL OR (accounts.run = excluded.run AND accounts.change = excluded.change) RETURNING touch`;

const LIST_HOLDERS = `SELECT a.run, a.change, r.id, r.job FROM accounts a LEFT JOIN runs r ON r.no = a.run
  WHERE a.bank = ? AND a.identity IN (?, ?) AND a.run IS NOT NULL AND NOT (a.run = ? AND a.change = ?)`;

const FREE = "UPDATE accounts SET run = NULL, change = NULL, at_work = 0";
const FREE_CHANGE = `${FREE} WHERE run = ? AND change = ?`;
const FREE_RUN = `${FREE} WHERE run = ?1
  AND NOT EXISTS (SELECT 1 FROM sendings s WHERE s.run = accounts.run AND s.change = accounts.change AND ${IS_IN_DOUBT})`;
const FREE_ENDED = `${FREE} WHERE run = ?1 AND EXISTS
  (SELECT 1 FROM ends e WHERE e.run = ?1 AND e.change = accounts.change AND e.word <> 'unknown')`;
const REST = "UPDATE accounts SET at_work = ? WHERE run = ? AND change = ?";
const REST_ALL = "UPDATE accounts SET at_work = 0 WHERE run = ? AND change > ? AND change <= ?";

const IS_NOT_DONE = `SELECT 1 FROM changes c WHERE c.run = ? AND c.change = ? AND ${isOpen("c")}`;
const HAS_DOUBT = `SELECT 1 FROM sendings s WHERE s.run = ? AND s.change = ? AND ${IS_IN_DOUBT} LIMIT 1`;
/** Of its account: a claim on another name of the change says nothing of that. */
const IS_HELD = `SELECT 1 FROM changes c LEFT JOIN finds f ON f.run = c.run AND f.change = c.change
  JOIN accounts a ON a.bank = ? AND a.identity = ${IDENTITY} AND a.run = c.run AND a.change = c.change
  WHERE c.run = ? AND c.change = ?`;
const HAS_NEAR_LINK = `SELECT 1 FROM links WHERE bank = ? AND near = near_id(${clientIdIn("?")})`;

interface Holder {
  readonly run: number;
  readonly change: number;
  /** Of its run; null for one that is gone. */
  readonly id: string | null;
  readonly job: string | null;
}

/** Whether the change holds the claim of its account. */
export function isClaimHeld(store: SqliteStore, run: Run, change: number): boolean {
  return store.db.get(IS_HELD, store.bankOf(run), run.no, change) !== undefined;
}

/** Gives up what the change holds; nothing when it holds nothing. Only within a write. */
export function releaseClaim(db: SqliteDatabase, run: Run, change: number): void {
  db.run(FREE_CHANGE, run.no, change);
}

/** Gives up what changes of the run hold that have ended, but for unknown ones. Only within a write. */
export function releaseEnded(db: SqliteDatabase, run: Run): void {
  db.run(FREE_ENDED, run.no);
}

/** Nobody is at work on anything that changes of the run hold, above `after` and up to `to`. Only within a write. */
export function restAll(db: SqliteDatabase, run: Run, { after, to } = WHOLE): void {
  db.run(REST_ALL, run.no, after, to);
}

/** The change ends with its account in doubt: nobody else may act on it, and nobody is at work on it. Only within a write. */
export function keepClaim(db: SqliteDatabase, run: Run, change: number): void {
  db.run(REST, 0, run.no, change);
}

/**
 * Whether the claim of that holder keeps the run out: somebody works on the change, or its own outcome is open. A holder of the same job
 * has lost the job's one lease to this run.
 */
function judgeHolder(db: SqliteDatabase, run: Run, holder: Holder, nowMs: number): "at work" | "in doubt" | "free" {
  if (holder.job === null) return "free";
  const isOurs = holder.run === run.no;
  const isAlive = isOurs || (holder.job !== run.job && isLeaseAlive(db, leaseName(run.bank, holder.job), nowMs));
  if (isAlive && db.get(IS_NOT_DONE, holder.run, holder.change) !== undefined) return "at work";
  return db.get(HAS_DOUBT, holder.run, holder.change) === undefined ? "free" : "in doubt";
}

/** The account's touch, once it is claimed; or who holds it. */
function takeAccount(
  store: SqliteStore,
  run: Run,
  planned: PlannedAccount,
  nowMs: number,
): number | Extract<Claim, { kind: "busy" }> {
  const { db } = store;
  const bank = store.bankOf(run);
  const identity = identityOf(planned);
  const take = (of: string) => db.get<{ touch: number }>(CLAIM, bank, of, run.no, planned.change)?.touch;
  const touch = identity === planned.key ? take(identity) : undefined;
  if (touch !== undefined) return touch;
  // Somebody may have the account in doubt under the client_account_id, from when it was not known to be there.
  for (const holder of db.all<Holder>(LIST_HOLDERS, bank, identity, planned.key, run.no, planned.change)) {
    const state = judgeHolder(db, run, holder, nowMs);
    if (state !== "free") return { kind: "busy", run: holder.id ?? "", isAtWork: state === "at work" };
    db.run(FREE_CHANGE, holder.run, holder.change);
  }
  if (identity !== planned.key) take(planned.key);
  return take(identity) ?? 0;
}

export function sqliteClaims(store: SqliteStore): ClaimsLedger {
  const { db } = store;
  const isLeased = leaseCheck(store);
  return {
    claim(run, planned, nowMs, first) {
      return store.write((): Claim => {
        const touch = takeAccount(store, run, planned, nowMs);
        if (typeof touch !== "number") return touch;
        const isNear = () =>
          planned.accountId === null && db.get(HAS_NEAR_LINK, store.bankOf(run), planned.key) !== undefined;
        if (!planned.inDoubt && (touch !== planned.touch || isNear())) return { kind: "drifted" };
        if (first !== undefined) recordFirst(db, isLeased, run, planned.change, first);
        return { kind: "claimed" };
      });
    },

    recordResting: (run, change, isResting) => store.write(() => void db.run(REST, isResting ? 0 : 1, run.no, change)),

    releaseClaims(run) {
      return store.write(() => {
        db.run(FREE_RUN, run.no);
        restAll(db, run);
      });
    },
  };
}
