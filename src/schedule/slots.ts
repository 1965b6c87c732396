/**
 * The slots of a job, at which it is due by its cron expression, and what becomes of each: a start, somewhat later by jitter or a blackout,
 * or none. Pure; a start is never as late as the next slot.
 */
import type { ScheduleSettings } from "../schedule-settings.ts";
import { type Blackout, openBlackouts } from "./blackouts.ts";
import { type CronTime, cronTimes } from "./cron-times.ts";
import { jitterOf } from "./jitter.ts";

export type SlotSchedule = Pick<ScheduleSettings, "cron" | "zone" | "jitterMs" | "blackout">;

export interface Slot {
  readonly slotMs: number;
  /** `skipped`: it lies in a blackout, and is not made up for. `merged`: the next one, as the blackout ends, is its start as well. */
  readonly kind: "start" | "skipped" | "merged";
  /** When its start begins; the slot itself when there is none. */
  readonly atMs: number;
  readonly jitterMs: number;
  readonly blackout?: Blackout;
  /** The time of day that the clock jumped over, as `02:30`. */
  readonly jumpedOver?: string;
}

/** A missed slot is made up for within this time. */
export const MADE_UP_FOR_MS = 6 * 3_600_000;

/** As far ahead as slots are looked for: 29 February comes again within eight years. */
const FAR_MS = 9 * 366 * 86_400_000;

export interface Slots {
  /** Every slot from the first instant on and before the second, in order. */
  list(fromMs: number, toMs: number): Generator<Slot>;
  /** Those whose start is after the instant, in order, and those in between that have none. */
  after(atMs: number): Generator<Slot>;
  /** The last slot whose start is after the first instant and up to the second; looks back MADE_UP_FOR_MS at most. */
  findLast(afterMs: number, toMs: number): Slot | undefined;
  /** The first instant from then on at which a start may begin. */
  freeFromMs(atMs: number): number;
}

export function openSlots({ cron, zone, jitterMs, blackout }: SlotSchedule, job: string): Slots {
  const times = cronTimes(cron, zone);
  const blackouts = openBlackouts(blackout, zone);
  const freeFromMs = (atMs: number) => blackouts.freeFromMs(atMs) ?? atMs;

  const judge = ({ atMs: slotMs, jumpedOver }: CronTime, nextMs: number): Slot => {
    const window = blackouts.find(slotMs);
    const own = { slotMs, ...(window && { blackout: window }), ...(jumpedOver !== undefined && { jumpedOver }) };
    const none = { ...own, atMs: slotMs, jitterMs: 0 };
    if (window?.slots === "skip") return { ...none, kind: "skipped" };
    const baseMs = freeFromMs(slotMs);
    if (window !== undefined && nextMs <= baseMs) return { ...none, kind: "merged" };
    const wanted = jitterOf(job, slotMs, Math.min(jitterMs, nextMs - baseMs));
    // A start that jitter would push into a blackout begins before it.
    const jitter = blackouts.find(baseMs + wanted) === undefined ? wanted : 0;
    return { ...own, kind: "start", atMs: baseMs + jitter, jitterMs: jitter };
  };

  function* list(fromMs: number, toMs: number): Generator<Slot> {
    let last: CronTime | undefined;
    for (const time of times(fromMs, fromMs + FAR_MS)) {
      if (last !== undefined && last.atMs >= fromMs) yield judge(last, time.atMs);
      if (time.atMs >= toMs) return;
      last = time;
    }
    if (last !== undefined && last.atMs >= fromMs) yield judge(last, Number.POSITIVE_INFINITY);
  }

  /** No slot before it has a start after the instant. */
  const earliestMs = (atMs: number) => blackouts.busyFromMs(atMs - jitterMs);

  return {
    list,
    freeFromMs,
    *after(atMs) {
      for (const slot of list(earliestMs(atMs), Number.POSITIVE_INFINITY)) if (slot.atMs > atMs) yield slot;
    },
    findLast(afterMs, toMs) {
      const fromMs = Math.max(afterMs, toMs - MADE_UP_FOR_MS);
      let last: Slot | undefined;
      for (const slot of list(earliestMs(fromMs), toMs + 1))
        if (slot.kind === "start" && slot.atMs > fromMs && slot.atMs <= toMs) last = slot;
      return last;
    },
  };
}
