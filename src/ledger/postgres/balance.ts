/**
 * The counts that must agree at a run's end, as PostgreSQL has them. Judges nothing.
 */

import type { Balance, BalanceLedger, OperationState } from "../ledger.ts";
import { clientIdIn } from "../sql/change-keys.ts";
import { STATE, WITH_SENDING } from "../sql/conditions.ts";
import { has } from "./has.ts";
import type { PostgresStore } from "./store.ts";

const STATES: readonly OperationState[] = ["planned", "sending", "applied", "refused", "failed", "unknown", "skipped"];

/** What is being sent when its change ends is unknown, and so is the change. */
const OPERATIONS = `SELECT count(*) AS operations,
    count(*) FILTER (WHERE s.state = 'applied' AND s.attempts > 0) AS "appliedAndSent",
    count(*) FILTER (WHERE s.state = 'sending' AND e.word <> 'unknown') AS "leftInDone",
    count(*) FILTER (WHERE s.state = 'applied' AND o.kind = 'create') AS made,
    ${STATES.map((state) => `count(*) FILTER (WHERE ${STATE} = '${state}') AS ${state}`).join(", ")}
  FROM operations o ${WITH_SENDING} WHERE o.run = $1`;

/** As the results show them: a row with a word of its own had no part in what was sent for its change. */
const OF_ROWS = `SELECT count(*) FROM rows r JOIN operations o ON o.run = r.run AND o.change = r.change
  WHERE r.run = $1 AND r.word IS NULL`;

const LINKED = `SELECT count(*) FROM operations o
  JOIN sendings s ON s.run = o.run AND s.change = o.change AND s.step = o.step
  JOIN changes c ON c.run = o.run AND c.change = o.change JOIN finds f ON f.run = o.run AND f.change = o.change
  JOIN links l ON l.bank = $2 AND l.client_account_id = ${clientIdIn("c.key")} AND l.account_id = f.account_id
  WHERE o.run = $1 AND o.kind = 'create' AND s.state = 'applied'`;

/** One statement, which sees one moment. */
const READ = `SELECT (SELECT count(*) FROM rows WHERE run = $1) AS rows,
    (SELECT count(*) FROM changes c WHERE c.run = $1 AND NOT ${has("ends", "c")}) AS "changesWithoutWord",
    (SELECT keys_in FROM runs WHERE no = $1) AS "keysIn", (${OF_ROWS}) AS "operationsOfRows", (${LINKED}) AS linked, o.*
  FROM (${OPERATIONS}) o`;

type BalanceShape = Omit<Balance, "operationsByState"> & Balance["operationsByState"];

export function postgresBalance(store: PostgresStore): BalanceLedger {
  return {
    async read(run) {
      // An aggregate has exactly one row.
      const shape = (await store.sql.get<BalanceShape>(READ, run.no, await store.bankOf(run))) as BalanceShape;
      const { planned, sending, applied, refused, failed, unknown, skipped, ...counts } = shape;
      return { ...counts, operationsByState: { planned, sending, applied, refused, failed, unknown, skipped } };
    },
  };
}
