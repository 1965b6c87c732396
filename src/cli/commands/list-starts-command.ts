/**
 * `tieout schedule --list`: when the jobs are started next, and why then. Starts nothing.
 */
import { EXIT, type ExitCode } from "../../errors/exit-codes.ts";
import type { Job } from "../../job.ts";
import { checkSchedule } from "../../schedule/check-schedule.ts";
import { describeSlot, zonedTime } from "../../schedule/describe-slot.ts";
import { openSlots, type Slot } from "../../schedule/slots.ts";
import { loadScheduled } from "../load-scheduled.ts";
import type { Session } from "../session.ts";

export async function listStartsCommand(session: Session, names: readonly string[], count: number): Promise<ExitCode> {
  for (const { job } of await loadScheduled(names)) sayStarts(session, job, count);
  return EXIT.done;
}

function sayStarts(session: Session, job: Job, count: number): void {
  const schedule = checkSchedule(job);
  const { cron, zone } = schedule;
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
  session.say(
    { event: "next_starts", job: job.name, cron, zone, starts },
    [`${job.name}: ${cron} in ${zone}`, ...(lines.length > 0 ? lines : ["  no start in the next nine years"])].join(
      "\n",
    ),
  );
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
