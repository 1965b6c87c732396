/**
 * The guard phase: the operations of the whole plan are counted by kind against the job's limits, before the first
 * write. If a limit is exceeded, every row with an operation of that kind is held whole.
 */

import { GUARD_KINDS, type GuardKind } from "../plan/operation.ts";
import { counted, grouped } from "../text/counted.ts";
import type { RunInHand } from "./run-in-hand.ts";

/** In words, for what is no operation of its own. */
const PLANNED: Partial<Record<GuardKind, (count: number) => string>> = {
  clear_documents: (count) => `removes all documents of ${counted(count, "account")}`,
};

export async function guardPhase({ ledger, job, clock, log, run }: RunInHand): Promise<void> {
  const counts = await ledger.changes.countOperations(run);
  for (const kind of GUARD_KINDS) {
    const { max } = job.guards[kind];
    if (counts[kind] <= max) continue;
    const planned = PLANNED[kind]?.(counts[kind]) ?? `has ${counted(counts[kind], `${kind} operation`)}`;
    const message = `the plan ${planned}, and the job allows ${grouped(max)}; check them, then raise guards.${kind}.max`;
    const verdict = { word: "held" as const, issues: [{ code: "guard" as const, column: "", message }] };
    await ledger.changes.closePlanned(run, [kind], verdict, clock.nowMs());
    log.warn("guard: rows were held", { run: run.id, kind, planned: counts[kind], max });
  }
}
