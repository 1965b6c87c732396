/**
 * Publishes the results of a run again, from the ledger as it is at one moment. The run's own state in the ledger does not
 * change, unless the run lacks only its report and nobody else works on it: then this ends it.
 */
import { FatalError } from "../../errors/fatal-error.ts";
import type { Ledger } from "../../ledger/ledger.ts";
import { type Lease, leaseName, type Run } from "../../ledger/run.ts";
import type { Summary } from "../../report/summary.ts";
import { checkValues } from "../check-values.ts";
import type { RunContext } from "../context.ts";
import { holdLease } from "../lease.ts";
import { EVERY_ROW } from "../run-in-hand.ts";
import { stopFor } from "../stop.ts";
import type { Ending } from "./open-end.ts";
import { reportPhase } from "./report-phase.ts";

/** Throws as `reportPhase` does, and FatalError `run_not_found` for a run that has nothing to report. */
export async function reportAgain(context: RunContext, { id, bank, job }: Run): Promise<Summary> {
  const { ledger, clock, owner } = context;
  {
    await using snapshot = await ledger.openSnapshot();
    const run = await find(snapshot, id);
    const holder = await findHolder(snapshot, run, clock.nowMs());
    if (run.stage !== "report" || holder !== null) {
      const ending = checkPublished(run, endingOf(run, holder));
      return await reportPhase({ ...context, ledger: snapshot }, run, ending, await ledger.runs.openPublication(run));
    }
  }
  await using lease = await holdLease(ledger, { bank, job }, owner, clock);
  const fenced = ledger.fencedBy(lease.current);
  const run = await find(fenced, id);
  return await reportPhase({ ...context, ledger: fenced }, run, checkPublished(run, endingOf(run, null)));
}

/** Who works on a run now; null for nobody. */
export async function findHolder({ leases }: Ledger, run: Run, nowMs: number): Promise<Lease | null> {
  const lease = run.stage === "ended" ? undefined : await leases.find(leaseName(run.bank, run.job));
  return lease !== undefined && lease.untilMs > nowMs ? lease : null;
}

/**
 * As in the last results; null where there are none. A run whose first results could not be written is at its end if its stage
 * says so.
 */
export function endingOf(run: Run, holder: Lease | null): Ending | null {
  const last = run.summary === null ? null : (JSON.parse(run.summary) as Summary);
  const ahead = last?.page?.ahead ?? null;
  if (holder !== null) {
    const message = `run ${run.id} is in progress: ${holder.owner} is running the job, and these are the results so far`;
    return {
      stop: stopFor({ code: "lease_held", column: "", message }),
      maxChange: last?.maxChange ?? EVERY_ROW,
      ahead,
    };
  }
  if (last !== null) {
    const { final, stopped, exit, maxChange } = last;
    if (stopped === null && maxChange === EVERY_ROW && !["report", "ended"].includes(run.stage)) {
      // A process that is killed as it approves may leave no results of that.
      const issue = run.waiting
        ? ({ code: "guard_approved", column: "", message: "a person has approved what a guard held" } as const)
        : ({ code: "run_stopped", column: "", message: "the process that continued the run has died" } as const);
      return { stop: stopFor(issue), maxChange, ahead };
    }
    return {
      stop: final || stopped === null ? null : { kind: "stop", issue: { ...stopped, column: "" }, exit },
      maxChange,
      ahead,
    };
  }
  return run.stage === "report" ? { stop: null, maxChange: EVERY_ROW, ahead } : null;
}

function checkPublished(run: Run, ending: Ending | null): Ending {
  if (ending !== null) return ending;
  throw new FatalError("run_not_found", `run ${run.id} has published no results yet`, {
    hint: run.rejection === null ? `start tieout resume ${run.id}` : "its file was rejected; see tieout runs",
  });
}

async function find({ runs }: Ledger, id: string): Promise<Run> {
  const run = await runs.find(id);
  if (run === undefined) throw new FatalError("run_not_found", `run ${id} is gone`, { hint: "see tieout runs" });
  checkValues(run, "its results cannot be written again");
  return run;
}
