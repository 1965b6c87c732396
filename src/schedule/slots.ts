/**
 * The slots of a job: the instants at which it is due, by its cron expression in its zone. A time of day that does not exist because summer
 * time begins is due as soon as the clock has moved forward: that night has its run too.
 */
import { createTask, parse, type ScheduledTask } from "node-cron";
import { aheadMinutes } from "../zone-instant.ts";

export interface Schedule {
  readonly cron: string;
  /** An IANA zone. */
  readonly zone: string;
}

/** A missed slot is made up for within this time. */
export const MADE_UP_FOR_MS = 6 * 3_600_000;

export interface Slots {
  /** Calls back at each slot from now on, with its own instant; `onMissed` if it is too late for one. */
  start(onSlot: (slotMs: number) => void, onMissed: () => void): void;
  stop(): Promise<void>;
  /** The last slot after the first instant and up to the second; looks back MADE_UP_FOR_MS at most. */
  findLast(afterMs: number, toMs: number): number | undefined;
  /** Every slot from the first instant on and before the second, in order. */
  list(fromMs: number, toMs: number): Generator<number>;
}

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

export function openSlots({ cron, zone }: Schedule): Slots {
  let act = { onSlot: (_: number) => {}, onMissed: () => {} };
  const options = { missedExecutionTolerance: MADE_UP_FOR_MS, suppressMissedWarning: true };
  const standard = standardMinutes(zone, Date.now());
  const plain = createTask(cron, ({ date }) => act.onSlot(date.getTime()), { ...options, timezone: zone });
  // The clock without summer time: it shows the times that the zone's own clock jumps over.
  const steady = createTask(
    cron,
    ({ date }) => {
      if (isJumpedOver(zone, standard, date.getTime())) act.onSlot(date.getTime());
    },
    { ...options, timezone: formatOffset(standard) },
  );
  plain.on("execution:missed", () => act.onMissed());
  const tasks: readonly ScheduledTask[] = [plain, steady];
  const isSlot = (date: Date) =>
    plain.match(date) || (steady.match(date) && isJumpedOver(zone, standard, date.getTime()));
  const stepMs = parse(cron).second.join() === "0" ? MINUTE_MS : 1_000;
  return {
    start(onSlot, onMissed) {
      act = { onSlot, onMissed };
      for (const task of tasks) void task.start();
    },
    async stop() {
      for (const task of tasks) await task.destroy();
    },
    *list(fromMs, toMs) {
      for (let atMs = Math.ceil(fromMs / stepMs) * stepMs; atMs < toMs; atMs += stepMs)
        if (isSlot(new Date(atMs))) yield atMs;
    },
    findLast(afterMs, toMs) {
      for (let atMs = toMs - (toMs % stepMs); atMs > Math.max(afterMs, toMs - MADE_UP_FOR_MS); atMs -= stepMs) {
        if (isSlot(new Date(atMs))) return atMs;
      }
      return undefined;
    },
  };
}

/** Whether the instant's time of day, without summer time, is one that the zone's clock jumped over on that day. */
function isJumpedOver(zone: string, standard: number, atMs: number): boolean {
  const ahead = aheadMinutes(zone, atMs) - standard;
  return ahead > 0 && aheadMinutes(zone, atMs - ahead * MINUTE_MS) === standard;
}

/** The zone's smallest offset from UTC within a year: the one without summer time. */
function standardMinutes(zone: string, nowMs: number): number {
  const months = Array.from({ length: 12 }, (_, month) => nowMs + month * 30 * DAY_MS);
  return Math.min(...months.map((atMs) => aheadMinutes(zone, atMs)));
}

/** As Intl takes it for a zone: -06:00. */
function formatOffset(minutes: number): string {
  const two = (number: number) => String(number).padStart(2, "0");
  const size = Math.abs(minutes);
  return `${minutes < 0 ? "-" : "+"}${two(Math.floor(size / 60))}:${two(size % 60)}`;
}
