/**
 * Claims in SQLite: which change of which run may act on an account. An account is claimed under its id, and while it
 * has none under the client_account_id that it is to get; a create that applied holds both.
 */
import type { AccountsLedger } from "./ledger.ts";
import { leaseName, type Run } from "./run.ts";
import type { SqliteDatabase } from "./sqlite-database.ts";
import { isLeaseAlive } from "./sqlite-leases.ts";
import { internal, type SqliteStore } from "./sqlite-store.ts";

/** What tells which account a change is about. */
export interface Subject {
  readonly key: string;
  readonly account_id: string | null;
}

export const identityOfAccount = (accountId: string) => `account:${accountId}`;

/** A change without an account is keyed by its client_account_id: an account_id would have been its account. */
export const identityOf = ({ key, account_id }: Subject) => (account_id === null ? key : identityOfAccount(account_id));

interface Holder {
  readonly run: number;
  readonly change: number;
}

const SELECT_HOLDER = "SELECT run, change FROM claims WHERE bank = ? AND identity = ?";

export function isClaimHeld(db: SqliteDatabase, bank: number, identity: string, holder: Holder): boolean {
  const held = db.get<Holder>(SELECT_HOLDER, bank, identity);
  return held?.run === holder.run && held.change === holder.change;
}

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
const IS_OPEN = `EXISTS (SELECT 1 FROM operations o WHERE o.run = ?1 AND o.change = ?2
  AND (o.state IN ('sending', 'unknown') OR o.in_doubt = 1))`;

const IS_IN_DOUBT = `SELECT 1 FROM operations WHERE run = ? AND change = ?
  AND (state IN ('sending', 'unknown') OR in_doubt = 1) LIMIT 1`;

/**
 * Whether the claim of that holder stands against the run: while the holder's own outcome is open, and while somebody
 * works on it. The run of the same job that holds it has lost that job's one lease to this one.
 */
function isBusy(db: SqliteDatabase, run: Run, holder: Holder, owner: { job: string }, nowMs: number): boolean {
  if (db.get(IS_IN_DOUBT, holder.run, holder.change) !== undefined) return true;
  if (holder.run === run.no) {
    const sql = "SELECT 1 FROM changes WHERE run = ? AND change = ? AND state <> 'done'";
    return db.get(sql, holder.run, holder.change) !== undefined;
  }
  return owner.job !== run.job && isLeaseAlive(db, leaseName(run.bank, owner.job), nowMs);
}

interface Planned extends Subject {
  readonly touch: number | null;
  readonly is_open: 0 | 1;
}

/** Whether what was planned is out of date: the account was touched since, be it by the change itself, or has come to be. */
function isDrifted(db: SqliteDatabase, bank: number, planned: Planned): boolean {
  if (planned.is_open === 1) return false;
  const sql = "SELECT touch FROM accounts WHERE bank = ? AND identity = ?";
  const touch = db.get<{ touch: number }>(sql, bank, identityOf(planned))?.touch ?? 0;
  if (touch !== (planned.touch ?? 0)) return true;
  if (planned.account_id !== null) return false;
  const link = "SELECT 1 FROM links WHERE bank = ? AND client_account_id = substr(?, length('client:') + 1)";
  return db.get(link, bank, planned.key) !== undefined;
}

export function sqliteClaims(store: SqliteStore): Pick<AccountsLedger, "claim"> {
  const { db } = store;
  return {
    claim(run, change, nowMs) {
      return store.write(() => {
        const bank = store.bankOf(run);
        const sql = `SELECT key, account_id, touch, ${IS_OPEN} AS is_open FROM changes WHERE run = ?1 AND change = ?2`;
        const planned = db.get<Planned>(sql, run.no, change);
        if (planned === undefined) throw internal(`run ${run.id} has no change ${change}`);

        // Somebody may have the account in doubt under the client_account_id, from when it was not known to be there.
        const identities = [...new Set([identityOf(planned), planned.key])];
        for (const identity of identities) {
          const holder = db.get<Holder>(SELECT_HOLDER, bank, identity);
          if (holder === undefined || (holder.run === run.no && holder.change === change)) continue;
          const owner = db.get<{ id: string; job: string }>("SELECT id, job FROM runs WHERE no = ?", holder.run);
          if (owner !== undefined && isBusy(db, run, holder, owner, nowMs)) return { kind: "busy", run: owner.id };
          db.run("DELETE FROM claims WHERE bank = ? AND identity = ?", bank, identity);
        }
        for (const identity of identities) addClaim(db, bank, identity, { run: run.no, change });
        return { kind: isDrifted(db, bank, planned) ? "drifted" : "claimed" };
      });
    },
  };
}
