/**
 * Guards in PostgreSQL: what a plan comes to, the changes that each guard holds, and their release. A long file is held and released
 * in several transactions, so that other processes get their turn.
 */
import type { HeldBy } from "../../plan/judge-guards.ts";
import type { GuardsLedger } from "../guards.ts";
import {
  countHeldBy,
  countPlanned,
  countProducts,
  decodeCounts,
  decodeGuard,
  decodeProducts,
  type GuardShape,
  heldEnds,
  isGuardHeld,
  isHeldBy,
  type KindCount,
  listGuards,
  listOf,
  MAY_HOLD,
  type ProductCount,
} from "../sql/guard-shape.ts";
import { reopenRun } from "./changes.ts";
import type { PgValue } from "./database.ts";
import { has } from "./has.ts";
import { releaseEnded } from "./held-accounts.ts";
import { inBatches } from "./in-batches.ts";
import type { PostgresStore } from "./store.ts";

/** The first condition is quick, the second exact: a text of the row may contain the same characters. */
export const CLEARS_DOCUMENTS = `CASE WHEN o.kind = 'patch' AND o.body LIKE '%"documents":[]%'
  THEN o.body::json ->> 'documents' = '[]' ELSE false END`;

const COUNT_ACCOUNTS = "SELECT count(*) AS accounts FROM changes WHERE run = $1";

const RECORD = `INSERT INTO guards (run, guard, figure, allowed, issue, at) VALUES ($1, $2, $3, $4, $5, $6)
  ON CONFLICT (run, guard) DO UPDATE SET figure = excluded.figure, allowed = excluded.allowed, issue = excluded.issue, at = excluded.at`;

/** Changes above $3 and up to $4, of the run $1. */
const inRange = (of: string) => `${of}.run = $1 AND ${of}.change > $3 AND ${of}.change <= $4`;

const words = (place: string) => ({
  listed: `SELECT unnest(${place}::text[])`,
  clearsDocuments: CLEARS_DOCUMENTS,
});

const holdBy = (
  kind: HeldBy["kind"],
) => `INSERT INTO holds (run, change, guard) SELECT x.run, x.change, $2::text FROM plans x
  WHERE ${inRange("x")} AND ${MAY_HOLD} AND ${isHeldBy(kind, words("$5"))}
  ORDER BY x.change ON CONFLICT (run, change, guard) DO NOTHING`;

/** $2 when. */
const endHeld = (condition = "true") => `INSERT INTO ends (run, change, word, issues, at)
  ${heldEnds("$1", "$2::bigint")} AND ${inRange("h")} AND ${condition} GROUP BY h.run, h.change ORDER BY h.change
  ON CONFLICT (run, change) DO UPDATE SET word = excluded.word, issues = excluded.issues, at = excluded.at`;
const END_HELD = endHeld();
/** Of the changes that the guard $5 has held. */
const END_HELD_BESIDE = endHeld(
  "EXISTS (SELECT 1 FROM holds o WHERE o.run = h.run AND o.change = h.change AND o.guard = $5)",
);

/** Of the changes that the guard $2 holds. */
const REOPEN_RELEASED = `DELETE FROM ends WHERE ${inRange("ends")} AND word = 'held'
  AND EXISTS (SELECT 1 FROM holds h WHERE h.run = ends.run AND h.change = ends.change AND h.guard = $2 AND h.released = 0)
  AND NOT EXISTS (SELECT 1 FROM holds h WHERE h.run = ends.run AND h.change = ends.change AND h.guard <> $2 AND h.released = 0)`;
const RELEASE = `UPDATE holds SET released = 1 WHERE ${inRange("holds")} AND guard = $2 AND released = 0`;
const REOPEN_HELD = `DELETE FROM ends WHERE run = $1 AND change > $2 AND change <= $3 AND ${isGuardHeld("ends")}`;
const GIVE_UP = "UPDATE holds SET released = 2 WHERE run = $1 AND change > $2 AND change <= $3 AND released = 0";
const APPROVE = `UPDATE guards SET approved_max = $1, approved_by = $2, approved_at = $3, reason = $4 WHERE run = $5 AND guard = $6`;

