/**
 * Claims in SQLite: which change of which run may act on an account. An account is claimed under its id, and while it
 * has none under the client_account_id that it is to get; a create that applied holds both.
 */
import { accountKey, OF_ACCOUNT } from "../../change-keys.ts";
import type { ClaimsLedger } from "../ledger.ts";
import { leaseName, type Run } from "../run.ts";
import { clientIdIn } from "./change-keys.ts";
import type { SqliteDatabase } from "./database.ts";
import { isLeaseAlive } from "./leases.ts";
import { internal, type SqliteStore } from "./store.ts";

/** What identifies the account of a change. */
export interface Subject {
  readonly key: string;
  readonly account_id: string | null;
}

/** A change without an account is keyed by its client_account_id: an account_id would have been its account. */
export const identityOf = ({ key, account_id }: Subject) => (account_id === null ? key : accountKey(account_id));

/** `identityOf` within a query, of the change `c`. */
const IDENTITY = `coalesce('${OF_ACCOUNT}' || c.account_id, c.key)`;

interface Holder {
  readonly run: number;
  readonly change: number;
}

/** Within a query: whether the change `c` holds the claim of its account, at the bank `bank`. */
export const isClaimHeld = (bank: string) => `EXISTS (SELECT 1 FROM claims h
  WHERE h.bank = ${bank} AND h.identity = ${IDENTITY} AND h.run = c.run AND h.change = c.change)`;

/** Only within a write. Leaves the claim to a change that holds it already. */
export function addClaim(db: SqliteDatabase, bank: number, identity: string, { run, change }: Holder): void {
  const sql = "INSERT OR IGNORE INTO claims (bank, identity, run, change) VALUES (?, ?, ?, ?)";
  db.run(sql, bank, identity, run, change);
}

/** Gives up what the change holds; nothing when it holds nothing. Only within a write. */
export function releaseClaim(db: SqliteDatabase, bank: number, subject: Subject, { run, change }: Holder): void {
  const sql = "DELETE FROM claims WHERE bank = ? AND identity IN (?, ?) AND run = ? AND change = ?";
  db.run(sql, bank, subject.key, identityOf(subject), run, change);
}

/** Whether something of the change may have taken effect without our knowing: then nothing is planned again. */
const IS_OPEN = `EXISTS (SELECT 1 FROM operations o WHERE o.run = c.run AND o.change = c.change
  AND (o.state IN ('sending', 'unknown') OR o.in_doubt = 1))`;

/** Somebody may have the account in doubt under the client_account_id, from when it was not known to be there. */
const SELECT_PLANNED = `SELECT c.key, c.account_id, c.touch, ${IS_OPEN} AS is_open,
    (SELECT touch FROM accounts a WHERE a.bank = ?3 AND a.identity = ${IDENTITY}) AS touched,
    h.identity, h.run, h.change
  FROM changes c LEFT JOIN claims h ON h.bank = ?3 AND h.identity IN (c.key, ${IDENTITY})
    AND NOT (h.run = c.run AND h.change = c.change)
  WHERE c.run = ?1 AND c.change = ?2`;

const IS_IN_DOUBT = `SELECT 1 FROM operations WHERE run = ? AND change = ?
  AND (state IN ('sending', 'unknown') OR in_doubt = 1) LIMIT 1`;

const IS_NOT_DONE = "SELECT 1 FROM changes WHERE run = ? AND change = ? AND state <> 'done'";

/**
 * Whether the claim of that holder keeps the run out: somebody works on the change, or its own outcome is open. A holder of the same job
 * has lost the job's one lease to this run.
 */
function judgeHolder(
  db: SqliteDatabase,
  run: Run,
  holder: Holder,
  owner: { job: string },
  nowMs: number,
): "at work" | "in doubt" | "free" {
  const isOurs = holder.run === run.no;
  const isAlive = isOurs || (owner.job !== run.job && isLeaseAlive(db, leaseName(run.bank, owner.job), nowMs));
  if (isAlive && db.get(IS_NOT_DONE, holder.run, holder.change) !== undefined) return "at work";
  return db.get(IS_IN_DOUBT, holder.run, holder.change) === undefined ? "free" : "in doubt";
}

interface PlannedSubject extends Subject {
  readonly touch: number | null;
  /** The account's touch count by now. */
  readonly touched: number | null;
  readonly is_open: 0 | 1;
}

/** With the claim of another on the account, if there is one. */
interface ClaimedSubject extends PlannedSubject, Holder {
  readonly identity: string | null;
}

/**
 * Whether the plan is out of date: the account was touched since, even by the change itself, or it was made since, or one near to it was.
 */
function isDrifted(db: SqliteDatabase, bank: number, planned: PlannedSubject): boolean {
  if (planned.is_open === 1) return false;
  if ((planned.touched ?? 0) !== (planned.touch ?? 0)) return true;
  if (planned.account_id !== null) return false;
  const link = `SELECT 1 FROM links WHERE bank = ? AND near = near_id(${clientIdIn("?")})`;
  return db.get(link, bank, planned.key) !== undefined;
}

const RELEASE_ALL = `DELETE FROM claims WHERE run = ?1 AND NOT EXISTS (SELECT 1 FROM operations o
  WHERE o.run = ?1 AND o.change = claims.change AND (o.state IN ('sending', 'unknown') OR o.in_doubt = 1))`;

export function sqliteClaims(store: SqliteStore): ClaimsLedger {
  const { db } = store;
  return {
    claim(run, change, nowMs) {
      return store.write(() => {
        const bank = store.bankOf(run);
        const met = db.all<ClaimedSubject>(SELECT_PLANNED, run.no, change, bank);
        const [planned] = met;
        if (planned === undefined) throw internal(`run ${run.id} has no change ${change}`);
        for (const holder of met) {
          if (holder.identity === null) continue;
          const owner = db.get<{ id: string; job: string }>("SELECT id, job FROM runs WHERE no = ?", holder.run);
          const state = owner === undefined ? "free" : judgeHolder(db, run, holder, owner, nowMs);
          if (owner !== undefined && state !== "free")
            return { kind: "busy", run: owner.id, isAtWork: state === "at work" };
          db.run("DELETE FROM claims WHERE bank = ? AND identity = ?", bank, holder.identity);
        }
        for (const identity of new Set([identityOf(planned), planned.key])) {
          addClaim(db, bank, identity, { run: run.no, change });
        }
        return { kind: isDrifted(db, bank, planned) ? "drifted" : "claimed" };
      });
    },

    releaseClaims: (run) => store.write(() => void db.run(RELEASE_ALL, run.no)),
  };
}
