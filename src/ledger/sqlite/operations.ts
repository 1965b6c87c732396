/**
 * Operations in SQLite: the intent before a call and what became of it, with everything that follows from an outcome in
 * the same transaction: the touch of the account, the link of a new one, the end of the change.
 */

import { clientIdOf } from "../../change-keys.ts";
import type { AccountOfChange, OperationsLedger, Outcome, SentOperation, Verdict } from "../ledger.ts";
import type { Run } from "../run.ts";
import { isUnsettled } from "../sql/conditions.ts";
import { claimLost, leaseOfRunLost, settledElsewhere } from "../sql/errors.ts";
import { effectsOf, identityOf, outcomeColumns } from "../sql/outcome-effects.ts";
import { addLink, touchAccount } from "./accounts.ts";
import { isClaimHeld } from "./claims.ts";
import type { SqliteDatabase } from "./database.ts";
import { endChange } from "./end-change.ts";
import { recordEnd } from "./ends.ts";
import { nameAccount } from "./finds.ts";
import { recordKept } from "./kept.ts";
import { leaseCheck } from "./leases.ts";
import { recordSent } from "./record-sent.ts";
import type { SqliteStore } from "./store.ts";
import { recordUserTimes } from "./user-times.ts";

const OF_STEP = "WHERE run = ? AND change = ? AND step = ?";

const RECORD_OUTCOME = `UPDATE sendings SET state = ?, in_doubt = ?, http_status = ?, issue = ?, misanswered = misanswered + ?,
    request_id = coalesce(?, request_id) ${OF_STEP} AND ${isUnsettled("sendings")}`;

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
        if (!isHeld(lease)) throw leaseOfRunLost(run);
        // Another job may have claimed the account while this process slept past its lease.
        if (!isClaimHeld(store, run, change)) throw claimLost(run, change);
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
  operation: SentOperation,
  outcome: Outcome,
  end?: Verdict,
): void {
  const { db } = store;
  const { change } = of;
  const { step } = operation;
  if (db.run(RECORD_OUTCOME, ...outcomeColumns(outcome), run.no, change, step) === 0)
    throw settledElsewhere(run, change, step);
  const effects = effectsOf(run, of, operation, outcome, end);
  if (effects === null) return;
  const { madeId, accountId, identities, touch } = effects;
  const bank = store.bankOf(run);
  for (const identity of identities) touchAccount(db, bank, identity, run, change, touch);
  if (accountId !== null) {
    recordKept(db, bank, accountId, outcome.kept);
    if (touch.applied !== null) recordUserTimes(db, bank, accountId, run.no, outcome.users ?? []);
  }
  if (madeId !== null) {
    nameAccount(db, run, change, madeId);
    addLink(db, bank, clientIdOf(of.key), madeId);
  }
  if (end === undefined) return;
  // The touch has given up every name that the account was claimed under, but for one that was found.
  if (touch.ends && identityOf(of) === of.key) recordEnd(db, run, change, end, outcome.atMs);
  else endChange(db, run, change, end, outcome.atMs);
}
