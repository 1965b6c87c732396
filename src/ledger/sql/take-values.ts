/**
 * Statements about what goes of runs that are over, and what is kept of it. They are the same in both databases, with `$1` for a value; what
 * each says in its own way is given.
 */
import { FatalError } from "../../errors/fatal-error.ts";
import type { Issue } from "../../errors/issue.ts";
import type { StaysFor } from "../retention.ts";
import type { Lease, Run } from "../run.ts";
import { accountKeyOf, clientKeyOf } from "./change-keys.ts";
import { IS_IN_DOUBT } from "./conditions.ts";
import { isGuardHeld } from "./guard-shape.ts";
import type { RunShape } from "./run-shape.ts";
import { isOwed } from "./snapshot-shape.ts";

export type DueShape = RunShape & { readonly stays: StaysFor | null; readonly pruned: number };

const STAYS = `CASE
  WHEN EXISTS (SELECT 1 FROM ends e WHERE e.run = runs.no AND e.word = 'unknown') THEN 'unsettled'
  WHEN EXISTS (SELECT 1 FROM holds x WHERE x.run = runs.no AND ${isGuardHeld("x")}) THEN 'guard'
  WHEN EXISTS (SELECT 1 FROM runs a WHERE a.plan_of = runs.id AND a.stage <> 'ended') THEN 'applied'
  WHEN ${isOwed("runs")} THEN 'absent' END`;

/** $1 the job, $2 ended before, $3 the number, $4 how many. `select` gives a run's columns. */
export const listDue = (select: string) => `${select.replace("SELECT ", `SELECT ${STAYS} AS stays, `)}
  WHERE runs.job = $1 AND runs.stage = 'ended' AND runs.ended_at < $2 AND runs.no < $3
    AND (runs.pruned < 2 OR EXISTS (SELECT 1 FROM retained k WHERE k.run = runs.no))
  ORDER BY runs.no DESC LIMIT $4`;

/** $1 the job, $2 ended before, $3 how many. What tells an earlier row's fate stays as long as that row does. */
export const listEvidence = (select: string) => `${select}
  WHERE runs.job = $1 AND runs.stage = 'ended' AND runs.ended_at < $2 AND runs.pruned = 2
    AND NOT EXISTS (SELECT 1 FROM retained k WHERE k.run = runs.no)
    AND NOT EXISTS (SELECT 1 FROM runs y WHERE y.bank = runs.bank AND y.no < runs.no AND y.kind = 'run' AND y.rejection IS NULL AND y.settled = 0)
    AND NOT EXISTS (SELECT 1 FROM rows a JOIN runs o ON o.no = a.of_run WHERE a.run = runs.no AND o.pruned < 3)
  ORDER BY runs.no LIMIT $3`;

/** $1 the bank, and a list of ids. */
export const linksOf = (listed: string) => `SELECT client_account_id AS client, account_id AS account FROM links
  WHERE bank = $1 AND (client_account_id IN (${listed}) OR account_id IN (${listed}))
  UNION SELECT client_account_id AS client, account_id AS account FROM snapshot_accounts
  WHERE bank = $1 AND client_account_id IS NOT NULL AND (client_account_id IN (${listed}) OR account_id IN (${listed}))`;

/** Changes whose account the run $1 has seen under one of those own ids, though no file may have named it so. */
export const seenUnder = (ownId: string, listed: string) => `SELECT c.key, f.account_id AS account FROM plans p
  JOIN changes c ON c.run = p.run AND c.change = p.change LEFT JOIN finds f ON f.run = p.run AND f.change = p.change
  WHERE p.run = $1 AND p.seen IS NOT NULL AND ${ownId} IN (${listed})`;

/** Rows of the run $1 above $2 and up to $3; a change has the number of its first row. */
const part = (of: string, column: string) => `${of}.run = $1 AND ${of}.${column} > $2 AND ${of}.${column} <= $3`;
const CHANGE_OF_ROW = "coalesce(r.change, r.row)";

