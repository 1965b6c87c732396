/**
 * The read phase of a run over rows that were chosen from an earlier one: they are read from the ledger. Sends nothing.
 */
import type { Code } from "../../errors/codes/codes.ts";
import type { Word } from "../../errors/words.ts";
import type { Run } from "../../ledger/run.ts";
import type { ParsedRow } from "../../read/change.ts";
import type { Reading } from "../../read/reading.ts";
import { KeySum } from "../../read/row/key-sum.ts";
import { parseRow } from "../../read/row/parse-row.ts";
import type { RunContext } from "../context.ts";
import { foldChanges } from "../fold-changes.ts";
import { PAGE, walkPages } from "../pages.ts";
import { noteReading } from "./note-reading.ts";

/** Rows of an earlier run that ended in one of these words, and for one of these codes if any is given, under their own row numbers. */
export async function copyRows(
  context: RunContext,
  from: Run,
  to: Run,
  reading: Reading,
  words: readonly Word[],
  codes: readonly Code[],
): Promise<number> {
  const { ledger } = context;
  await ledger.runs.record(to, { reading });
  noteReading(context, to, reading);
  let count = 0;
  const keys = new KeySum(reading);
  const chosen = walkPages(
    (page) => ledger.rows.readRows(from, words, page, codes),
    ({ source }) => source.row,
    PAGE,
  );
  for await (const page of chosen) {
    const rows = page.map(({ source, issues }): ParsedRow => {
      const provenance = { run: from.id, row: source.row };
      // Of neither can a re-run make another row.
      if (source.cells === null || issues.some(({ code }) => code === "row_added"))
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
