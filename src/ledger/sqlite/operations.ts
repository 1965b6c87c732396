/**
 * Operations in SQLite: the intent before a call and what became of it, with everything that follows from an outcome in
 * the same transaction: the key's generation, the touch of the account, the link of a new one.
 */
import { accountKey, clientIdOf } from "../../change-keys.ts";
import type { FatalError } from "../../errors/fatal-error.ts";
import type { Issue } from "../../errors/issue.ts";
import type { OperationKind } from "../../plan/operation.ts";
import type { OperationState, OperationsLedger, Outcome, StoredOperation } from "../ledger.ts";
import type { Lease, Run } from "../run.ts";
import { addLink, touchAccount } from "./accounts.ts";
import { addClaim, identityOf, isClaimHeld, type Subject } from "./claims.ts";
import type { SqliteDatabase } from "./database.ts";
import { endChange } from "./end-change.ts";
import { recordKept } from "./kept.ts";
import { leaseCheck, leaseLost } from "./leases.ts";
import { internal, type SqliteStore } from "./store.ts";

export interface OperationShape {
  readonly step: number;
  readonly kind: OperationKind;
  readonly state: OperationState;
  readonly attempts: number;
  readonly in_doubt: 0 | 1;
  readonly first_sent_at: number | null;
  readonly first_sent_bank_at: number | null;
  readonly last_sent_at: number | null;
  readonly http_status: number | null;
  readonly issue: string | null;
  readonly generation: number;
  readonly key: string;
  readonly body_hash: string;
  readonly body: string;
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
    firstSentAtMs: shape.first_sent_at,
    firstSentBankAtMs: shape.first_sent_bank_at,
    lastSentAtMs: shape.last_sent_at,
    httpStatus: shape.http_status,
    issue: shape.issue === null ? null : (JSON.parse(shape.issue) as Issue),
  };
}

/** One operation with the change it belongs to. */
interface OperationOfChange extends Subject {
  readonly kind: OperationKind;
  readonly state: OperationState;
  readonly generation: number;
}

interface SendableOperation extends OperationOfChange {
  readonly is_claimed: 0 | 1;
}

interface UnsettledOperation extends OperationOfChange {
  readonly effective_at: string | null;
}

const select = (more: string) => `SELECT o.kind, o.state, o.generation, c.key, c.account_id, ${more}
  FROM operations o JOIN changes c ON c.run = o.run AND c.change = o.change
  WHERE o.run = ?1 AND o.change = ?2 AND o.step = ?3`;

const SELECT_SENDABLE = select(`${isClaimHeld("?4")} AS is_claimed`);

const SELECT_SENT = select(`(SELECT desired ->> '$.effective_at' FROM desires d
  WHERE d.run = o.run AND d.change = o.change) AS effective_at`);

const RECORD_SENDING = `UPDATE operations SET state = 'sending', attempts = attempts + 1, last_sent_at = ?1,
  first_sent_bank_at = iif(first_sent_at IS NULL, ?2, first_sent_bank_at), first_sent_at = coalesce(first_sent_at, ?1)
  WHERE run = ?3 AND change = ?4 AND step = ?5`;

/** A new key has an age of its own. */
const RENEW_KEY = `UPDATE operations SET generation = ?, key = ?, first_sent_at = NULL, first_sent_bank_at = NULL
  WHERE run = ? AND change = ? AND step = ? AND in_doubt = 0`;

const RECORD_ABSENT =
  "UPDATE operations SET state = 'planned', in_doubt = 0, issue = NULL WHERE run = ? AND change = ? AND step = ?";

const RECORD_OUTCOME = `UPDATE operations SET state = ?, in_doubt = ?, http_status = ?, issue = ?
  WHERE run = ? AND change = ? AND step = ?`;

const COUNT_MISANSWERED = "UPDATE changes SET misanswered = misanswered + 1 WHERE run = ? AND change = ?";

/** Behind the key of the change, so that rows in the order of their accounts find their names side by side. */
const END_GENERATION = `INSERT INTO key_generations (bank, name, generation) VALUES (?1, ?2 || ' ' || ?3, ?4)
  ON CONFLICT (bank, name) DO UPDATE SET generation = max(generation, excluded.generation)`;

/** Version 0.1 stored a name alone. */
const READ_GENERATION = `SELECT max(
    coalesce((SELECT generation FROM key_generations WHERE bank = ?1 AND name = ?2 || ' ' || ?3), 0),
    coalesce((SELECT generation FROM key_generations WHERE bank = ?1 AND name = ?3), 0)) AS generation`;

const SETTLED: readonly OperationState[] = ["applied", "refused", "failed", "skipped"];

function settledElsewhere(run: Run, change: number, step: number): FatalError {
  return leaseLost(`run ${run.id}: another process has settled step ${step} of the change of row ${change}`);
}