/** $4 is when the run of an attempt must have ended. */
const KEPT_ALWAYS = `SELECT s.change, 'doubt' AS why FROM sendings s WHERE ${part("s", "change")} AND ${IS_IN_DOUBT}
  UNION SELECT a.change, 'doubt' AS why FROM accounts a WHERE ${part("a", "change")}
  UNION SELECT ${CHANGE_OF_ROW} AS change, 'repair' AS why FROM rows a JOIN runs x ON x.no = a.run
    JOIN rows r ON r.run = a.of_run AND r.row = a.of_row
    WHERE a.of_run = $1 AND a.of_row > $2 AND a.of_row <= $3 AND (x.ended_at IS NULL OR x.ended_at >= $4
      OR EXISTS (SELECT 1 FROM retained k WHERE k.run = a.run AND k.change = coalesce(a.change, a.row)))`;

/** The keys on legal hold are `listed`. */
const keptByHold = (listed: string) => `
  UNION SELECT c.change, 'legal hold' AS why FROM changes c LEFT JOIN finds f ON f.run = c.run AND f.change = c.change
    WHERE ${part("c", "change")} AND (c.key IN (${listed}) OR ${accountKeyOf("f.account_id")} IN (${listed}))
  UNION SELECT ${CHANGE_OF_ROW} AS change, 'legal hold' AS why FROM rows r WHERE ${part("r", "row")} AND r.key IN (${listed})`;

/** Without a list nothing is on hold. */
export const listKept = (listed: string | null) => KEPT_ALWAYS + (listed === null ? "" : keptByHold(listed));

/** Accounts that the snapshot of the run $1 lacked. They have no row, so they are numbered down from -1, in the order of their ids. */
const ABSENT_NUMBERED = `SELECT a.account_id, a.client_account_id, -CAST(row_number() OVER (ORDER BY a.account_id) AS integer) AS change
  FROM absent_accounts a WHERE a.run = $1`;

/** Those of them whose keys on legal hold are `listed`. */
export const listAbsentKept = (listed: string) => `SELECT n.change, 'legal hold' AS why FROM (${ABSENT_NUMBERED}) AS n
  WHERE ${accountKeyOf("n.account_id")} IN (${listed}) OR ${clientKeyOf("n.client_account_id")} IN (${listed})`;

export const BEGIN = "UPDATE runs SET pruned = 1, pruned_at = coalesce(pruned_at, $2) WHERE no = $1";
export const FORGET_KEPT = "DELETE FROM retained WHERE run = $1";

const isGone = (of: string, change = `${of}.change`) =>
  `NOT EXISTS (SELECT 1 FROM retained k WHERE k.run = ${of}.run AND k.change = ${change})`;
const goes = (of: string) => `${part(of, "change")} AND ${isGone(of)}`;

/** Its count is that of the rows which had values. */
export const TAKE_CELLS = `UPDATE rows SET cells = NULL WHERE ${part("rows", "row")} AND cells IS NOT NULL
  AND ${isGone("rows", "coalesce(rows.change, rows.row)")}`;
export const TAKE_VALUES: readonly string[] = [
  `DELETE FROM desires WHERE ${goes("desires")}`,
  `DELETE FROM contents WHERE ${goes("contents")}`,
  `UPDATE finds SET seen = NULL WHERE ${goes("finds")} AND seen IS NOT NULL`,
  `UPDATE plans SET seen = NULL, differences = NULL, drift = NULL, resolutions = NULL WHERE ${goes("plans")}`,
  `UPDATE operations SET body = '' WHERE ${goes("operations")} AND body <> ''`,
];

/** Messages may quote the bank, and that quotes what it was sent: where they are, with what names the row of the table beside the run. */
export const MESSAGES = [
  messages("rows", "issues", "row", isGone("rows", "coalesce(rows.change, rows.row)")),
  messages("rows", "notes", "row", isGone("rows", "coalesce(rows.change, rows.row)")),
  messages("plans", "notes", "change", isGone("plans")),
  messages("ends", "issues", "change", isGone("ends")),
  messages("sendings", "issue", "change", isGone("sendings"), "step"),
] as const;

export interface MessageShape {
  readonly of: number;
  readonly step: number;
  readonly text: string;
}

function messages(table: string, column: string, of: string, condition: string, step = "0") {
  const and = step === "0" ? "AND $4 = 0" : "AND step = $4";
  return {
    read: `SELECT ${of} AS "of", ${step} AS step, ${column} AS text FROM ${table} WHERE ${part(table, of)} AND ${column} IS NOT NULL AND ${condition}`,
    write: `UPDATE ${table} SET ${column} = $3 WHERE run = $1 AND ${of} = $2 ${and}`,
  };
}

