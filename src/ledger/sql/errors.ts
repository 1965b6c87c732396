/**
 * The errors of a ledger that are not its database's: what its state rules out.
 */
import { FatalError } from "../../errors/fatal-error.ts";
import type { Lease, Run } from "../run.ts";

/** The error of a call that the ledger's state rules out: a bug of ours. */
export function internal(message: string): FatalError {
  return new FatalError("internal", message, { hint: "send this line to the Tieout maintainers" });
}

/** The error of a change to a bank at which somebody works under that lease. */
export function bankInUse({ name, owner, sinceMs, untilMs }: Lease): FatalError {
  const [job] = name.split(" ");
  const message = `job ${job} is in progress at that bank: ${owner} has run it since ${new Date(sinceMs).toISOString()}`;
  return new FatalError("lease_held", message, {
    hint: `wait for it to end; if that process is gone, the bank is free at ${new Date(untilMs).toISOString()}`,
  });
}

/** The error of a process that has lost its lease. */
export function leaseLost(what: string): FatalError {
  return new FatalError("lease_lost", what, { hint: "look at tieout runs, then start the job again" });
}

/** The error of a process that is to send under a lease that another has. */
export function leaseOfRunLost({ id }: Run): FatalError {
  return leaseLost(`run ${id} lost its lease to another process`);
}

/** The error of a process that is to send for an account that its change no longer holds. */
export function claimLost(run: Run, change: number): FatalError {
  return leaseLost(`run ${run.id} does not hold the account of the change of row ${change}`);
}

/** The error of a process whose operation another one has settled meanwhile. */
export function settledElsewhere(run: Run, change: number, step: number): FatalError {
  return leaseLost(`run ${run.id}: another process has settled step ${step} of the change of row ${change}`);
}
