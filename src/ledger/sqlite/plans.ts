/**
 * Plans in SQLite: the operations and differences of each change come in; counts for the guard and changes ready to be
 * applied go out. Never replaces an operation that may have been sent.
 */
import type { Issue } from "../../errors/issue.ts";
import { GUARD_KINDS, type GuardKind, type OperationKind } from "../../plan/operation.ts";
import type { ChangeToApply, PlannedChange, PlansLedger } from "../ledger.ts";
import type { Run } from "../run.ts";
import { releaseClaim, type Subject } from "./claims.ts";
import type { SqliteDatabase } from "./database.ts";
import { decodeOperation, type OperationShape } from "./operations.ts";
import { forgetSeen, recordSeen } from "./seen.ts";
import { decodeList, encodeList, internal, type SqliteStore } from "./store.ts";

/** The change as it is now, and what an earlier plan has left. An aggregate, so that there is exactly one row. */
const READ_PRESENT = `SELECT c.key, c.account_id, c.state, c.planned_at, count(o.step) AS operations,
    coalesce(max(o.state IN ('sending', 'unknown') OR o.in_doubt = 1), 0) AS is_open,
    coalesce(max(iif(o.state IN ('planned', 'skipped'), 0, o.step)), 0) AS last,
    coalesce(sum(iif(o.state IN ('planned', 'skipped'), o.attempts, 0)), 0) AS sends
  FROM changes c LEFT JOIN operations o ON o.run = c.run AND o.change = c.change WHERE c.run = ? AND c.change = ?`;

const DELETE_UNSENT = "DELETE FROM operations WHERE run = ? AND change = ? AND state IN ('planned', 'skipped')";

/** An operation that was sent without success, and is not replaced, stays to be reported. */
const DELETE_UNTRIED = `${DELETE_UNSENT} AND attempts = 0`;
const SKIP_TRIED = "UPDATE operations SET state = 'skipped' WHERE run = ? AND change = ? AND state = 'planned'";

const PLAN = `UPDATE changes SET state = ?3, word = ?4, account_id = coalesce(?5, account_id), touch = ?6, planned_at = ?7,
  issues = ?8, differences = iif(?11 > 0, differences, ?9), at = ?10, begun = iif(state = 'found', 0, begun) WHERE run = ?1 AND change = ?2`;