export function sqliteOperations(store: SqliteStore): OperationsLedger {
  const { db } = store;
  const isHeld = leaseCheck(store);

  return {
    async readGenerations(bank, changeKey, names) {
      const no = store.findBank(bank) ?? null;
      return names.map((name) => db.get<{ generation: number }>(READ_GENERATION, no, changeKey, name)?.generation ?? 0);
    },

    recordSending(run, lease: Lease, change, step, at, renewed) {
      return store.write(() => {
        if (!isHeld(lease)) throw leaseLost(`run ${run.id} lost its lease to another process`);
        const operation = readOne<SendableOperation>(db, SELECT_SENDABLE, run, change, step, store.bankOf(run));
        // Another job may have claimed the account while this process slept past its lease.
        if (operation.is_claimed === 0) {
          throw leaseLost(`run ${run.id} does not hold the account of the change of row ${change}`);
        }
        if (SETTLED.includes(operation.state)) {
          throw internal(`run ${run.id}: step ${step} of change ${change} is ${operation.state}, not to be sent`);
        }
        if (renewed !== undefined) db.run(RENEW_KEY, renewed.generation, renewed.key, run.no, change, step);
        db.run(RECORD_SENDING, at.ourMs, at.bankMs, run.no, change, step);
      });
    },

    recordAbsent(run, change, step, name, { generation, key }) {
      return store.write(() => {
        const operation = readUnsettled(db, run, change, step);
        db.run(RECORD_ABSENT, run.no, change, step);
        db.run(RENEW_KEY, generation, key, run.no, change, step);
        db.run(END_GENERATION, store.bankOf(run), operation.key, name, generation);
      });
    },

    recordOutcome(run, change, step, name, outcome, end) {
      return store.write(() => {
        const bank = store.bankOf(run);
        const operation = readUnsettled(db, run, change, step);
        const { state, inDoubt, httpStatus } = outcome;
        const issue = outcome.issue === null ? null : JSON.stringify(outcome.issue);
        db.run(RECORD_OUTCOME, state, inDoubt ? 1 : 0, httpStatus, issue, run.no, change, step);
        if (outcome.issue?.code === "bank_answered_for_another") db.run(COUNT_MISANSWERED, run.no, change);
        if (state === "planned") return;
        if (state !== "unknown" && !inDoubt)
          db.run(END_GENERATION, bank, operation.key, name, operation.generation + 1);
        const madeId = state === "applied" ? outcome.accountId : null;
        const subject = { key: operation.key, account_id: operation.account_id ?? madeId };
        recordTouch(db, run, bank, operation, subject, outcome);
        if (subject.account_id !== null) recordKept(db, bank, subject.account_id, outcome.kept);
        if (operation.kind === "create" && state === "applied") {
          if (outcome.accountId === null)
            throw internal(`run ${run.id}: change ${change} made an account without an id`);
          recordCreated(db, run, bank, change, operation.key, outcome.accountId);
        }
        if (end !== undefined) endChange(db, bank, run, change, subject, end, outcome.atMs);
      });
    },
  };
}

function readOne<Shape extends OperationOfChange>(
  db: SqliteDatabase,
  sql: string,
  run: Run,
  change: number,
  step: number,
  ...more: number[]
): Shape {
  const operation = db.get<Shape>(sql, run.no, change, step, ...more);
  if (operation === undefined) throw internal(`run ${run.id} has no step ${step} of change ${change}`);
  return operation;
}

function readUnsettled(db: SqliteDatabase, run: Run, change: number, step: number): UnsettledOperation {
  const operation = readOne<UnsettledOperation>(db, SELECT_SENT, run, change, step);
  if (SETTLED.includes(operation.state)) throw settledElsewhere(run, change, step);
  return operation;
}

/** The client:-key of a create is its client_account_id; both names of the new account are held until it is done. */
function recordCreated(
  db: SqliteDatabase,
  run: Run,
  bank: number,
  change: number,
  key: string,
  accountId: string,
): void {
  db.run("UPDATE changes SET account_id = ? WHERE run = ? AND change = ?", accountId, run.no, change);
  addLink(db, bank, clientIdOf(key), accountId);
  addClaim(db, bank, accountKey(accountId), { run: run.no, change });
}

function recordTouch(
  db: SqliteDatabase,
  run: Run,
  bank: number,
  operation: UnsettledOperation,
  subject: Subject,
  outcome: Outcome,
): void {
  const isApplied = outcome.state === "applied";
  // A value that the bank keeps differently may be corrected in a row of the same instant.
  const effectiveAt = outcome.issue?.code === "bank_kept_different" ? null : operation.effective_at;
  const touch = { applied: isApplied ? { byRun: run.no, effectiveAt } : null };
  const identities = new Set([identityOf(subject)]);
  if (operation.kind === "create") identities.add(operation.key);
  for (const identity of identities) touchAccount(db, bank, identity, touch);
}
