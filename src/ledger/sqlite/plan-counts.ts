/**
 * Counts what is planned in SQLite, and closes what must not be sent. Each is one look at a whole run.
 */

import { GUARD_KINDS, type GuardKind, type OperationKind } from "../../plan/operation.ts";
import type { PlansLedger, Verdict } from "../ledger.ts";
import type { Run } from "../run.ts";
import { isAccountKey } from "../sql/change-keys.ts";
import { IS_IN_DOUBT, isOpen, STATE, WITH_SENDING } from "../sql/conditions.ts";
import { encodeList } from "../sql/lists.ts";
import { releaseEnded } from "./claims.ts";
import { OPEN_CHANGES } from "./ends.ts";
import type { SqliteStore } from "./store.ts";

const COUNT = `SELECT o.kind, count(*) AS counted FROM operations o ${WITH_SENDING}
  WHERE o.run = ? AND ${STATE} <> 'skipped' GROUP BY o.kind`;

/** The first condition is quick, the second exact: a text of the row may contain the same characters. */
export const CLEARS_DOCUMENTS = `o.kind = 'patch' AND o.body LIKE '%"documents":[]%' AND o.body ->> '$.documents' = '[]'`;
const COUNT_CLEARING = `SELECT count(*) AS counted FROM operations o ${WITH_SENDING}
  WHERE o.run = ? AND ${STATE} <> 'skipped' AND ${CLEARS_DOCUMENTS}`;

/** The limit keeps the order, without which the two tables are not read side by side. */
const COUNT_OPEN = `SELECT count(*) AS opened, count(p.change) AS planned,
    coalesce(sum(p.change IS NULL AND (${isAccountKey("c.key")} OR f.change IS NOT NULL)), 0) AS found,
    coalesce(sum((SELECT count(*) FROM operations o
      LEFT JOIN sendings s ON s.run = o.run AND s.change = o.change AND s.step = o.step
      WHERE o.run = c.run AND o.change = c.change AND coalesce(s.state, 'planned') <> 'applied')), 0) AS operations
  FROM (${OPEN_CHANGES} LIMIT -1) open CROSS JOIN changes c ON c.run = ?1 AND c.change = open.change
  LEFT JOIN plans p ON p.run = c.run AND p.change = c.change
  LEFT JOIN finds f ON f.run = c.run AND f.change = c.change`;

const CLOSE = "INSERT INTO ends (run, change, word, issues, at) SELECT ?1, x.change, ?2, ?3, ?4";

/** A planned change has an operation. */
const CLOSE_PLANNED = `${CLOSE} FROM plans x WHERE x.run = ?1 AND ${isOpen("x")}
  AND EXISTS (SELECT 1 FROM operations o WHERE o.run = x.run AND o.change = x.change
    AND (o.kind IN (SELECT value FROM json_each(?5))
      OR (${CLEARS_DOCUMENTS} AND 'clear_documents' IN (SELECT value FROM json_each(?5)))))
  AND NOT EXISTS (SELECT 1 FROM sendings s WHERE s.run = x.run AND s.change = x.change
    AND (s.state <> 'planned' OR s.in_doubt = 1))`;

const CLOSE_OPEN = `${CLOSE} FROM changes x WHERE x.run = ?1 AND ${isOpen("x")}
  AND NOT EXISTS (SELECT 1 FROM sendings s WHERE s.run = x.run AND s.change = x.change AND ${IS_IN_DOUBT})`;

export function sqlitePlanCounts(
  store: SqliteStore,
): Pick<PlansLedger, "countOperations" | "countOpen" | "closePlanned" | "closeOpen"> {
  const { db } = store;

  // One transaction whatever its size: half of the rows would pass the guard's limit when it is judged again.
  const close = (run: Run, sql: string, { word, issues }: Verdict, atMs: number, ...more: string[]) =>
    store.write(() => {
      const closed = db.run(sql, run.no, word, encodeList(issues), atMs, ...more);
      releaseEnded(db, run);
      return closed;
    });

  return {
    async countOperations(run) {
      const counts = Object.fromEntries(GUARD_KINDS.map((kind) => [kind, 0])) as Record<GuardKind, number>;
      const counted = db.all<{ kind: OperationKind; counted: number }>(COUNT, run.no);
      for (const each of counted) counts[each.kind] = each.counted;
      if (counts.patch > 0) counts.clear_documents = db.get<{ counted: number }>(COUNT_CLEARING, run.no)?.counted ?? 0;
      return counts;
    },

    async countOpen(run, to = Number.MAX_SAFE_INTEGER) {
      type Counts = { opened: number; planned: number; found: number; operations: number };
      const { opened = 0, planned = 0, found = 0, operations = 0 } = db.get<Counts>(COUNT_OPEN, run.no, 0, to) ?? {};
      return { read: opened - planned - found, found, planned, operations };
    },

    closePlanned: (run, kinds, verdict, atMs) => close(run, CLOSE_PLANNED, verdict, atMs, JSON.stringify(kinds)),

    async closeOpen(run, verdict, atMs) {
      await close(run, CLOSE_OPEN, verdict, atMs);
    },
  };
}
