/**
 * The read phase of a run over rows that were chosen from an earlier one: they are read from the ledger. Sends nothing.
 */
import type { Code } from "../../errors/codes/codes.ts";
import type { Issue } from "../../errors/issue.ts";
import type { Run } from "../../ledger/run.ts";
import type { ParsedRow } from "../../read/change.ts";
import type { CsvRow } from "../../read/csv-row.ts";
import type { Reading } from "../../read/reading.ts";
import { KeySum } from "../../read/row/key-sum.ts";
import { parseRow } from "../../read/row/parse-row.ts";
import type { RunContext } from "../context.ts";
import { foldChanges } from "../fold-changes.ts";
import { noteReading } from "./note-reading.ts";

/** A row that was chosen, with what is wrong with one that has no cells. */
export interface ChosenRow {
  readonly source: CsvRow;
  readonly issues: readonly Issue[];
}

/** What is wrong with rows whose cells the ledger has only as they were given back, and not as they were. */
const STAY_WRONG: readonly Code[] = ["row_added", "cell_unproven", "key_unproven", "read_otherwise", "original_pruned"];

/** Rows of an earlier run, page by page, under their own row numbers. */
export async function copyRows(
  context: RunContext,
  from: Run,
  to: Run,
  reading: Reading,
  chosen: AsyncIterable<readonly ChosenRow[]>,
): Promise<number> {
  const { ledger } = context;
  await ledger.runs.record(to, { reading });
  noteReading(context, to, reading);
  let count = 0;
  const keys = new KeySum(reading);
  for await (const page of chosen) {
    const rows = page.map(({ source, issues }): ParsedRow => {
      const provenance = { run: from.id, row: source.row };
      // Of none of them can a re-run make another row.
      if (source.cells === null || issues.some(({ code }) => STAY_WRONG.includes(code)))
        return { kind: "invalid", source, issues, provenance };
      return { ...parseRow(source, reading), provenance };
    });
    await ledger.rows.recordRows(to, rows);
    for (const { source } of page) keys.add(source);
    count += rows.length;
  }
  await foldChanges(context, to, reading);
  await ledger.runs.record(to, { keysIn: String(keys), rows: count });
  return count;
}
