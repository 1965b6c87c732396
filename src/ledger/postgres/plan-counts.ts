/**
 * Counts what is planned in PostgreSQL, and closes what must not be sent. Each is one look at a whole run.
 */

import type { PlansLedger, Verdict } from "../ledger.ts";
import type { Run } from "../run.ts";
import { isAccountKey } from "../sql/change-keys.ts";
import { IS_IN_DOUBT, isOpen } from "../sql/conditions.ts";
import { encodeList } from "../sql/lists.ts";
import type { PgValue } from "./database.ts";
import { releaseEnded } from "./held-accounts.ts";
import { inBatches } from "./in-batches.ts";
import type { PostgresStore } from "./store.ts";

const UP_TO = "<= $2::bigint";
const COUNT_OPEN = `SELECT count(*) AS opened, count(p.change) AS planned,
    count(*) FILTER (WHERE p.change IS NULL AND (${isAccountKey("c.key")} OR f.change IS NOT NULL)) AS found,
    (SELECT count(*) FROM operations o LEFT JOIN sendings s ON s.run = o.run AND s.change = o.change AND s.step = o.step
      WHERE o.run = $1 AND o.change ${UP_TO} AND ${isOpen("o")} AND coalesce(s.state, 'planned') <> 'applied') AS operations
  FROM changes c LEFT JOIN plans p ON p.run = c.run AND p.change = c.change
  LEFT JOIN finds f ON f.run = c.run AND f.change = c.change
  WHERE c.run = $1 AND c.change ${UP_TO} AND ${isOpen("c")}`;

const CLOSE = "INSERT INTO ends (run, change, word, issues, at) SELECT x.run, x.change, $2::text, $3::text, $4::bigint";

/** A planned change has an operation. */
const CLOSE_PLANNED = `${CLOSE} FROM plans x WHERE x.run = $1 AND ${isOpen("x")}
  AND EXISTS (SELECT 1 FROM operations o WHERE o.run = x.run AND o.change = x.change AND o.kind = $5)
  AND NOT EXISTS (SELECT 1 FROM sendings s WHERE s.run = x.run AND s.change = x.change
    AND (s.state <> 'planned' OR s.in_doubt = 1)) ORDER BY x.change`;

/** Changes that are closed in one transaction, of those that need not be closed together. */
const CLOSE_BATCH = 20_000;
const CLOSE_OPEN = `${CLOSE} FROM changes x WHERE x.run = $1 AND x.change > $5 AND x.change <= $6 AND ${isOpen("x")}
  AND NOT EXISTS (SELECT 1 FROM sendings s WHERE s.run = x.run AND s.change = x.change AND ${IS_IN_DOUBT}) ORDER BY x.change`;

export function postgresPlanCounts(
  store: PostgresStore,
): Pick<PlansLedger, "countOpen" | "closePlanned" | "closeOpen"> {
  const { sql } = store;

  // One transaction whatever its size: half of the rows would pass the guard's limit when it is judged again.
  const close = (run: Run, statement: string, { word, issues }: Verdict, atMs: number, ...more: PgValue[]) =>
    store.write(async (write) => {
      const closed = await write.run(statement, run.no, word, encodeList(issues), atMs, ...more);
      await releaseEnded(write, run);
      return closed;
    });

  return {
    async countOpen(run, to = Number.MAX_SAFE_INTEGER) {
      type Counts = { opened: number; planned: number; found: number; operations: number };
      const {
        opened = 0,
        planned = 0,
        found = 0,
        operations = 0,
      } = (await sql.get<Counts>(COUNT_OPEN, run.no, to)) ?? {};
      return { read: opened - planned - found, found, planned, operations };
    },

    closePlanned: (run, kind, verdict, atMs) => close(run, CLOSE_PLANNED, verdict, atMs, kind),

    closeOpen: (run, { word, issues }, atMs) =>
      inBatches(store, run, { size: CLOSE_BATCH }, async (write, after, last) => {
        await write.run(CLOSE_OPEN, run.no, word, encodeList(issues), atMs, after, last);
        await releaseEnded(write, run);
      }),
  };
}
