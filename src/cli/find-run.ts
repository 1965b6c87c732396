/**
 * Finds a run by what an operator types: its id, an unambiguous beginning of it, or `last`.
 */
import { EXIT, type ExitCode } from "../errors/exit-codes.ts";
import { FatalError } from "../errors/fatal-error.ts";
import type { Ledger } from "../ledger/ledger.ts";
import type { Run } from "../ledger/run.ts";
import { toLine } from "../text/to-line.ts";
import type { Session } from "./session.ts";

/** Throws FatalError `run_not_found`. */
export async function findRun(ledger: Ledger, id: string): Promise<Run> {
  const run = await ledger.runs.find(id);
  if (run !== undefined) return run;
  throw new FatalError("run_not_found", `the ledger has no run ${id}`, { hint: "see tieout runs" });
}

/** Throws FatalError `run_not_found` for a job without any run: its name may be mistyped, and nothing found would pass for nothing wrong. */
export async function checkJob({ runs }: Ledger, job: string | undefined): Promise<void> {
  if (job === undefined || (await runs.list(1, { job })).length > 0) return;
  throw new FatalError("run_not_found", `the ledger has no run of a job ${toLine(job)}`, {
    hint: "see tieout runs, which names the job of each run",
  });
}

/** For a run that has ended, prints that and resolves with its exit code. */
export async function findUnfinished(
  session: Session,
  id: string,
  verb: "resume" | "abandon",
): Promise<Run | ExitCode> {
  const ledger = await session.ledger();
  const run = await findRun(ledger, id);
  if (run.kind === "plan")
    throw new FatalError("usage", `there is nothing to ${verb}: ${run.id} is a plan, which sends nothing`, {
      hint: `to make the calls that it shows, type: tieout apply ${run.id}`,
    });
  const unfinished = await ledger.runs.listUnfinished(run.bank, run.job);
  if (unfinished.some((one) => one.id === run.id)) return run;
  if (verb === "abandon" && (await ledger.guards.list(run)).some(({ holding }) => holding > 0)) return run;
  const event = { event: "ended", run: run.id, exit: run.exit };
  session.say(event, `nothing to ${verb}: run ${run.id} has ended with exit code ${run.exit}`);
  return run.exit ?? EXIT.done;
}
