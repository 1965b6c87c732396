/**
 * The job's oldest open row, as the summary of each of its runs names it.
 */
import type { Run } from "../../ledger/run.ts";
import type { Summary } from "../../report/summary.ts";
import type { RunContext } from "../context.ts";
import { findOldestOpen } from "../open-rows.ts";

/** Null where no row is open, undefined for a plan or a validation. `settle`: runs that have come right are not looked at again. */
export async function findOldest(
  { ledger, clock }: RunContext,
  { kind, bank, job }: Run,
  settle: boolean,
): Promise<Summary["oldestOpen"]> {
  if (kind !== "run") return undefined;
  const oldest = await findOldestOpen(ledger, { bank, job }, clock.nowMs(), { settle });
  if (oldest === undefined) return null;
  const { run, row, sinceMs } = oldest.original;
  return { run, row, since: new Date(sinceMs).toISOString() };
}
