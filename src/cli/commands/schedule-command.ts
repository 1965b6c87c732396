/**
 * `tieout schedule`: starts each job at its times, until a stop signal.
 */
import { systemClock } from "../../clock.ts";
import { placeOf } from "../../errors/describe-stack.ts";
import { EXIT, type ExitCode } from "../../errors/exit-codes.ts";
import { FatalError } from "../../errors/fatal-error.ts";
import type { Job } from "../../job.ts";
import type { Log } from "../../log.ts";
import { keepName } from "../../run/start/keep-name.ts";
import { describeSlot } from "../../schedule/describe-slot.ts";
import type { BrokenOff } from "../../schedule/find-broken-off.ts";
import { findLastStart, findMissed, type LastStart } from "../../schedule/last-start.ts";
import { createOnTick, type Start } from "../../schedule/on-tick.ts";
import { runSchedule } from "../../schedule/run-schedule.ts";
import { openSlots } from "../../schedule/slots.ts";
import type { TurnKind } from "../../schedule/turns.ts";
import { openEditedJobs } from "../edited-jobs.ts";
import { readEnvironment } from "../environment.ts";
import type { LoadedJob } from "../load-job.ts";
import { loadScheduled } from "../load-scheduled.ts";
import { openContext } from "../open-context.ts";
import { openMonitor } from "../open-monitor.ts";
import type { Session } from "../session.ts";
import { openOutboxes } from "../tell.ts";
import { fieldsOf } from "../with-context.ts";
import { withoutReason } from "../without-reason.ts";
import { openStarts } from "./open-starts.ts";
import { openPruneAfter } from "./prune-after.ts";
import { watchExpected } from "./watch-expected.ts";
import { lookBefore, watchOthers } from "./watch-others.ts";

const MISSED = "missed a scheduled start: no process was there for it within 6 hours";

export async function scheduleCommand(session: Session, names: readonly string[], listen?: string): Promise<ExitCode> {
  const { log } = session;
  const signal = withoutReason(session.signal);
  const { loaded, lastStarts, ...prepared } = await prepare(session, names, listen);
  await using monitor = prepared.monitor;
  const outboxes = openOutboxes(session, loaded, signal);
  const starts = openStarts(session, loaded, signal, outboxes.onAlarmOf, monitor?.meter);
  const { startAt, startInPlaceOf, continueLeft, missed, giveUp } = starts;
  const tick = openTick(log, signal, giveUp, openEditedJobs(loaded, log));
  const pruneAfter = openPruneAfter(session, loaded, signal);

  const jobs = loaded.map(({ job }) => job);
  for (const job of jobs)
    log.info("scheduled", { job: job.name, cron: job.schedule?.cron, zone: job.schedule?.zone, dueAt: nextStart(job) });
  log.info("the schedule has started", { jobs: jobs.length });
  monitor?.begin();
  const goOn = (job: Job, brokenOff?: BrokenOff) =>
    brokenOff === undefined || brokenOff.kind === "run"
      ? tick(job, continueLeft, "continuation")
      : tick(job, startInPlaceOf(brokenOff.begunBy));
  const others = loaded.map((one) => watchOthers(session, one, signal, (brokenOff) => goOn(one.job, brokenOff)));
  const sayMissed = (job: Job) => {
    log.error(MISSED, { job: job.name });
    return missed(job);
  };
  const following = runSchedule(
    jobs,
    {
      // A slot that was missed while no process ran is made up for.
      async onBegin(job, slots) {
        const { slot, isLost } = findMissed(slots, lastStarts.get(job.name), Date.now());
        if (isLost) await sayMissed(job);
        const left = await lookBefore(session, loaded, job, signal);
        await (slot === undefined ? goOn(job, left) : tick(job, startAt(slot.slotMs)));
      },
      async onTick(job, { slotMs }) {
        await tick(job, startAt(slotMs));
        await pruneAfter(job);
      },
      onNone: (job, slot) =>
        log.info("no start of the job now", { job: job.name, reason: describeSlot(slot, job.schedule?.zone ?? "UTC") }),
      onMissed: (job) => void sayMissed(job),
    },
    { clock: systemClock, signal },
  );
  const watching = loaded.map((one) => watchExpected(session, one, signal, outboxes.onAlarmOf(one.job.name)));
  await Promise.all([following, ...others, ...watching, outboxes.ended]);
  await starts.leave();
  log.info("the schedule has stopped", { jobs: jobs.length });
  return EXIT.done;
}

