/**
 * The instants of a cron expression in a zone, day by day of the zone's own clock, also on the two days on which that clock is changed. Pure.
 *
 * A time that the clock jumps over is due that much later, unless the expression is due right after the jump anyway. A time that the clock
 * shows twice is due the first time; an expression whose hours are `*`, a range or a step is a rhythm, and goes on in the second hour too.
 */
import { createTask, parse } from "node-cron";
import { aheadMinutes } from "../zone-instant.ts";

export interface CronTime {
  readonly atMs: number;
  /** What the clock of that day does not show, as `02:30`. */
  readonly jumpedOver?: string;
}

/** From the day of the first instant on, in order; some lie before it. */
export type CronTimes = (fromMs: number, toMs: number) => Generator<CronTime>;

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

export function cronTimes(cron: string, zone: string): CronTimes {
  const parsed = parse(cron);
  const [hour, minute, second] = [parsed.hour, parsed.minute, parsed.second].map((field) =>
    field.toSorted((one, other) => one - other),
  ) as [number[], number[], number[]];
  // The clock that never changes; node-cron knows what the days mean.
  const steady = createTask(cron, () => {}, { timezone: "UTC" });
  const firstMs = (hour[0] ?? 0) * HOUR_MS + (minute[0] ?? 0) * MINUTE_MS + (second[0] ?? 0) * SECOND_MS;
  const isRhythm = /[*/-]/.test(hourField(cron));
  function* timesOf(dayMs: number, fromLocalMs: number): Generator<number> {
    for (const hours of hour) {
      if (dayMs + (hours + 1) * HOUR_MS <= fromLocalMs) continue;
      for (const minutes of minute)
        for (const seconds of second) yield dayMs + hours * HOUR_MS + minutes * MINUTE_MS + seconds * SECOND_MS;
    }
  }
  return function* (fromMs, toMs) {
    const lastDayMs = dayOf(toMs + aheadMinutes(zone, toMs) * MINUTE_MS);
    for (let dayMs = dayOf(fromMs + aheadMinutes(zone, fromMs) * MINUTE_MS); dayMs <= lastDayMs; dayMs += DAY_MS) {
      if (!steady.match(new Date(dayMs + firstMs))) continue;
      const change = findChange(zone, dayMs);
      if (change.beforeMs !== change.afterMs) yield* onDayOfChange([...timesOf(dayMs, 0)], change, isRhythm);
      else for (const localMs of timesOf(dayMs, fromMs + change.afterMs)) yield { atMs: localMs - change.afterMs };
    }
  };
}

/** The third field from the right is the day of the month, and the one before it has the hours. `@hourly` is a rhythm. */
function hourField(cron: string): string {
  if (cron.trim() === "@hourly" || cron.trim() === "@minutely") return "*";
  return cron.trim().split(/\s+/).at(-4) ?? "";
}

const dayOf = (localMs: number) => Math.floor(localMs / DAY_MS) * DAY_MS;

/** How far the zone is ahead of UTC before and after a change of its clock near that day, and when that is; twice the same for none. */
interface ClockChange {
  readonly beforeMs: number;
  readonly afterMs: number;
  readonly atMs: number;
}

function findChange(zone: string, dayMs: number): ClockChange {
  const aheadMs = (atMs: number) => aheadMinutes(zone, atMs) * MINUTE_MS;
  // A zone is at most 14 hours ahead of UTC, and 12 behind it.
  let [first, last] = [dayMs - DAY_MS, dayMs + 2 * DAY_MS];
  const [beforeMs, afterMs] = [aheadMs(first), aheadMs(last)];
  if (beforeMs === afterMs) return { beforeMs, afterMs, atMs: last };
  while (last - first > MINUTE_MS) {
    const middle = first + Math.floor((last - first) / 2 / MINUTE_MS) * MINUTE_MS;
    if (aheadMs(middle) === beforeMs) first = middle;
    else last = middle;
  }
  return { beforeMs, afterMs, atMs: last };
}

function onDayOfChange(
  locals: readonly number[],
  { beforeMs, afterMs, atMs }: ClockChange,
  isRhythm: boolean,
): CronTime[] {
  const due = new Map<number, CronTime>();
  const jumped: number[] = [];
  for (const localMs of locals) {
    const [first, second] = [localMs - beforeMs, localMs - afterMs];
    if (first < atMs) due.set(first, { atMs: first });
    else if (second < atMs) jumped.push(localMs);
    if (second >= atMs && (first >= atMs || isRhythm)) due.set(second, { atMs: second });
  }
  const isDueAnyway = [...due.keys()].some((one) => one >= atMs && one < atMs + afterMs - beforeMs);
  if (!isDueAnyway)
    for (const localMs of jumped)
      due.set(localMs - beforeMs, {
        atMs: localMs - beforeMs,
        jumpedOver: new Date(localMs).toISOString().slice(11, 16),
      });
  return [...due.values()].sort((one, other) => one.atMs - other.atMs);
}
