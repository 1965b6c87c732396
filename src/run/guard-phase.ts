/**
 * The guard phase: the operations of the whole plan are counted by kind against the job's limits, before the first
 * write. Over a limit, every row with an operation of that kind is held whole.
 */
import { counted, grouped } from "../counted.ts";
import type { Run } from "../ledger/run.ts";
import { OPERATION_KINDS } from "../plan/operation.ts";
import type { RunContext } from "./context.ts";

export async function guardPhase({ ledger, job, clock, log }: RunContext, run: Run): Promise<void> {
  const counts = await ledger.changes.countOperations(run);
  for (const kind of OPERATION_KINDS) {
    const { max } = job.guards[kind];
    if (counts[kind] <= max) continue;
    const message = `the plan has ${counted(counts[kind], `${kind} operation`)}, and the job allows ${grouped(max)}; check them, then raise guards.${kind}.max`;
    const verdict = { word: "held" as const, issues: [{ code: "guard" as const, column: "", message }] };
    await ledger.changes.closePlanned(run, [kind], verdict, clock.nowMs());
    log.warn("guard: rows were held", { run: run.id, kind, planned: counts[kind], max });
  }
}
