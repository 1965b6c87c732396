/**
 * Statements that find rows of the ledger which belong to nothing. They are the same in both databases.
 */
import type { IntegrityProblem } from "../integrity.ts";

interface Orphans {
  readonly table: string;
  /** What its rows must belong to. */
  readonly of: string;
  readonly sql: string;
}

const lacking = (table: string, of: string, where: string): Orphans => ({
  table,
  of,
  sql: `SELECT count(*) AS counted FROM ${table} x WHERE NOT EXISTS (SELECT 1 FROM ${where})`,
});

const RUN = (table: string) => lacking(table, "a run", "runs r WHERE r.no = x.run");
const CHANGE = (table: string) => lacking(table, "a change", "changes c WHERE c.run = x.run AND c.change = x.change");

export const ORPHANS: readonly Orphans[] = [
  lacking("runs", "a bank", "banks b WHERE b.no = x.bank"),
  ...["links", "tied_out", "user_times", "snapshot_accounts"].map((table) =>
    lacking(table, "a bank", "banks b WHERE b.no = x.bank"),
  ),
  ...[
    "rows",
    "changes",
    "facts",
    "near_ids",
    "guards",
    "controls",
    "call_times",
    "accepted",
    "retained",
    "contents",
    "snapshots",
    "snapshot_rows",
    "absent_accounts",
    "filings",
  ].map(RUN),
  lacking("changes", "its first row", "rows r WHERE r.run = x.run AND r.row = x.change"),
  ...["desires", "finds", "plans", "ends", "holds"].map(CHANGE),
  lacking("operations", "a plan", "plans p WHERE p.run = x.run AND p.change = x.change"),
  lacking("sendings", "an operation", "operations o WHERE o.run = x.run AND o.change = x.change AND o.step = x.step"),
  {
    table: "rows",
    of: "the change that they name",
    sql: `SELECT count(*) AS counted FROM rows x WHERE x.change IS NOT NULL
      AND NOT EXISTS (SELECT 1 FROM changes c WHERE c.run = x.run AND c.change = x.change)`,
  },
];

export function orphanProblem({ table, of }: Orphans, counted: number): IntegrityProblem[] {
  return counted === 0 ? [] : [{ table, problem: `${counted} of its rows have not got ${of}` }];
}
