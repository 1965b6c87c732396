/**
 * How a run that has ended stands today, by the last attempts of its rows: done by a later run, or with rows that are still open.
 */
import { EXIT } from "../../errors/exit-codes.ts";
import type { Ledger } from "../../ledger/ledger.ts";
import type { Run } from "../../ledger/run.ts";
import { hasShort, isAccepted, openOf } from "../open-rows.ts";

export interface RunStanding {
  /** Counted up to MOST_COUNTED. */
  readonly open: number;
  readonly accepted: number;
  /** The last run of attempts, once all rows have come right; null while some are open, where a later run has overtaken one, and without attempts. */
  readonly doneBy: string | null;
  /** The run that its rows came from, where they are open or done; null for a run of rows of its own. */
  readonly of: string | null;
}

export const MOST_COUNTED = 1_000;

/** Null for a run that all went well in, that has not ended, or that is a re-run. */
export async function standing(ledger: Ledger, run: Run, nowMs: number): Promise<RunStanding | null> {
  const mayBeOpen = run.exit === EXIT.rowsToRepair || run.exit === EXIT.rowsHeld || run.abandoned !== null;
  if (run.kind !== "run" || run.stage !== "ended" || run.rerunOf !== null || run.rejection !== null || !mayBeOpen)
    return null;
  let open = 0;
  let accepted = 0;
  for await (const row of openOf(ledger, run)) {
    if (isAccepted(row, nowMs)) accepted += 1;
    else open += 1;
    if (open === MOST_COUNTED) break;
  }
  const runs = open > 0 ? [] : await ledger.lineage.listAttemptRuns(run);
  const doneBy = (await hasShort(ledger, run, runs, nowMs)) ? null : (runs.at(-1) ?? null);
  const [of = null] = open + accepted > 0 || runs.length > 0 ? [] : await ledger.lineage.listOrigins(run, 1);
  return { open, accepted, doneBy, of };
}
