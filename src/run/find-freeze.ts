/**
 * Finds the freeze window that concerns a run, and stops the run for it: rows that were not held before it has begun wait for its end.
 */
import type { Run } from "../ledger/run.ts";
import { type Freeze, listFreezes } from "../plan/guard-settings.ts";
import type { RunContext } from "./context.ts";
import { type Stop, stopOfFreeze } from "./stop.ts";

/** The present window, or else the next; null for a run that sends nothing new, or that a person has let send in it. */
export async function findFreeze({ ledger, job, clock }: RunContext, run: Run): Promise<Freeze | null> {
  const [freeze] = listFreezes(job.guards, clock.nowMs());
  if (freeze === undefined || run.kind !== "run" || run.abandoned !== null) return null;
  const isApproved = (await ledger.guards.list(run)).some(
    ({ guard, approval }) => guard === "freeze" && approval !== null,
  );
  return isApproved ? null : freeze;
}

/** Why nothing may be sent now, if so and something is left to send. */
export async function stopIfFrozen(context: RunContext, run: Run): Promise<Stop | null> {
  const freeze = await findFreeze(context, run);
  if (freeze === null || freeze.fromMs > context.clock.nowMs()) return null;
  return (await context.ledger.changes.countOpen(run)).planned === 0 ? null : stopOfFreeze(freeze);
}
