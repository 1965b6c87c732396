/**
 * Notes, before a run is over, that its file is to be archived or tagged then: so it is not forgotten, whenever the process dies.
 */
import type { Run } from "../../ledger/run.ts";
import type { RunContext } from "../context.ts";

/** Nothing for plans and rehearsals, and for runs that have their rows from an earlier one or from the ledger. */
export async function noteFiling({ job, ledger, isRehearsal = false }: RunContext, run: Run): Promise<void> {
  if (job.archive === undefined && job.tag === undefined) return;
  const isOfFile = run.rerunOf === null && run.absentOf === undefined;
  if (run.kind === "run" && isOfFile && !isRehearsal) await ledger.filings.open(run);
}
