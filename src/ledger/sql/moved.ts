/**
 * The mark of a ledger that was moved to another place: a lease that nobody gives back, held by that place. All that the ledger has can
 * still be read, and nothing more is written, so that a bank never has two ledgers at work.
 */
import { FatalError } from "../../errors/fatal-error.ts";

/** No job has this lease: the names of theirs have a space in them. */
export const MOVED = "moved";

/** The place as `owner`; no row for a ledger that was not moved. */
export const FIND_MOVED = `SELECT owner FROM leases WHERE name = '${MOVED}'`;

export function ledgerMoved(to: string): FatalError {
  return new FatalError("ledger_moved", `this ledger was moved to ${to}, and nothing more is written here`, {
    hint: `set TIEOUT_LEDGER to ${to}, with its password if it has one`,
  });
}
