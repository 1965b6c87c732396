/**
 * Ends of changes in PostgreSQL: the word of each.
 */
import type { Verdict } from "../ledger.ts";
import type { Run } from "../run.ts";
import { internal } from "../sql/errors.ts";
import { encodeList } from "../sql/lists.ts";
import type { Sql } from "./database.ts";
import { runForAll } from "./run-for-all.ts";

/** $1 run, $2 change, $3 word, $4 issues, $5 when. */
export const RECORD_ENDS = `INSERT INTO ends (run, change, word, issues, at) SELECT run, change, o.word, o.issues, o.at
  FROM unnest($1::integer[], $2::integer[], $3::text[], $4::text[], $5::bigint[]) AS o (run, change, word, issues, at)
  JOIN changes USING (run, change) ORDER BY run, change
  ON CONFLICT (run, change) DO UPDATE SET word = excluded.word, issues = excluded.issues, at = excluded.at`;

export interface EndOfChange {
  readonly run: Run;
  readonly change: number;
  readonly verdict: Verdict;
  readonly atMs: number | null;
}

/**
 * Whoever holds the claim of the account gives it up beside this. Throws for a change that is not there, which undoes the transaction: the
 * writer then performs each write apart.
 */
export async function recordEnds(sql: Sql, ends: readonly EndOfChange[]): Promise<void> {
  const rows = ends.map(({ run, change, verdict: { word, issues }, atMs }) => [
    run.no,
    change,
    word,
    encodeList(issues),
    atMs,
  ]);
  const [first] = ends;
  if ((await runForAll(sql, RECORD_ENDS, rows)) < ends.length && first !== undefined)
    throw internal(`run ${first.run.id} has no change ${first.change}`);
}
