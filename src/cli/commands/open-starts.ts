/**
 * The starts that a schedule makes of its jobs, each with a ledger of its own.
 */
import { sayTrouble } from "../../alarm/deliver-notices.ts";
import { type MissedReason, raiseMissed } from "../../alarm/raise-missed.ts";
import { settleAlarms, settleError } from "../../alarm/settle-alarms.ts";
import { systemClock } from "../../clock.ts";
import { FatalError } from "../../errors/fatal-error.ts";
import type { Job } from "../../job.ts";
import type { Meter } from "../../monitor/meter.ts";
import type { RunContext } from "../../run/context.ts";
import { holdJob } from "../../run/start/hold-job.ts";
import type { FileEnd } from "../../run/start/start-job.ts";
import { claimSlot, isSlotOf, isSlotTaken, takeSlotOver } from "../../schedule/claim-slot.ts";
import { isStartElsewhere } from "../../schedule/is-start-elsewhere.ts";
import { isStopOnTheWay, judgeStart, mayComeRight } from "../../schedule/judge-start.ts";
import type { Start, StartEnd } from "../../schedule/on-tick.ts";
import { untilThrough } from "../../schedule/until-through.ts";
import { settleIfThrown } from "../keep-alarms.ts";
import type { LoadedJob } from "../load-job.ts";
import { openContext } from "../open-context.ts";
import type { Session } from "../session.ts";
import { fieldsOf } from "../with-context.ts";
import { endStart, openUnended, type Unended } from "./open-unended.ts";
import { StartPauses } from "./pause-starts.ts";
import { resumeLeft } from "./resume-command.ts";
import { startLoaded } from "./run-command.ts";

const EVERY_FILE = { kind: "run", file: null, from: null, limit: null, again: null } as const;

/** How a start sees that its slot is another process's, and makes it its own. */
interface SlotWays {
  readonly isTaken: (context: RunContext) => Promise<boolean>;
  readonly claim: (context: RunContext) => Promise<boolean>;
}

const atSlot = (slotMs: number): SlotWays => ({
  isTaken: (context) => isSlotTaken(context, slotMs),
  claim: (context) => claimSlot(context, slotMs),
});

const inPlaceOf = (begunBy: string): SlotWays => ({
  isTaken: async (context) => !(await isSlotOf(context, begunBy)),
  claim: (context) => takeSlotOver(context, begunBy),
});

export interface Starts {
  /** A whole start of a job, once for each slot over all processes. */
  readonly startAt: (slotMs: number) => Start;
  /** A whole start again, in place of the process that has begun the slot and has died. */
  readonly startInPlaceOf: (begunBy: string) => Start;
  /** Only continues runs that an earlier process left unfinished. */
  readonly continueLeft: Start;
  /** A slot that nobody can make up for any more. */
  readonly missed: (job: Job) => Promise<unknown>;
  /** A start stopped again and again. */
  readonly giveUp: (job: Job) => Promise<void>;
  /** As the schedule stops: starts that have not come to their end are for whoever comes next. */
  readonly leave: () => Promise<void>;
}

