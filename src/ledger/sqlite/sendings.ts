/**
 * Sendings in SQLite: one row for each operation that was ever sent, with what became of it; an operation without one is
 * planned. What is planned or being sent in a change that has ended is skipped, or unknown.
 */
import type { SentAt } from "../../apply/sent-at.ts";
import type { Issue } from "../../errors/issue.ts";
import type { OperationKind } from "../../plan/operation.ts";
import type { FirstSending, OperationState, StoredOperation } from "../ledger.ts";
import type { Lease, Run } from "../run.ts";
import type { SqliteDatabase } from "./database.ts";
import { leaseLost } from "./leases.ts";
import { internal } from "./store.ts";

/** Within a query, of the sending `s`: whether it may have taken effect without our knowing. */
export const IS_IN_DOUBT = "(s.state IN ('sending', 'unknown') OR s.in_doubt = 1)";

/** Within a query, of the operation with the sending `s`, if any, in a change with the end `e`, if any: its OperationState. */
export const STATE = `CASE coalesce(s.state, 'planned') WHEN 'planned' THEN iif(e.change IS NULL, 'planned', 'skipped')
  WHEN 'sending' THEN iif(e.change IS NULL, 'sending', 'unknown') ELSE s.state END`;

/** Not yet settled. */
export const IS_UNSETTLED = "state IN ('planned', 'sending', 'unknown')";

const SEND = `INSERT INTO sendings (run, change, step, state, attempts, first_at, first_bank_at, last_at)
  VALUES (?1, ?2, ?3, 'sending', 1, ?4, ?5, ?4)
  ON CONFLICT (run, change, step) DO UPDATE SET state = 'sending', attempts = attempts + 1, last_at = excluded.last_at,
    first_bank_at = iif(first_at IS NULL, excluded.first_bank_at, first_bank_at), first_at = coalesce(first_at, excluded.first_at)
  WHERE ${IS_UNSETTLED}`;

/** Columns of an operation `o` with its sending `s` and the end `e` of its change. */
export const OPERATION = `o.step, o.kind, o.generation, o.key, o.body_hash, o.body, ${STATE} AS state,
  coalesce(s.attempts, 0) AS attempts, coalesce(s.in_doubt = 1 OR (s.state = 'sending' AND e.change IS NOT NULL), 0) AS in_doubt,
  s.first_at, s.first_bank_at, s.last_at, s.http_status, s.issue`;

/** What OPERATION needs beside the operation `o`. */
export const WITH_SENDING = `LEFT JOIN sendings s ON s.run = o.run AND s.change = o.change AND s.step = o.step
  LEFT JOIN ends e ON e.run = o.run AND e.change = o.change`;

export interface OperationShape {
  readonly step: number;
  readonly kind: OperationKind;
  readonly generation: number;
  readonly key: string;
  readonly body_hash: string;
  readonly body: string;
  readonly state: OperationState;
  readonly attempts: number;
  readonly in_doubt: 0 | 1;
  readonly first_at: number | null;
  readonly first_bank_at: number | null;
  readonly last_at: number | null;
  readonly http_status: number | null;
  readonly issue: string | null;
}

export function decodeOperation(shape: OperationShape): StoredOperation {
  return {
    step: shape.step,
    kind: shape.kind,
    body: shape.body,
    bodyHash: shape.body_hash,
    generation: shape.generation,
    key: shape.key,
    state: shape.state,
    attempts: shape.attempts,
    inDoubt: shape.in_doubt === 1,
    firstSentAtMs: shape.first_at,
    firstSentBankAtMs: shape.first_bank_at,
    lastSentAtMs: shape.last_at,
    httpStatus: shape.http_status,
    issue: shape.issue === null ? null : (JSON.parse(shape.issue) as Issue),
  };
}

/** Only within a write. Throws when the operation has been settled. */
export function recordSent(db: SqliteDatabase, run: Run, change: number, step: number, at: SentAt): void {
  if (db.run(SEND, run.no, change, step, at.ourMs, at.bankMs) === 0)
    throw internal(`run ${run.id}: step ${step} of change ${change} is settled, not to be sent`);
}

/** Only within a write, by which the change is claimed. */
export function recordFirst(
  db: SqliteDatabase,
  isLeased: (lease: Lease) => boolean,
  run: Run,
  change: number,
  { lease, step, at }: FirstSending,
): void {
  if (!isLeased(lease)) throw leaseLost(`run ${run.id} lost its lease to another process`);
  recordSent(db, run, change, step, at);
}
