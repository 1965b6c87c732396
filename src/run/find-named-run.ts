/**
 * The run that a cell of a file names, by its whole id, as Tieout writes it there.
 */
import { FatalError } from "../errors/fatal-error.ts";
import type { Ledger } from "../ledger/ledger.ts";
import type { Run } from "../ledger/run.ts";

/** Undefined when the ledger has no such run. */
export async function findNamedRun({ runs }: Pick<Ledger, "runs">, id: string): Promise<Run | undefined> {
  const run = await runs.find(id).catch(noneOfThatId);
  // `find` also accepts the beginning of an id.
  return run?.id === id ? run : undefined;
}

/** The beginning of two ids names no run; other errors of the ledger are thrown. */
function noneOfThatId(error: unknown): undefined {
  if (!(error instanceof FatalError) || error.code !== "run_not_found") throw error;
}
