/**
 * Compares rows of a results file that is fed in again with what the ledger has of them. A page of rows in, the same rows out;
 * those that now name another account are invalid. One look-up for each earlier run and page.
 */
import { FatalError } from "../../errors/fatal-error.ts";
import { isSameBank, type Run } from "../../ledger/run.ts";
import type { ParsedRow } from "../../read/change.ts";
import type { Reading } from "../../read/reading.ts";
import { judgeRepairedKeys, type Origin } from "../../read/row/repaired-keys.ts";
import type { RunContext } from "../context.ts";

/** A row whose origin the ledger does not know, or knows of another bank, is taken as it is. */
export async function judgeRepaired(
  { ledger }: RunContext,
  run: Run,
  reading: Reading,
  rows: readonly ParsedRow[],
): Promise<readonly ParsedRow[]> {
  const repaired = rows.flatMap(({ provenance }) => (provenance === undefined ? [] : [provenance]));
  if (repaired.length === 0) return rows;
  const origins = new Map<string, Origin>();
  for (const [id, of] of Map.groupBy(repaired, (provenance) => provenance.run)) {
    const from = await ledger.runs.find(id).catch(noneOfThatId);
    // `find` also accepts the beginning of an id, and a cell must have the whole id.
    if (from?.id !== id || from.reading === null || !isSameBank(from.bank, run.bank)) continue;
    const found = await ledger.rows.readOrigins(
      from,
      of.map(({ row }) => row),
    );
    for (const row of found) origins.set(`${id} ${row.source.row}`, { ...row, run: id, reading: from.reading });
  }
  return rows.map((row) => {
    const origin = row.provenance && origins.get(`${row.provenance.run} ${row.provenance.row}`);
    return origin === undefined ? row : judgeRepairedKeys(row, reading, origin);
  });
}

/** A cell that is the beginning of two ids names no run; other errors of the ledger are thrown. */
function noneOfThatId(error: unknown): undefined {
  if (!(error instanceof FatalError) || error.code !== "run_not_found") throw error;
}
