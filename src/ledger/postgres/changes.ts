/**
 * Changes in PostgreSQL, from read to done: put together from folding, finding and planning, with their end and what opens one again. Never
 * looks into what is desired.
 */
import type { Drift } from "../../plan/drift.ts";
import type { ChangesLedger } from "../ledger.ts";
import type { Run } from "../run.ts";
import { isOpen, WHOLE } from "../sql/conditions.ts";
import { encodeList } from "../sql/lists.ts";
import type { Sql } from "./database.ts";
import { endChanges } from "./end-change.ts";
import type { EndOfChange } from "./ends.ts";
import { postgresFinds } from "./finds.ts";
import { postgresFolds } from "./folds.ts";
import { has } from "./has.ts";
import { type ActsOn, restAll } from "./held-accounts.ts";
import { postgresNear } from "./near.ts";
import { postgresPlans } from "./plans.ts";
import { runForAll } from "./run-for-all.ts";
import type { PostgresStore } from "./store.ts";
import type { Perform } from "./writer.ts";

/** Without its end, an operation that was unknown is in doubt, and what was skipped behind it gets its turn. */
const REOPEN = "DELETE FROM ends WHERE run = $1 AND word = 'unknown'";

/** Back to the phase that works on what is open: whatever a run says of itself, it does not report before that. */
export const REOPEN_RUN = `UPDATE runs SET ended_at = NULL, stage = CASE
    WHEN EXISTS (SELECT 1 FROM changes c WHERE c.run = $1 AND NOT ${has("ends", "c")} AND NOT ${has("plans", "c")}) THEN 'plan' ELSE 'apply' END
  WHERE no = $1 AND stage IN ('report', 'ended') AND EXISTS (SELECT 1 FROM changes c WHERE c.run = $1 AND NOT ${has("ends", "c")})`;

/** One that is unknown keeps its claim, and nobody is at work on it. */
const COUNT_DEATHS = `UPDATE changes SET begun = begun + 1
  WHERE run = $1 AND change IN (SELECT change FROM accounts
    WHERE run = $1 AND at_work = 1 AND change > $2::bigint AND change <= $3::bigint) AND ${isOpen("changes")}`;

/** A change may be begun on several times at once. $1 run, $2 change. */
export const COUNT_BEGUN = `UPDATE changes SET begun = begun + o.times
  FROM (SELECT run, change, count(*) AS times FROM unnest($1::integer[], $2::integer[]) AS o (run, change) GROUP BY run, change) AS o
  WHERE changes.run = o.run AND changes.change = o.change`;
const SET_BEGUN = `UPDATE changes SET begun = o.begun FROM unnest($1::integer[], $2::integer[], $3::integer[]) AS o (run, change, begun)
  WHERE changes.run = o.run AND changes.change = o.change`;
const FORGIVE = "UPDATE changes SET begun = $2 WHERE run = $1 AND begun > $2";

type BegunChange = readonly [run: number, change: number];
type LeftChange = readonly [...BegunChange, begun: number];

const performBegun: Perform<BegunChange, void> = async (sql, items) => {
  await runForAll(sql, COUNT_BEGUN, items);
  return items.map(() => undefined);
};

const performLeft: Perform<LeftChange, void> = async (sql, items) => {
  await runForAll(sql, SET_BEGUN, items);
  return items.map(() => undefined);
};

const KEEP_DRIFTS = `UPDATE plans SET drift = o.drift FROM unnest($1::integer[], $2::integer[], $3::text[]) AS o (run, change, drift)
  WHERE plans.run = o.run AND plans.change = o.change`;

interface DoneChange extends EndOfChange, ActsOn {
  readonly drift: readonly Drift[];
}

const performDone: Perform<DoneChange, void> = async (sql, items) => {
  const drifted = items.filter(({ drift }) => drift.length > 0);
  await runForAll(
    sql,
    KEEP_DRIFTS,
    drifted.map(({ run, change, drift }) => [run.no, change, encodeList(drift)]),
  );
  await endChanges(sql, items);
  return items.map(() => undefined);
};

/** Only within a write. */
export async function reopenRun(sql: Sql, run: Run): Promise<void> {
  await sql.run(REOPEN_RUN, run.no);
}

export function postgresChanges(store: PostgresStore): ChangesLedger {
  return {
    ...postgresFolds(store),
    ...postgresFinds(store),
    ...postgresNear(store),
    ...postgresPlans(store),

    recordDone: (run, change, verdict, atMs, drift = []) =>
      store.act(performDone, { run, change, names: [], verdict, atMs, drift }),

    recordDeaths(run, range = WHOLE) {
      return store.write(async (sql) => {
        await sql.run(COUNT_DEATHS, run.no, range.after, range.to);
        await restAll(sql, run, range);
      });
    },

    recordBegun: (run, change) => store.gather(performBegun, [run.no, change] as const),
    recordLeft: (run, change, begun) => store.gather(performLeft, [run.no, change, begun] as const),

    forgiveDeaths: (run, most) => store.write(async (sql) => void (await sql.run(FORGIVE, run.no, most))),

    reopenUnknown(run) {
      return store.write(async (sql) => {
        const reopened = await sql.run(REOPEN, run.no);
        await reopenRun(sql, run);
        return reopened;
      });
    },
  };
}