const INSERT_OPERATION = `INSERT INTO operations (run, change, step, kind, state, attempts, generation, key, body_hash, body)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;

const COUNT = "SELECT kind, count(*) AS counted FROM operations WHERE run = ? AND state <> 'skipped' GROUP BY kind";

/** The first condition is quick, the second exact: a text of the row may contain the same characters. */
const CLEARS_DOCUMENTS = `o.kind = 'patch' AND o.body LIKE '%"documents":[]%' AND o.body ->> '$.documents' = '[]'`;
const COUNT_CLEARING = `SELECT count(*) AS counted FROM operations o
  WHERE o.run = ? AND o.state <> 'skipped' AND ${CLEARS_DOCUMENTS}`;

const COUNT_OPEN = `SELECT c.state, count(*) AS counted FROM changes c INDEXED BY changes_open
  WHERE c.run = ?1 AND c.state <> 'done' AND c.change <= ?2 GROUP BY c.state`;

const COUNT_TO_SEND = `SELECT count(*) AS counted
  FROM changes c INDEXED BY changes_open CROSS JOIN operations o ON o.run = c.run AND o.change = c.change
  WHERE c.run = ?1 AND c.state = 'planned' AND c.state <> 'done' AND c.change <= ?2 AND o.state NOT IN ('applied', 'skipped')`;

const OF_PLANNED = `FROM changes c INDEXED BY changes_open WHERE c.run = ?1 AND c.state = 'planned' AND c.state <> 'done'`;

const SKIP_OPERATIONS = `UPDATE operations SET state = 'skipped' WHERE run = ?1 AND change IN (SELECT c.change ${OF_PLANNED}
  AND EXISTS (SELECT 1 FROM operations o WHERE o.run = ?1 AND o.change = c.change
    AND (o.kind IN (SELECT value FROM json_each(?2))
      OR (${CLEARS_DOCUMENTS} AND 'clear_documents' IN (SELECT value FROM json_each(?2)))))
  AND NOT EXISTS (SELECT 1 FROM operations o WHERE o.run = ?1 AND o.change = c.change
    AND (o.state <> 'planned' OR o.in_doubt = 1)))`;

/** A planned change has an operation, and all of them are skipped only by the statement before. */
const CLOSE_SKIPPED = `UPDATE changes SET state = 'done', word = ?2, issues = ?3, at = ?4
  WHERE run = ?1 AND change IN (SELECT c.change ${OF_PLANNED} AND NOT EXISTS
    (SELECT 1 FROM operations o WHERE o.run = ?1 AND o.change = c.change AND o.state <> 'skipped'))`;

const HAS_DOUBT = `EXISTS (SELECT 1 FROM operations o WHERE o.run = ?1 AND o.change = c.change
  AND (o.state IN ('sending', 'unknown') OR o.in_doubt = 1))`;
const OF_OPEN = "FROM changes c INDEXED BY changes_open WHERE c.run = ?1 AND c.state <> 'done'";
const SKIP_OPEN = `UPDATE operations SET state = 'skipped' WHERE run = ?1 AND state = 'planned'
  AND change IN (SELECT c.change ${OF_OPEN} AND NOT ${HAS_DOUBT})`;
const CLOSE_OPEN = `UPDATE changes SET state = 'done', begun = 0, word = ?2, issues = ?3, at = ?4
  WHERE run = ?1 AND change IN (SELECT c.change ${OF_OPEN} AND NOT ${HAS_DOUBT})`;

const RELEASE_DONE = `DELETE FROM claims WHERE run = ?1 AND EXISTS (SELECT 1 FROM changes c
  WHERE c.run = ?1 AND c.change = claims.change AND c.state = 'done' AND c.word <> 'unknown')`;

export const READ_TO_APPLY = `SELECT c.change, c.key, c.account_id, c.planned_at, c.issues, c.begun, c.misanswered
  FROM changes c INDEXED BY changes_open
  WHERE c.run = ? AND c.state = 'planned' AND c.state <> 'done' AND c.change > ? AND c.change <= ? ORDER BY c.change LIMIT ?`;

export const READ_OPERATIONS_TO_APPLY = `SELECT o.*
  FROM changes c INDEXED BY changes_open CROSS JOIN operations o ON o.run = c.run AND o.change = c.change
  WHERE c.run = ? AND c.state = 'planned' AND c.state <> 'done' AND c.change > ? AND c.change <= ?
  ORDER BY c.change, o.step`;

/** `last` is the last step of an earlier plan that stays, `sends` are those of what does not. No `state`: no change. */
interface PresentPlan extends Subject {
  readonly state: string | null;
  readonly planned_at: number | null;
  readonly operations: number;
  readonly is_open: 0 | 1;
  readonly last: number;
  readonly sends: number;
}

interface ApplyShape extends Subject {
  readonly change: number;
  readonly planned_at: number;
  readonly issues: string | null;
  readonly begun: number;
  readonly misanswered: number;
}

const RECORD_RESOLUTIONS = "INSERT OR REPLACE INTO resolutions (run, change, ids) VALUES (?, ?, ?)";

export function sqlitePlans(store: SqliteStore): PlansLedger {
  const { db } = store;

  return {
    recordPlans(run, plans) {
      return store.write(() => {
        for (const plan of plans) recordPlan(store, run, plan);
      });
    },

    async countOperations(run) {
      const counts = Object.fromEntries(GUARD_KINDS.map((kind) => [kind, 0])) as Record<GuardKind, number>;
      const counted = db.all<{ kind: OperationKind; counted: number }>(COUNT, run.no);
      for (const each of counted) counts[each.kind] = each.counted;
      if (counts.patch > 0) counts.clear_documents = db.get<{ counted: number }>(COUNT_CLEARING, run.no)?.counted ?? 0;
      return counts;
    },

    async countOpen(run, maxChange = Number.MAX_SAFE_INTEGER) {
      const counts = { read: 0, found: 0, planned: 0, operations: 0 };
      const counted = db.all<{ state: "read" | "found" | "planned"; counted: number }>(COUNT_OPEN, run.no, maxChange);
      for (const each of counted) counts[each.state] = each.counted;
      counts.operations = db.get<{ counted: number }>(COUNT_TO_SEND, run.no, maxChange)?.counted ?? 0;
      return counts;
    },

    // One transaction whatever its size: half of the rows would pass the guard's limit when it is judged again.
    closePlanned(run, kinds, { word, issues }, atMs) {
      return store.write(() => {
        db.run(SKIP_OPERATIONS, run.no, JSON.stringify(kinds));
        const closed = db.run(CLOSE_SKIPPED, run.no, word, encodeList(issues), atMs);
        db.run(RELEASE_DONE, run.no);
        return closed;
      });
    },

    closeOpen(run, { word, issues }, atMs) {
      return store.write(() => {
        db.run(SKIP_OPEN, run.no);
        db.run(CLOSE_OPEN, run.no, word, encodeList(issues), atMs);
        db.run(RELEASE_DONE, run.no);
      });
    },

    async readToApply(run, page, maxChange = Number.MAX_SAFE_INTEGER) {
      const shapes = db.all<ApplyShape>(READ_TO_APPLY, run.no, page.after, maxChange, page.limit);
      const last = shapes.at(-1);
      if (last === undefined) return [];
      type Shape = OperationShape & { change: number };
      const operations = db.all<Shape>(READ_OPERATIONS_TO_APPLY, run.no, page.after, last.change);
      const operationsOf = Map.groupBy(operations, ({ change }) => change);
      return shapes.map((shape) => decodePlanned(shape, operationsOf.get(shape.change) ?? []));
    },
  };
}

function decodePlanned(shape: ApplyShape, operations: readonly OperationShape[]): ChangeToApply {
  return {
    change: shape.change,
    key: shape.key,
    accountId: shape.account_id,
    plannedAtMs: shape.planned_at,
    notes: decodeList<Issue>(shape.issues),
    begun: shape.begun,
    misanswered: shape.misanswered,
    operations: operations.map(decodeOperation),
  };
}

/** Deletes what was not sent, and gives what stays: the last step, and the sends of operations that are planned again. */
function clearPlan(db: SqliteDatabase, run: Run, { change, operations }: PlannedChange): PresentPlan {
  const present = db.get<PresentPlan>(READ_PRESENT, run.no, change) as PresentPlan;
  if (!["found", "planned"].includes(present.state ?? "") || present.is_open === 1) {
    throw internal(`run ${run.id}: change ${change} is not to be planned now`);
  }
  if (present.operations > 0) {
    db.run(operations.length > 0 ? DELETE_UNSENT : DELETE_UNTRIED, run.no, change);
    if (operations.length === 0) db.run(SKIP_TRIED, run.no, change);
  }
  return present;
}

/** Only within a write. */
function recordPlan(store: SqliteStore, run: Run, plan: PlannedChange): void {
  const { db } = store;
  const { change, accountId, touch, plannedAtMs } = plan;
  const { word } = plan.verdict;
  const present = clearPlan(db, run, plan);
  const { last, sends } = present;
  const [state, at] = word === null ? (["planned", null] as const) : (["done", plannedAtMs] as const);
  const issues = encodeList(plan.verdict.issues);
  const differences = encodeList(plan.differences);
  // Once something has been applied, what differed at first is what the row changed.
  db.run(PLAN, run.no, change, state, word, accountId, touch, plannedAtMs, issues, differences, at, last);
  if (plan.seen !== null && word !== "unchanged") recordSeen(db, run, change, plan.seen);
  else if (present.state === "found" && present.planned_at !== null) forgetSeen(db, run, change);
  if (plan.resolutions.length > 0) db.run(RECORD_RESOLUTIONS, run.no, change, JSON.stringify(plan.resolutions));
  const stateOfOperations = word === null ? "planned" : "skipped";
  for (const [index, { step, kind, generation, key, bodyHash, body }] of plan.operations.entries()) {
    if (step !== last + index + 1) throw internal(`run ${run.id}: change ${change} has no place for step ${step}`);
    const attempts = index === 0 ? sends : 0;
    const values = [step, kind, stateOfOperations, attempts, generation, key, bodyHash, body];
    db.run(INSERT_OPERATION, run.no, change, ...values);
  }
  if (word !== null) releaseClaim(db, store.bankOf(run), present, { run: run.no, change });
}
