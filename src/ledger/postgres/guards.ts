/**
 * Guards in PostgreSQL: what a plan comes to, the changes that each guard holds, and their release. Each is one look at a whole run.
 */
import type { HeldBy } from "../../plan/judge-guards.ts";
import type { Approval, GuardsLedger, TrippedGuard } from "../guards.ts";
import type { Run } from "../run.ts";
import { isOpen } from "../sql/conditions.ts";
import {
  countHeldBy,
  countPlanned,
  decodeCounts,
  decodeGuard,
  type GuardShape,
  heldEnds,
  isGuardHeld,
  isHeldBy,
  type KindCount,
  listGuards,
  listOf,
  MAY_HOLD,
} from "../sql/guard-shape.ts";
import { reopenRun } from "./changes.ts";
import type { PgValue, Sql } from "./database.ts";
import { releaseEnded } from "./held-accounts.ts";
import type { PostgresStore } from "./store.ts";

/** The first condition is quick, the second exact: a text of the row may contain the same characters. */
export const CLEARS_DOCUMENTS = `CASE WHEN o.kind = 'patch' AND o.body LIKE '%"documents":[]%'
  THEN o.body::json ->> 'documents' = '[]' ELSE false END`;

const COUNT_ACCOUNTS = "SELECT count(*) AS accounts FROM changes WHERE run = $1";

const RECORD = `INSERT INTO guards (run, guard, figure, allowed, issue, at) VALUES ($1, $2, $3, $4, $5, $6)
  ON CONFLICT (run, guard) DO UPDATE SET figure = excluded.figure, allowed = excluded.allowed, issue = excluded.issue, at = excluded.at`;

const HOLD = `INSERT INTO holds (run, change, guard) SELECT x.run, x.change, $2::text FROM plans x WHERE x.run = $1 AND ${MAY_HOLD}`;
const IN_ORDER = "ORDER BY x.change ON CONFLICT (run, change, guard) DO NOTHING";
const words = (place: string) => ({
  listed: `SELECT unnest(${place}::text[])`,
  clearsDocuments: CLEARS_DOCUMENTS,
});

const endHeld = (condition = "true") => `INSERT INTO ends (run, change, word, issues, at)
  ${heldEnds("$1", "$2::bigint")} AND ${condition} GROUP BY h.run, h.change ORDER BY h.change
  ON CONFLICT (run, change) DO UPDATE SET word = excluded.word, issues = excluded.issues, at = excluded.at`;
const END_HELD = endHeld();
/** Of the changes that the guard $3 has held. */
const END_HELD_BESIDE = endHeld("h.change IN (SELECT change FROM holds WHERE run = $1 AND guard = $3)");

/** Of the changes that the guard $2 holds. */
const REOPEN_RELEASED = `DELETE FROM ends WHERE run = $1
  AND change IN (SELECT change FROM holds WHERE run = $1 AND guard = $2 AND released = 0)
  AND NOT EXISTS (SELECT 1 FROM holds h WHERE h.run = $1 AND h.change = ends.change AND h.guard <> $2 AND h.released = 0)`;
const RELEASE = "UPDATE holds SET released = 1 WHERE run = $1 AND guard = $2 AND released = 0";
const REOPEN_HELD = `DELETE FROM ends WHERE run = $1 AND ${isGuardHeld("ends")}`;
const GIVE_UP = "UPDATE holds SET released = 2 WHERE run = $1 AND released = 0";
const APPROVE = `UPDATE guards SET approved_max = $1, approved_by = $2, approved_at = $3, reason = $4 WHERE run = $5 AND guard = $6`;

const WAIT = `UPDATE runs SET waiting = 1 WHERE no = $1 AND kind = 'run'
  AND EXISTS (SELECT 1 FROM changes c WHERE c.run = $1 AND ${isOpen("c")})`;

export function postgresGuards(store: PostgresStore): GuardsLedger {
  const { sql } = store;

  return {
    async countOperations(run) {
      const counts = await sql.all<KindCount>(countPlanned("$1"), run.no);
      const clearing = counts.some(({ kind }) => kind === "patch")
        ? await sql.get<KindCount>(countPlanned("$1", CLEARS_DOCUMENTS), run.no)
        : undefined;
      return decodeCounts(counts, clearing);
    },

    countAccounts: async (run) => (await sql.get<{ accounts: number }>(COUNT_ACCOUNTS, run.no))?.accounts ?? 0,

    async countPlanned(run, by) {
      const text = countHeldBy("$1", isHeldBy(by.kind, words("$2")));
      return (await sql.get<{ counted: number }>(text, run.no, ...listed(by)))?.counted ?? 0;
    },

    hold: (run, tripped, atMs) => store.write((write) => hold(write, run, tripped, atMs)),
    list: async (run) => (await sql.all<GuardShape>(listGuards("$1"), run.no)).map(decodeGuard),

    async listHolds(run, change) {
      const text = "SELECT guard, released FROM holds WHERE run = $1 AND change = $2 ORDER BY guard";
      const holds = await sql.all<Pick<GuardShape, "guard"> & { released: 0 | 1 }>(text, run.no, change);
      return holds.map(({ guard, released }) => ({ guard, released: released === 1 }));
    },

    release: (run, guard, approval) => store.write((write) => release(write, run, guard, approval)),

    giveUp(run) {
      return store.write(async (write) => {
        await write.run(REOPEN_HELD, run.no);
        await write.run(GIVE_UP, run.no);
        await reopenRun(write, run);
      });
    },
  };
}

function listed(by: HeldBy): readonly PgValue[] {
  const list = listOf(by);
  return list === null ? [] : [list];
}

/** Only within a write. */
async function hold(sql: Sql, run: Run, tripped: readonly TrippedGuard[], atMs: number): Promise<void> {
  for (const { guard, figure, allowed, issue, holds } of tripped) {
    await sql.run(RECORD, run.no, guard, figure, allowed, JSON.stringify(issue), atMs);
    await sql.run(`${HOLD} AND ${isHeldBy(holds.kind, words("$3"))} ${IN_ORDER}`, run.no, guard, ...listed(holds));
  }
  if (tripped.length === 0) return;
  await sql.run(END_HELD, run.no, atMs);
  await releaseEnded(sql, run);
}

/** Only within a write. */
async function release(sql: Sql, run: Run, guard: string, { max, by, atMs, reason }: Approval): Promise<number> {
  const reopened = await sql.run(REOPEN_RELEASED, run.no, guard);
  await sql.run(RELEASE, run.no, guard);
  await sql.run(END_HELD_BESIDE, run.no, atMs, guard);
  await sql.run(APPROVE, max, by, atMs, reason, run.no, guard);
  if (run.kind === "run") await reopenRun(sql, run);
  await sql.run(WAIT, run.no);
  return reopened;
}
