/**
 * Refuses results that do not balance: nobody sees them.
 */
import { EXIT } from "../../errors/exit-codes.ts";
import { FatalError } from "../../errors/fatal-error.ts";
import type { Run } from "../../ledger/run.ts";
import { type Equation, findImbalance, renderEquation } from "../../report/certificate.ts";

/** Throws FatalError `run_unbalanced`, with the first equation that does not hold. */
export function checkBalance({ id }: Run, certificate: readonly Equation[]): void {
  const wrong = findImbalance(certificate);
  if (wrong === undefined) return;
  throw new FatalError("run_unbalanced", `run ${id} does not balance: ${renderEquation(wrong)}`, {
    hint: "send the run's id to the Tieout maintainers; no results were published",
    exit: EXIT.ourFault,
  });
}