/** What happens at each slot of a job. An error ends this start, never the schedule. */
function openTick(
  log: Log,
  signal: AbortSignal,
  onGivenUp: (job: Job) => Promise<void>,
  onDue: (job: string) => void,
): (job: Job, act: Start, kind?: TurnKind) => Promise<void> {
  const onTick = createOnTick({
    clock: systemClock,
    signal,
    onAgain: (job, afterMs) =>
      log.warn("the job did not start or did not finish; it is started again after a wait", {
        job: job.name,
        waitMs: afterMs,
      }),
    onGivenUp,
    freeFromMs: ({ name, schedule }, atMs) =>
      schedule === undefined ? atMs : openSlots(schedule, name).freeFromMs(atMs),
    onBlackout: (job, untilMs) =>
      log.info("a blackout: the start waits for its end", { job: job.name, dueAt: new Date(untilMs).toISOString() }),
  });
  return async (job, act, kind = "start") => {
    try {
      log.info("a start of the job is due", { job: job.name });
      onDue(job.name);
      if ((await onTick(job, act, kind)) === "busy" && kind === "start")
        log.info("the job is still running, and looks for files once more after this start", { job: job.name });
    } catch (error) {
      if (error instanceof FatalError) log.error(error.message, fieldsOf(job, error));
      else log.error("an internal error ended this start", { job: job.name, code: "internal", error: placeOf(error) });
    }
  };
}

function nextStart(job: Job): string | undefined {
  const ms = nextStartMs(job);
  return ms === undefined ? undefined : new Date(ms).toISOString();
}

function nextStartMs({ name, schedule }: Job): number | undefined {
  const slots = schedule && openSlots(schedule, name).after(Date.now());
  return slots?.find(({ kind }) => kind === "start")?.atMs;
}

async function prepare(session: Session, names: readonly string[], listen: string | undefined) {
  try {
    const loaded = await loadScheduled(names);
    const lastStarts = await checkJobs(session, loaded);
    return { loaded, lastStarts, monitor: await openMonitor(session, loaded, listen, nextStartMs) };
  } catch (error) {
    if (error instanceof FatalError)
      session.alert(error.message, { code: error.code, exit: error.exit, next: error.hint });
    throw error;
  }
}

/**
 * Checks what would make every start fail, before the first one. The ledger is closed afterwards, so that a copy can be put in its place.
 * Gives the jobs' last starts by job name.
 */
async function checkJobs(session: Session, loaded: readonly LoadedJob[]): Promise<ReadonlyMap<string, LastStart>> {
  const { log, progress, signal } = session;
  // Checked first: no ledger is made for a bank that the environment does not name.
  readEnvironment(process.env);
  await using ledger = await session.openLedger("may begin");
  const lastStarts = new Map<string, LastStart>();
  const programs = new Set<string>();
  for (const one of loaded) {
    const context = await openContext({ loaded: one, ledger, log, progress, signal }, session.workFolder());
    programs.add(context.bankName.program);
    if (programs.size > 1) throw severalPrograms([...programs]);
    await keepName(context, "run");
    const last = await findLastStart(context);
    if (last !== undefined) lastStarts.set(one.job.name, last);
  }
  return lastStarts;
}

function severalPrograms(programs: readonly string[]): FatalError {
  const message = `the jobs are of several programs (${programs.join(", ")}), and the bank's credentials are those of one`;
  return new FatalError("program_unclear", message, {
    hint: "start one schedule for each program, with its credentials, and name its jobs: tieout schedule <job> <job>",
  });
}