/** In the place of a message that is gone. */
export const PRUNED = "(pruned)";

/** The issue, or the list of them, with code and column alone; undefined when nothing of it changes. */
export function withoutMessages(text: string): string | undefined {
  const parsed = JSON.parse(text) as Issue | Issue[];
  const bare = (issue: Issue) => ({ ...issue, message: PRUNED });
  const next = JSON.stringify(Array.isArray(parsed) ? parsed.map(bare) : bare(parsed));
  return next === text ? undefined : next;
}

/** What a run has seen of entities is no account's alone: it stays while anything is on legal hold. */
export const END = [
  `DELETE FROM facts WHERE run = $1 AND NOT EXISTS (SELECT 1 FROM retained k WHERE k.run = $1 AND k.why = 'legal hold')`,
  "DELETE FROM tied_out WHERE run = $1",
  "DELETE FROM snapshot_rows WHERE run = $1",
  `UPDATE absent_accounts SET scope = NULL WHERE run = $1 AND account_id NOT IN (SELECT n.account_id FROM (${ABSENT_NUMBERED}) AS n
    JOIN retained k ON k.run = $1 AND k.change = n.change)`,
  "UPDATE runs SET pruned = 2 WHERE no = $1",
] as const;

export const COUNT_KEPT = "SELECT why, count(*) AS counted FROM retained WHERE run = $1 GROUP BY why";
export const findKept = (
  listed: string,
) => `SELECT r.row FROM rows r JOIN retained k ON k.run = r.run AND k.change = ${CHANGE_OF_ROW}
  WHERE r.run = $1 AND r.row IN (${listed})`;

/** What goes with the rows of a run. */
const OF_ROWS = ["changes", "desires", "contents", "finds", "plans", "operations", "sendings", "ends", "holds"];

/**
 * $1 the run, up to row $2; the last one says how many rows went. The first row of a repaired file stays, since it says which batch the file
 * is of.
 */
export const TAKE_ROWS: readonly string[] = [
  ...OF_ROWS.map((table) => `DELETE FROM ${table} WHERE run = $1 AND change <= $2`),
  "DELETE FROM accepted WHERE run = $1 AND row <= $2",
  `DELETE FROM rows WHERE run = $1 AND row <= $2
    AND NOT (from_run IS NOT NULL AND row = (SELECT min(f.row) FROM rows f WHERE f.run = $1))`,
];
export const FIND_ROW_LEFT =
  "SELECT max(row) AS row FROM (SELECT row FROM rows WHERE run = $1 ORDER BY row LIMIT $2) AS part";

/** What a run has beside its rows, once those are gone. */
export const TAKE_REST: readonly string[] = [
  ...["facts", "near_ids", "guards", "controls", "call_times", "absent_accounts"].map(
    (table) => `DELETE FROM ${table} WHERE run = $1`,
  ),
  "UPDATE runs SET pruned = 3, settled = 1, summary = NULL WHERE no = $1",
];

export const FIND_WORK = `SELECT name, owner, token, since AS "sinceMs", until AS "untilMs" FROM leases WHERE name = $1`;

/** A lease's token rises with each new owner. */
export const turnOf = (lease: Lease | undefined): number => lease?.token ?? 0;

/** Throws FatalError `lease_held` while somebody works on a run of the job, or has since `turn` if one is given. */
export function checkIdle(run: Run, lease: Lease | undefined, atMs: number, turn = turnOf(lease)): void {
  if (lease !== undefined && lease.untilMs > atMs) throw jobAtWork(run, lease);
  if (turnOf(lease) === turn) return;
  const message = `job ${run.job} was started while it was looked at what of run ${run.id} is to stay, of which nothing is gone`;
  throw new FatalError("lease_held", message, { hint: "type the same command again" });
}

function jobAtWork({ job }: Run, { owner, sinceMs, untilMs }: Lease): FatalError {
  const message = `job ${job} is in progress: ${owner} has run it since ${new Date(sinceMs).toISOString()}`;
  return new FatalError("lease_held", message, {
    hint: `wait for it to end, then type the same command again; if that process is gone, the job is free at ${new Date(untilMs).toISOString()}`,
  });
}
