/**
 * Pauses the schedule of a job, and resumes it: by a person, or after a start that ended badly, if the job says so. The ledger keeps it, so it
 * holds for every host and after a restart.
 */
import { clearAlarms, raiseAlarm } from "../alarm/raise-alarm.ts";
import { EXIT, type ExitCode } from "../errors/exit-codes.ts";
import type { SchedulePause } from "../ledger/schedules.ts";
import { jobWord } from "../report/job-word.ts";
import { entryOfJob } from "../run/audit-entry.ts";
import type { RunContext } from "../run/context.ts";
import { claimSlot, endSlot } from "./claim-slot.ts";
import { openSlots, type Slot } from "./slots.ts";

/**
 * Exit codes after which nothing is to be started without a person. Rows to repair or to approve are the morning's work, and a start that
 * stopped is tried again first.
 */
const BAD_ENDS: readonly ExitCode[] = [EXIT.ourFault, EXIT.cannotWork, EXIT.fileRejected];

export function isBadEnd(exit: ExitCode): boolean {
  return BAD_ENDS.includes(exit);
}

/** After a start that ended so; once for all processes. False when it was paused before, and unless the job says so. */
export async function pauseAfter(context: RunContext, exit: ExitCode): Promise<boolean> {
  const { job, log } = context;
  if (job.schedule?.pauseOnFailure !== true) return false;
  const reason = `a start ended with ${exit}`;
  if (!(await pauseSchedule(context, exit, reason))) return false;
  const next = `tieout schedule ${jobWord(context.jobPath)} --resume --reason "…"`;
  log.error("the schedule of the job is paused until a person resumes it", {
    job: job.name,
    code: "schedule_paused",
    exit,
    next,
  });
  // What raised it may be over, as by a run by hand, and still nothing would start.
  const message = `the schedule is paused and starts nothing: ${reason}`;
  await raiseAlarm(context, { kind: "paused", code: "schedule_paused", message, next });
  return true;
}

/** False when it is paused already. `exit` is null for a person. */
export async function pauseSchedule(context: RunContext, exit: ExitCode | null, reason: string): Promise<boolean> {
  const { ledger, bankName, job, clock, actor } = context;
  const { schedules } = ledger;
  if ((await schedules.findPause(bankName, job.name)) !== undefined) return false;
  const entry = entryOfJob(context, "schedule pause", { reason, details: { exit } });
  const pause: SchedulePause = { atMs: clock.nowMs(), exit, reason, user: actor.user };
  return ledger.audited(entry).schedules.pause(bankName, job.name, pause);
}

/** What was paused; undefined for a schedule that is not. */
export async function resumeSchedule(context: RunContext, reason: string): Promise<SchedulePause | undefined> {
  const { ledger, bankName, job } = context;
  const pause = await ledger.schedules.findPause(bankName, job.name);
  if (pause === undefined) return undefined;
  const entry = entryOfJob(context, "schedule resume", { reason, details: { paused: pause.reason } });
  // First, so that a schedule that begins now makes up for none of them.
  await passSlots(context, pause.atMs);
  await ledger.audited(entry).schedules.resume(bankName, job.name);
  await clearAlarms(context, ["paused"]);
  return pause;
}

const DAY_MS = 86_400_000;
/** Slots of a pause that began before that are not looked at. */
const LOOK_BACK_MS = 40 * DAY_MS;

/** The slots that were left out under the pause are over: it goes on with the next one, also in a process that begins later. */
async function passSlots(context: RunContext, pausedMs: number): Promise<void> {
  const { job, clock } = context;
  if (job.schedule === undefined) return;
  const nowMs = clock.nowMs();
  const slots = openSlots(job.schedule, job.name);
  const isOver = ({ kind, atMs }: Slot) => kind === "start" && atMs > pausedMs && atMs <= nowMs;
  const fromMs = Math.max(pausedMs, nowMs - LOOK_BACK_MS);
  const last = slots.findLast(pausedMs, nowMs) ?? [...slots.list(fromMs, nowMs)].findLast(isOver);
  if (last !== undefined && (await claimSlot(context, last.slotMs))) await endSlot(context);
}
