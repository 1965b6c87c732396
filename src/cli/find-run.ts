/**
 * A run by what an operator types: its id, an unambiguous beginning of one, or `last`.
 */
import { FatalError } from "../errors/fatal-error.ts";
import type { Ledger } from "../ledger/ledger.ts";
import type { Run } from "../ledger/run.ts";

/** Throws FatalError `run_not_found`. */
export async function findRun(ledger: Ledger, id: string): Promise<Run> {
  const run = await ledger.runs.find(id);
  if (run !== undefined) return run;
  throw new FatalError("run_not_found", `the ledger has no run ${id}`, { hint: "see tieout runs" });
}
