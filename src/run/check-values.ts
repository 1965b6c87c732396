/**
 * Whether the ledger still has all values of a run's rows: what would be made of the rest only looks whole.
 */
import { FatalError } from "../errors/fatal-error.ts";
import type { Run } from "../ledger/run.ts";

/** `so` says what cannot be done. Throws FatalError `run_pruned`. */
export function checkValues({ id, prunedAtMs }: Run, so: string): void {
  if (prunedAtMs === null) return;
  const day = new Date(prunedAtMs).toISOString().slice(0, 10);
  throw new FatalError("run_pruned", `the values of run ${id} were pruned on ${day}, so ${so}`, {
    hint: `its results are where they were published; for words, codes and calls type: tieout explain ${id} --row <number>`,
  });
}
