/**
 * A start that was handed to a worker, from its beginning or from where another worker has left it.
 */
import { EXIT, worstExit } from "../../errors/exit-codes.ts";
import { FatalError } from "../../errors/fatal-error.ts";
import type { Meter } from "../../monitor/meter.ts";
import type { RunContext } from "../../run/context.ts";
import { exitOf, type FileEnd, isTaken, startJob } from "../../run/start/start-job.ts";
import type { QueuedStart, StartResult } from "../../workers/start-queue.ts";
import { keepAlarms } from "../keep-alarms.ts";
import { printEnd } from "../output/print-end.ts";
import type { Session } from "../session.ts";
import { fieldsOf } from "../with-context.ts";
import { resumeLeft } from "./resume-command.ts";
import { checkExpected, checkExpectedOf, lookAfter } from "./run-command.ts";

const LOOK_MS = 1_000;

/** Rejects when this process stops or loses the start, which is then another's. */
export async function performStart(
  session: Session,
  context: RunContext,
  start: QueuedStart,
  isLost: AbortSignal,
  meter: Meter | null = null,
): Promise<StartResult> {
  const { job, log, clock } = context;
  const signal = AbortSignal.any([context.signal, isLost]);
  log.info("a start was handed to this worker", { job: job.name, run: start.run });
  for (;;) {
    try {
      return await perform(session, { ...context, signal, actor: start.actor ?? context.actor }, start, meter);
    } catch (error) {
      if (signal.aborted || !(error instanceof FatalError) || error.code === "ledger_failed") throw error;
      if (error.code !== "lease_held") {
        log.error(error.message, fieldsOf(job, error));
        return { exit: error.exit, runs: [], says: `${error.message} [${error.code}]; ${error.hint}` };
      }
    }
    // Whoever is at work on the job goes first; a worker that died has its lease for a while.
    await clock.sleep(LOOK_MS, signal);
    signal.throwIfAborted();
  }
}

async function perform(
  session: Session,
  context: RunContext,
  { run, options }: QueuedStart,
  meter: Meter | null,
): Promise<StartResult> {
  const { ledger, job, signal } = context;
  const taken = await ledger.runs.find(run);
  let next: string | null = taken?.id === run ? null : run;
  // No two runs have one id: should a worker that is believed dead still take the file, one of the two fails.
  const newRunId = () => {
    const id = next ?? context.newRunId();
    next = null;
    return id;
  };
  const promised = { ...context, newRunId };
  const print = (end: FileEnd) => printEnd(session, context, end);
  // A file that is run again is known: only the run says that this start has taken it.
  const isAgainTaken = next === null && options.again !== null;
  const ends = await keepAlarms(context, options, (onEnd) =>
    isAgainTaken
      ? resumeLeft(session, promised)
      : lookAfter(context, options, () =>
          startJob(promised, options, (end) => {
            onEnd(end);
            print(end);
          }),
        ),
  );
  meter?.countEnds(ends);
  signal.throwIfAborted();
  if (ends.length > 0) {
    await checkExpectedOf(context, options, ends);
    const runs = ends.flatMap((end) => (isTaken(end) || end.kind === "waiting" ? [end.run.id] : []));
    return { exit: worstExit(ends.map(exitOf)), runs, says: "" };
  }
  if (next === null) return { exit: (await ledger.runs.find(run))?.exit ?? EXIT.stopped, runs: [run], says: "" };
  await checkExpected(context);
  return { exit: EXIT.done, runs: [], says: `job ${job.name}: no new file` };
}