/** Changes in one transaction. */
const BATCH = 10_000;

export const WAIT = `UPDATE runs SET waiting = 1 WHERE no = $1 AND kind = 'run'
  AND EXISTS (SELECT 1 FROM changes c WHERE c.run = $1 AND NOT ${has("ends", "c")})`;

export function postgresGuards(store: PostgresStore): GuardsLedger {
  const { sql } = store;

  return {
    ...postgresHolds(store),

    async countOperations(run) {
      const counts = await sql.all<KindCount>(countPlanned("$1"), run.no);
      const clearing = counts.some(({ kind }) => kind === "patch")
        ? await sql.get<KindCount>(countPlanned("$1", CLEARS_DOCUMENTS), run.no)
        : undefined;
      return decodeCounts(counts, clearing);
    },

    countProducts: async (run) => decodeProducts(await sql.all<ProductCount>(countProducts("$1"), run.no)),

    countAccounts: async (run) => (await sql.get<{ accounts: number }>(COUNT_ACCOUNTS, run.no))?.accounts ?? 0,

    async countPlanned(run, by) {
      const text = countHeldBy("$1", isHeldBy(by.kind, words("$2")));
      return (await sql.get<{ counted: number }>(text, run.no, ...listed(by)))?.counted ?? 0;
    },

    list: async (run) => (await sql.all<GuardShape>(listGuards("$1"), run.no)).map(decodeGuard),

    async listHolds(run, change) {
      const text = "SELECT guard, released FROM holds WHERE run = $1 AND change = $2 ORDER BY guard";
      const holds = await sql.all<Pick<GuardShape, "guard"> & { released: 0 | 1 }>(text, run.no, change);
      return holds.map(({ guard, released }) => ({ guard, released: released === 1 }));
    },
  };
}

/** What changes holds. */
function postgresHolds(store: PostgresStore): Pick<GuardsLedger, "hold" | "approve" | "release" | "giveUp"> {
  return {
    async hold(run, tripped, atMs) {
      if (tripped.length === 0) return;
      await store.write(async (write) => {
        for (const { guard, figure, allowed, issue } of tripped)
          await write.run(RECORD, run.no, guard, figure, allowed, JSON.stringify(issue), atMs);
      });
      await inBatches(store, run, { size: BATCH }, async (write, after, last) => {
        for (const { guard, holds } of tripped)
          await write.run(holdBy(holds.kind), run.no, guard, after, last, ...listed(holds));
        await write.run(END_HELD, run.no, atMs, after, last);
      });
      await store.write((write) => releaseEnded(write, run));
    },

    approve(run, guard, { max, by, atMs, reason }) {
      return store.write(async (write) => {
        await write.run(APPROVE, max, by, atMs, reason, run.no, guard);
      });
    },

    async release(run, guard, atMs) {
      let reopened = 0;
      await inBatches(store, run, { size: BATCH }, async (write, after, last) => {
        reopened += await write.run(REOPEN_RELEASED, run.no, guard, after, last);
        await write.run(RELEASE, run.no, guard, after, last);
        await write.run(END_HELD_BESIDE, run.no, atMs, after, last, guard);
        if (run.kind === "run") await reopenRun(write, run);
        await write.run(WAIT, run.no);
      });
      return reopened;
    },

    giveUp(run) {
      return inBatches(store, run, { size: BATCH }, async (write, after, last) => {
        await write.run(REOPEN_HELD, run.no, after, last);
        await write.run(GIVE_UP, run.no, after, last);
        await reopenRun(write, run);
      });
    },
  };
}

function listed(by: HeldBy): readonly PgValue[] {
  const list = listOf(by);
  return list === null ? [] : [list];
}
