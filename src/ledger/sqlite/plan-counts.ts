/**
 * Counts what is planned in SQLite, and closes what must not be sent. Each is one look at a whole run.
 */

import type { PlansLedger, Verdict } from "../ledger.ts";
import type { Run } from "../run.ts";
import { isAccountKey } from "../sql/change-keys.ts";
import { IS_IN_DOUBT, isOpen } from "../sql/conditions.ts";
import { encodeList } from "../sql/lists.ts";
import { releaseEnded } from "./claims.ts";
import { OPEN_CHANGES } from "./ends.ts";
import type { SqliteStore } from "./store.ts";

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
  AND EXISTS (SELECT 1 FROM operations o WHERE o.run = x.run AND o.change = x.change AND o.kind = ?5)
  AND NOT EXISTS (SELECT 1 FROM sendings s WHERE s.run = x.run AND s.change = x.change
    AND (s.state <> 'planned' OR s.in_doubt = 1))`;

const CLOSE_OPEN = `${CLOSE} FROM changes x WHERE x.run = ?1 AND ${isOpen("x")}
  AND NOT EXISTS (SELECT 1 FROM sendings s WHERE s.run = x.run AND s.change = x.change AND ${IS_IN_DOUBT})`;

export function sqlitePlanCounts(store: SqliteStore): Pick<PlansLedger, "countOpen" | "closePlanned" | "closeOpen"> {
  const { db } = store;

  // One transaction whatever its size: half of the rows would pass the guard's limit when it is judged again.
  const close = (run: Run, sql: string, { word, issues }: Verdict, atMs: number, ...more: string[]) =>
    store.write(() => {
      const closed = db.run(sql, run.no, word, encodeList(issues), atMs, ...more);
      releaseEnded(db, run);
      return closed;
    });

  return {
    async countOpen(run, to = Number.MAX_SAFE_INTEGER) {
      type Counts = { opened: number; planned: number; found: number; operations: number };
      const { opened = 0, planned = 0, found = 0, operations = 0 } = db.get<Counts>(COUNT_OPEN, run.no, 0, to) ?? {};
      return { read: opened - planned - found, found, planned, operations };
    },

    closePlanned: (run, kind, verdict, atMs) => close(run, CLOSE_PLANNED, verdict, atMs, kind),

    async closeOpen(run, verdict, atMs) {
      await close(run, CLOSE_OPEN, verdict, atMs);
    },
  };
}
