/**
 * Whether anybody works with the ledger, or has left work in it. What the statement finds goes in; throws or does nothing.
 */
import { FatalError } from "../../errors/fatal-error.ts";

export interface BusyShape {
  readonly kind: "lease" | "run";
  readonly name: string;
}

/** `?` is now. */
export const FIND_BUSY = `SELECT 'lease' AS kind, name FROM leases WHERE until > ?
  UNION ALL SELECT 'run' AS kind, id AS name FROM runs WHERE kind = 'run' AND stage <> 'ended' LIMIT 1`;

/** Throws FatalError `lease_held`, or `run_waits` for an unfinished run. */
export function checkIdle(busy: BusyShape | undefined): void {
  if (busy === undefined) return;
  if (busy.kind === "lease")
    throw new FatalError("lease_held", `job ${busy.name.split(" ")[0]} is in progress, so nothing was done`, {
      hint: "wait for it to end, then type the same command again",
    });
  throw new FatalError("run_waits", `run ${busy.name} is not finished, so nothing was done`, {
    hint: `to finish it, type: tieout resume ${busy.name}`,
  });
}
