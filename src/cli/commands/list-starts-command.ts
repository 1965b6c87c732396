/**
 * `tieout schedule --list`: when the jobs are started next, and why then; with what the ledger and the source say of it. Starts nothing.
 */

import { dayRuleOf } from "../../due-day.ts";
import { EXIT, type ExitCode } from "../../errors/exit-codes.ts";
import { FatalError } from "../../errors/fatal-error.ts";
import type { Job } from "../../job.ts";
import type { SchedulePause } from "../../ledger/schedules.ts";
import { jobWord } from "../../report/job-word.ts";
import { findFiles } from "../../run/start/find-files.ts";
import { checkSchedule } from "../../schedule/check-schedule.ts";
import { describeSlot, zonedTime } from "../../schedule/describe-slot.ts";
import { nextDeadlineMs } from "../../schedule/judge-days.ts";
import { openSlots, type Slot } from "../../schedule/slots.ts";
import { counted } from "../../text/counted.ts";
import { shownKey } from "../../text/shown-key.ts";
import { readEnvironment } from "../environment.ts";
import type { LoadedJob } from "../load-job.ts";
import { loadScheduled } from "../load-scheduled.ts";
import { openContext } from "../open-context.ts";
import { asTyped } from "../output/as-typed.ts";
import type { Session } from "../session.ts";

export async function listStartsCommand(session: Session, names: readonly string[], count: number): Promise<ExitCode> {
  for (const loaded of await loadScheduled(names)) {
    const sight = await findSight(session, loaded);
    const next = `tieout schedule ${jobWord(loaded.path)} --resume --reason "…"`;
    sayStarts(session, loaded.job, count, { ...sight, next: asTyped(next) });
  }
  return EXIT.done;
}

interface Sight {
  readonly pause?: SchedulePause | undefined;
  /** Keys of files that wait, in the order in which they are to be taken; only of a job that expects files. */
  readonly waiting?: readonly string[];
  /** Why neither is known. */
  readonly unknown?: string;
}

/** Without a ledger nothing is paused. Nothing is recorded. */
async function findSight(session: Session, loaded: LoadedJob): Promise<Sight> {
  const { log, progress, signal } = session;
  try {
    readEnvironment(process.env);
    const parts = { loaded, ledger: await session.ledger(), log, progress, signal };
    const context = await openContext(parts, session.workFolder());
    const pause = await context.ledger.schedules.findPause(context.bankName, loaded.job.name);
    if (loaded.job.expect === undefined) return { pause };
    const files = await findFiles(context, { kind: "plan", file: null, from: null, limit: null, again: null });
    return { pause, waiting: files.map(({ file }) => file.key) };
  } catch (error) {
    if (!(error instanceof FatalError)) throw error;
    return error.code === "ledger_missing" ? {} : { unknown: error.message };
  }
}

function sayStarts(session: Session, job: Job, count: number, sight: Sight & { readonly next: string }): void {
  const schedule = checkSchedule(job);
  const { cron, zone } = schedule;
  const { pause, waiting = [], unknown } = sight;
  const slots = [...upTo(count, openSlots(schedule, job.name).after(Date.now()))];
  const starts = slots.map((slot) => ({
    kind: slot.kind,
    slot: new Date(slot.slotMs).toISOString(),
    at: slot.kind === "start" ? new Date(slot.atMs).toISOString() : null,
    local: zonedTime(zone, slot.atMs),
    why: describeSlot(slot, zone),
  }));
  const lines = starts.map(({ at, local, why }) =>
    `  ${local}  ${at?.slice(0, 19).concat("Z") ?? "no start".padEnd(20)}  ${why}`.trimEnd(),
  );
  const expected = nextDeadlines(job);
  const paused = pause && { since: new Date(pause.atMs).toISOString(), exit: pause.exit, reason: pause.reason };
  session.say(
    { event: "next_starts", job: job.name, cron, zone, paused: paused ?? null, waiting, starts, ...expected.said },
    [
      `${job.name}: ${cron} in ${zone}`,
      ...(pause
        ? [
            `  paused since ${zonedTime(zone, pause.atMs)} (${pause.reason}): none of these starts begins; to go on, type: ${sight.next}`,
          ]
        : []),
      ...(unknown === undefined ? [] : [`  whether it is paused is not known: ${unknown}`]),
      ...(waiting.length > 1
        ? [
            `  ${counted(waiting.length, "file")} wait, to be taken in this order: ${waiting.map((key) => shownKey(key)).join(", ")}`,
          ]
        : []),
      ...expected.lines,
      ...(lines.length > 0 ? lines : ["  no start in the next nine years"]),
    ].join("\n"),
  );
}

const DEADLINES = 3;

/** By when the next files are to be there; nothing of a job that expects none. */
function nextDeadlines(job: Job) {
  const rule = dayRuleOf(job);
  if (rule === undefined) return { said: {}, lines: [] };
  const deadlines: number[] = [];
  for (let afterMs = Date.now(); deadlines.length < DEADLINES; ) {
    const next = nextDeadlineMs(rule, afterMs);
    if (next === undefined) break;
    deadlines.push(next);
    afterMs = next;
  }
  const times = deadlines.map((ms) => zonedTime(rule.zone, ms)).join(", ");
  const text =
    deadlines.length === 0 ? "no file is expected on any day ahead" : `the next files are expected by ${times}`;
  return { said: { expected: deadlines.map((ms) => new Date(ms).toISOString()) }, lines: [`  ${text}`] };
}

/** So many starts, and the slots in between that have none. */
function* upTo(count: number, slots: Iterable<Slot>): Generator<Slot> {
  let starts = 0;
  let listed = 0;
  for (const slot of slots) {
    yield slot;
    listed += 1;
    if (slot.kind === "start") starts += 1;
    if (starts === count || listed === count + MOST_WITHOUT) return;
  }
}

/** A year of slots of every minute may lie in one blackout. */
const MOST_WITHOUT = 50;