/** `onAlarmOf` gives what is called when alarms of the job were raised or cleared. */
export function openStarts(
  session: Session,
  loaded: readonly LoadedJob[],
  signal: AbortSignal,
  onAlarmOf: (job: string) => () => void,
  meter: Meter | null = null,
): Starts {
  const { log, progress } = session;
  const pauses = new StartPauses(log);
  const unended = openUnended(session, loaded);
  /** By job, whether what has found it in progress in another process was a start. */
  const heldBack = new Map<string, boolean>();
  /** The ledger has gone while a start was at work: a person puts it back, and has until the next slot for that. */
  let isLost = false;
  const within = async (job: Job, act: Act, isStart = true): Promise<StartEnd> => {
    const one = loaded.find((other) => other.job.name === job.name);
    if (one === undefined) return "ended";
    let context: RunContext | undefined;
    heldBack.delete(job.name);
    try {
      // Each start opens the ledger anew: once its disk has failed, an open ledger takes no more writes.
      await using own = await session.openLedger();
      const parts = { loaded: one, ledger: own, log, progress, signal, meter, queue: session.queue };
      context = await openContext({ ...parts, onAlarm: onAlarmOf(job.name) }, session.workFolder());
      isLost = false;
      return await judged(context, pauses, act, isStart, meter);
    } catch (error) {
      isLost ||= error instanceof FatalError && error.code === "ledger_replaced";
      if (isStopOnTheWay(error, isLost || context !== undefined || job.schedule?.pauseOnFailure === true)) {
        if (error.code === "lease_held") heldBack.set(job.name, isStart);
        log[error.code === "lease_held" ? "warn" : "error"](error.message, fieldsOf(job, error));
        return "stopped";
      }
      if (context === undefined) pauses.afterUnopened(job, error);
      throw error;
    }
  };
  const note = (job: Job, reason: MissedReason) =>
    within(job, noteMissed(reason)).catch((error: unknown) => sayTrouble({ job, log }, error));
  const startOnce = (ways: SlotWays): Start => {
    const act = actOnce(session, ways, unended.onBegun);
    return unended.follow((job) => within(job, act));
  };
  const outside = { clock: systemClock, signal, log, startAt: (slotMs: number) => startOnce(atSlot(slotMs)) };
  return {
    startAt: (slotMs) => untilThrough(startOnce(atSlot(slotMs)), outside),
    startInPlaceOf: (begunBy) => untilThrough(startOnce(inPlaceOf(begunBy)), outside),
    // Work that goes on elsewhere is no bad end. Of a continuation nothing is left out: that process is at the job.
    async giveUp(job) {
      const isHeldStart = heldBack.get(job.name);
      if (isHeldStart === true) await note(job, "held");
      if (isHeldStart !== undefined) return;
      pauses.giveUp(job);
      await within(job, nothing, false);
    },
    continueLeft: (job) => within(job, (context) => resumeLeft(session, context), false),
    missed: (job) => note(job, "away"),
    leave: unended.leave,
  };
}

/** A start that is made again has the slot from the one before. */
function actOnce(session: Session, { isTaken, claim }: SlotWays, onBegun: Unended["onBegun"]): Act {
  let last: string | undefined;
  return async (context, onEnd) => {
    const isElsewhere = async () => last === undefined && (await isTaken(context));
    if (await isElsewhere()) return sayTaken(context);
    const hold = await holdJob(context).catch(refusalIfHeld);
    if (hold instanceof FatalError) {
      const isAtStart = await isStartElsewhere(context);
      if (await isElsewhere()) return sayTaken(context);
      if (isAtStart) return sayAtStart(context);
      throw hold;
    }
    await using _ = hold;
    const isOurs = last === undefined ? await claim(context) : await takeSlotOver(context, last);
    if (!isOurs) return sayTaken(context);
    last = context.owner;
    onBegun(context);
    return await startLoaded(session, context, EVERY_FILE, onEnd);
  };
}

function refusalIfHeld(error: unknown): FatalError {
  if (error instanceof FatalError && error.code === "lease_held") return error;
  throw error;
}

/** Calls `onEnd` for each file as it ends. Null for what is no start of ours. */
type Act = (context: RunContext, onEnd: (end: FileEnd) => void) => Promise<readonly FileEnd[] | null>;

/** Under a pause not even this is done. */
const nothing: Act = async () => null;

const noteMissed =
  (reason: MissedReason): Act =>
  async (context) => {
    await raiseMissed(context, reason);
    return null;
  };

/** What the start means for the schedule, and for the job's alarms. */
async function judged(
  context: RunContext,
  pauses: StartPauses,
  act: Act,
  isStart: boolean,
  meter: Meter | null,
): Promise<StartEnd> {
  const met: FileEnd[] = [];
  const acting = () => act(context, (end) => void met.push(end));
  try {
    const ends = (await pauses.isPaused(context)) ? null : await settleIfThrown(context, met, acting);
    if (ends === null) return "ended";
    meter?.countEnds(ends);
    const end = judgeStart(ends);
    await settleAlarms(context, ends, { isStart, isTriedAgain: end === "stopped" });
    const judgedEnd = await pauses.afterEnds(context, ends, end);
    if (isStart && judgedEnd === "ended") await endStart(context);
    return judgedEnd;
  } catch (error) {
    const isTriedAgain = error instanceof FatalError && mayComeRight(error);
    await settleError(context, error, { isTriedAgain }).catch((another: unknown) => sayTrouble(context, another));
    await pauses.afterError(context, error);
    if (isStart && !isTriedAgain) await endStart(context);
    throw error;
  }
}

function sayAtStart({ log, job }: RunContext): null {
  log.info("the job is still running in another process, which looks for files once more after this start", {
    job: job.name,
  });
  return null;
}

function sayTaken({ log, job }: RunContext): null {
  log.info("another process has started the job at this time", { job: job.name });
  return null;
}
