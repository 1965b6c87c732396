/**
 * The counts that must agree at a run's end, as SQLite has them. Judges nothing.
 */

import type { Balance, BalanceLedger, OperationState } from "../ledger.ts";
import type { Run } from "../run.ts";
import { clientIdIn } from "../sql/change-keys.ts";
import { isOpen, STATE, WITH_SENDING } from "../sql/conditions.ts";
import type { SqliteStore } from "./store.ts";

const ROWS = `SELECT (SELECT count(*) FROM rows WHERE run = ?1) AS rows,
  (SELECT count(*) FROM changes c WHERE c.run = ?1 AND ${isOpen("c")}) AS changesWithoutWord,
  (SELECT keys_in FROM runs WHERE no = ?1) AS keysIn`;

/** What is being sent when its change ends is unknown, and so is the change. */
const OPERATIONS = `SELECT count(*) AS operations,
    coalesce(sum(s.state = 'applied' AND s.attempts > 0), 0) AS appliedAndSent,
    coalesce(sum(s.state = 'sending' AND e.word <> 'unknown'), 0) AS leftInDone,
    coalesce(sum(s.state = 'applied' AND o.kind = 'create'), 0) AS made
  FROM operations o ${WITH_SENDING} WHERE o.run = ?`;

const BY_STATE = `SELECT ${STATE} AS state, count(*) AS count FROM operations o ${WITH_SENDING} WHERE o.run = ? GROUP BY 1`;

/** As the results show them: a row with a word of its own had no part in what was sent for its change. */
const OF_ROWS = `SELECT count(*) AS operationsOfRows
  FROM rows r CROSS JOIN operations o ON o.run = r.run AND o.change = r.change WHERE r.run = ? AND r.word IS NULL`;

const LINKED = `SELECT count(*) AS linked FROM operations o
  JOIN sendings s ON s.run = o.run AND s.change = o.change AND s.step = o.step
  JOIN changes c ON c.run = o.run AND c.change = o.change JOIN finds f ON f.run = o.run AND f.change = o.change
  JOIN links l ON l.bank = ?2 AND l.client_account_id = ${clientIdIn("c.key")} AND l.account_id = f.account_id
  WHERE o.run = ?1 AND o.kind = 'create' AND s.state = 'applied'`;

const NONE: Readonly<Record<OperationState, number>> = {
  planned: 0,
  sending: 0,
  applied: 0,
  refused: 0,
  failed: 0,
  unknown: 0,
  skipped: 0,
};

export function sqliteBalance(store: SqliteStore): BalanceLedger {
  const { db } = store;

  /** Each of them is an aggregate, which has exactly one row. */
  const count = <Counts extends object>(sql: string, ...values: readonly number[]): Counts => ({
    ...(db.get<Counts>(sql, ...values) as Counts),
  });
  const countByState = (run: Run) => {
    const states = db.all<{ state: OperationState; count: number }>(BY_STATE, run.no);
    return { ...NONE, ...Object.fromEntries(states.map(({ state, count: operations }) => [state, operations])) };
  };

  return {
    async read(run) {
      return {
        ...count<Pick<Balance, "rows" | "changesWithoutWord" | "keysIn">>(ROWS, run.no),
        ...count<Pick<Balance, "operations" | "appliedAndSent" | "leftInDone" | "made">>(OPERATIONS, run.no),
        operationsByState: countByState(run),
        ...count<Pick<Balance, "operationsOfRows">>(OF_ROWS, run.no),
        ...count<Pick<Balance, "linked">>(LINKED, run.no, store.bankOf(run)),
      };
    },
  };
}
