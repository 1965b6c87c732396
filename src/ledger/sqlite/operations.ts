/**
 * Operations in SQLite: the intent before a call and what became of it, with everything that follows from an outcome in
 * the same transaction: the touch of the account, the link of a new one, the end of the change.
 */

import { clientIdOf } from "../../change-keys.ts";
import type { AccountOfChange, OperationsLedger, Outcome, SentOperation, Verdict } from "../ledger.ts";
import type { Run } from "../run.ts";
import { isUnsettled } from "../sql/conditions.ts";
import { internal, leaseLost, settledElsewhere } from "../sql/errors.ts";
import { addLink, type Touch, touchAccount } from "./accounts.ts";
import { identityOf, isClaimHeld } from "./claims.ts";
import type { SqliteDatabase } from "./database.ts";
import { endChange } from "./end-change.ts";
import { recordEnd } from "./ends.ts";
import { nameAccount } from "./finds.ts";
import { recordKept } from "./kept.ts";
import { leaseCheck } from "./leases.ts";
import { recordSent } from "./record-sent.ts";
import type { SqliteStore } from "./store.ts";

const OF_STEP = "WHERE run = ? AND change = ? AND step = ?";

const RECORD_OUTCOME = `UPDATE sendings SET state = ?, in_doubt = ?, http_status = ?, issue = ?, misanswered = misanswered + ?
  ${OF_STEP} AND ${isUnsettled("sendings")}`;

const RECORD_ABSENT = `UPDATE sendings SET state = 'planned', in_doubt = 0, issue = NULL ${OF_STEP} AND ${isUnsettled("sendings")}`;

/** A new key has an age of its own. */
const RENEW_AGE = `UPDATE sendings SET first_at = NULL, first_bank_at = NULL ${OF_STEP} AND in_doubt = 0`;
const RENEW_KEY = `UPDATE operations SET generation = ?, key = ? ${OF_STEP}`;

function renewKey(
  db: SqliteDatabase,
  run: Run,
  change: number,
  step: number,
  { generation, key }: { readonly generation: number; readonly key: string },
): void {
  if (db.run(RENEW_AGE, run.no, change, step) > 0) db.run(RENEW_KEY, generation, key, run.no, change, step);
}

export function sqliteOperations(store: SqliteStore): OperationsLedger {
  const { db } = store;
  const isHeld = leaseCheck(store);

  return {
    recordSending(run, lease, change, step, at, renewed) {
      return store.write(() => {
        if (!isHeld(lease)) throw leaseLost(`run ${run.id} lost its lease to another process`);
        // Another job may have claimed the account while this process slept past its lease.
        if (!isClaimHeld(store, run, change))
          throw leaseLost(`run ${run.id} does not hold the account of the change of row ${change}`);
        if (renewed !== undefined) renewKey(db, run, change, step, renewed);
        recordSent(db, run, change, step, at);
      });
    },

    recordAbsent(run, change, step, next) {
      return store.write(() => {
        if (db.run(RECORD_ABSENT, run.no, change.change, step) === 0) throw settledElsewhere(run, change.change, step);
        renewKey(db, run, change.change, step, next);
        touchAccount(db, store.bankOf(run), identityOf(change), run, change.change, {
          atLeast: next.generation,
          applied: null,
          ends: false,
        });
      });
    },

    recordOutcome: (run, ...what) => store.write(() => recordOutcome(store, run, ...what)),
  };
}

/** Only within a write. */
function recordOutcome(
  store: SqliteStore,
  run: Run,
  of: AccountOfChange,
  { step, kind, generation }: SentOperation,
  outcome: Outcome,
  end?: Verdict,
): void {
  const { db } = store;
  const { change } = of;
  const { state, inDoubt, httpStatus } = outcome;
  const issue = outcome.issue === null ? null : JSON.stringify(outcome.issue);
  const misanswered = outcome.issue?.code === "bank_answered_for_another" ? 1 : 0;
  const values = [state, inDoubt ? 1 : 0, httpStatus, issue, misanswered];
  if (db.run(RECORD_OUTCOME, ...values, run.no, change, step) === 0) throw settledElsewhere(run, change, step);
  if (state === "planned") return;
  const madeId = kind === "create" && state === "applied" ? outcome.accountId : null;
  if (kind === "create" && state === "applied" && madeId === null)
    throw internal(`run ${run.id}: change ${change} made an account without an id`);
  const accountId = of.accountId ?? madeId;
  const touch: Touch = {
    atLeast: state === "unknown" || inDoubt ? 1 : generation + 1,
    applied: state === "applied" ? { byRun: run.no, effectiveAt: outcome.effectiveAt } : null,
    ends: end !== undefined && end.word !== "unknown",
  };
  const bank = store.bankOf(run);
  touchAccount(db, bank, identityOf({ key: of.key, accountId }), run, change, touch);
  if (kind === "create" && accountId !== null) touchAccount(db, bank, of.key, run, change, touch);
  if (accountId !== null) recordKept(db, bank, accountId, outcome.kept);
  if (madeId !== null) {
    nameAccount(db, run, change, madeId);
    addLink(db, bank, clientIdOf(of.key), madeId);
  }
  if (end === undefined) return;
  // The touch has given up every name that the account was claimed under, but for one that was found.
  if (touch.ends && identityOf(of) === of.key) recordEnd(db, run, change, end, outcome.atMs);
  else endChange(db, run, change, end, outcome.atMs);
}
