/**
 * How a run takes over what the plan that it applies has read, found, planned and ended: statements for a range of its rows. Text only.
 */
import { isOpen } from "./conditions.ts";
import { isGuardHeld } from "./guard-shape.ts";

/** Rows of one transaction. */
export const COPY_BATCH = 2_000;

/** What `last` and `end` give. */
export interface LastRow {
  readonly row: number | null;
}

/** The plan's time goes with what has ended; what is still to be sent, or may be once it is approved, is compared with the account first (ChangeToApply.plannedAtMs). */
const AT = `CASE WHEN ${isOpen("x")} OR ${isGuardHeld("x")} THEN 0 ELSE x.at END`;

const OF_GUARD = "guard, figure, allowed, issue, at, approved_max, approved_by, approved_at, reason";

/** What is to be typed for a held row names its run, which is this one now. */
const ofRun = (text: string) =>
  `replace(${text}, (SELECT id FROM runs WHERE no = $2), (SELECT id FROM runs WHERE no = $1))`;

export const PLAN_COPY = {
  /** What the file is, and what was seen of the bank. $1 the run, $2 the plan. */
  run: `UPDATE runs SET reading = p.reading, rows = p.rows, keys_in = p.keys_in, proof = p.proof, batch = p.batch,
      version = p.version, plan_hash = p.plan_hash
    FROM runs p WHERE runs.no = $1 AND p.no = $2`,
  /** The guards that have tripped, and who has approved them. $1 the run, $2 the plan. */
  guards: `INSERT INTO guards (run, ${OF_GUARD}) SELECT CAST($1 AS integer), ${OF_GUARD.replace("issue", ofRun("issue"))} FROM guards WHERE run = $2
    ON CONFLICT (run, guard) DO NOTHING`,
  /** The last row that was copied, 0 for none. $1 the run. */
  last: "SELECT coalesce(max(row), 0) AS row FROM rows WHERE run = $1",
  /** The last row of the next range, null when all are copied. $1 the plan, $2 the row before the range, $3 how many rows. */
  end: "SELECT max(row) AS row FROM (SELECT row FROM rows WHERE run = $1 AND row > $2 ORDER BY row LIMIT $3) AS batch",
  /** A change has the number of its first row. $1 the run, $2 the plan, rows above $3 and up to $4. */
  range: [
    copy("rows", "row, byte_offset, cells, change, word, issues, notes, from_run, from_row, key, of_run, of_row"),
    copy("changes", "change, key, to_fold"),
    copy("desires", "change, desired"),
    copy("contents", "change, content, gets"),
    copy("finds", "change, account_id, at, seen"),
    copy("plans", "change, at, touch, notes, differences, seen, resolutions, product", { at: AT }),
    copy("operations", "change, step, kind, generation, key, body_hash, body"),
    copy("ends", "change, word, issues, at", { issues: ofRun("x.issues") }),
    copy("holds", "change, guard, released"),
  ],
} as const;

/** `instead`: what is copied in place of a column. */
function copy(table: string, columns: string, instead: Readonly<Record<string, string>> = {}): string {
  const names = columns.split(", ");
  const values = names.map((name) => instead[name] ?? `x.${name}`).join(", ");
  const number = `x.${names[0]}`;
  return `INSERT INTO ${table} (run, ${columns}) SELECT CAST($1 AS integer), ${values}
    FROM ${table} x WHERE x.run = $2 AND ${number} > $3 AND ${number} <= $4 ORDER BY ${number}`;
}
