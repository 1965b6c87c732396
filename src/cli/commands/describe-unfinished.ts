/**
 * What is said beside findings about a run that has not ended, since they may change.
 */
import type { Lease, Run } from "../../ledger/run.ts";
import { asTyped } from "../output/as-typed.ts";

/** Undefined for a run that has ended. `holder` is who works on it, `what` what may change, such as `its causes`. */
export function describeUnfinished({ id, stage }: Run, holder: Lease | null, what: string): string | undefined {
  if (stage === "ended") return undefined;
  const next = holder === null ? `to continue it, type: tieout resume ${id}` : `to watch it, type: tieout follow ${id}`;
  return asTyped(
    `not finished: run ${id} ${holder === null ? "has not ended" : "is in progress"}, so ${what} may change; ${next}`,
  );
}
