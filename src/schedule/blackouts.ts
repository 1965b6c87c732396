/**
 * The times in which no start begins. Pure.
 */

import { dayAfter } from "../calendar.ts";
import { type BlackoutWindow, WEEKDAYS } from "../schedule-settings.ts";
import { TIME_OF_DAY } from "../time-of-day.ts";
import { localTime, zoneInstantMs } from "../zone-instant.ts";

export interface Blackout {
  readonly fromMs: number;
  /** No longer a part of it. */
  readonly toMs: number;
  /** Whether a slot in it is made up for as it ends. */
  readonly slots: "after" | "skip";
  readonly reason?: string;
}

/** So many windows may follow each other without a gap. */
const MOST_IN_A_ROW = 400;

export interface Blackouts {
  /** The window that the instant lies in; the longest of several. */
  find(atMs: number): Blackout | undefined;
  /** The first instant from then on that lies in none of them; undefined if there is none after hundreds of windows in a row. */
  freeFromMs(atMs: number): number | undefined;
  /** Since when there is one window after the other; the instant itself if it lies in none. */
  busyFromMs(atMs: number): number;
}

export function openBlackouts(windows: readonly BlackoutWindow[], zone: string): Blackouts {
  const once = windows.filter(({ from }) => !TIME_OF_DAY.test(from)).map((window) => instantsOf(window, zone, "", ""));
  const daily = windows.filter(({ from }) => TIME_OF_DAY.test(from));
  const ofDays = new Map<string, readonly Blackout[]>();
  const listOf = (day: string): readonly Blackout[] => {
    const known = ofDays.get(day);
    if (known !== undefined) return known;
    if (ofDays.size > 10) ofDays.clear();
    const weekday = WEEKDAYS[new Date(day).getUTCDay()];
    const made = daily
      .filter(({ days }) => weekday !== undefined && (days?.includes(weekday) ?? true))
      .map((window) => instantsOf(window, zone, `${day}T`, `${window.from < window.to ? day : dayAfter(day, 1)}T`));
    ofDays.set(day, made);
    return made;
  };
  const find = (atMs: number): Blackout | undefined => {
    if (windows.length === 0) return undefined;
    const day = localTime(zone, atMs).slice(0, 10);
    return [...once, ...listOf(dayAfter(day, -1)), ...listOf(day)]
      .filter(({ fromMs, toMs }) => fromMs <= atMs && atMs < toMs)
      .reduce<Blackout | undefined>((last, one) => (last && last.toMs >= one.toMs ? last : one), undefined);
  };
  return {
    find,
    freeFromMs(atMs) {
      let freeMs = atMs;
      for (let windowsInRow = 0; windowsInRow < MOST_IN_A_ROW; windowsInRow++) {
        const window = find(freeMs);
        if (window === undefined) return freeMs;
        freeMs = window.toMs;
      }
      return undefined;
    },
    busyFromMs(atMs) {
      let fromMs = atMs;
      for (let windowsInRow = 0; windowsInRow < MOST_IN_A_ROW; windowsInRow++) {
        const window = find(windowsInRow === 0 ? fromMs : fromMs - 1);
        if (window === undefined) break;
        fromMs = window.fromMs;
      }
      return fromMs;
    },
  };
}

function instantsOf(
  { from, to, slots, reason }: BlackoutWindow,
  zone: string,
  fromDay: string,
  toDay: string,
): Blackout {
  const [fromMs, toMs] = [zoneInstantMs(fromDay + from, zone), zoneInstantMs(toDay + to, zone)];
  return { fromMs, toMs, slots, ...(reason !== undefined && { reason }) };
}
