/**
 * Times of day that come again each day: when a run is to stop, and how fast it may go until when. Pure.
 */
import { aheadMinutes, zoneInstantMs } from "./zone-instant.ts";

const MINUTE_MS = 60_000;
const DAY_MS = 1_440 * MINUTE_MS;

/** As `06:00`. */
export const TIME_OF_DAY = /^([01]\d|2[0-3]):[0-5]\d$/;

/** When a clock in the zone shows that time next. */
export function nextTimeMs(time: string, zone: string, afterMs: number): number {
  const today = afterMs + aheadMinutes(zone, afterMs) * MINUTE_MS;
  const [first = 0, second = 0] = [today, today + DAY_MS].map((dayMs) =>
    zoneInstantMs(`${new Date(dayMs).toISOString().slice(0, 10)}T${time}`, zone),
  );
  return first > afterMs ? first : second;
}

export interface Rate {
  readonly time: string;
  readonly perSecond: number;
}

/** Of a text such as `08:00 5/s, 20:00 50/s`; undefined for any other one, and for a time that comes twice. */
export function parseRates(text: string): readonly Rate[] | undefined {
  const rates = text.split(",").map((part) => {
    const [, time = "", digits = ""] = /^\s*(\d\d:\d\d)\s+([1-9]\d{0,5})\/s\s*$/.exec(part) ?? [];
    return { time, perSecond: Number(digits) };
  });
  const isWhole = rates.every(({ time }) => TIME_OF_DAY.test(time));
  return isWhole && new Set(rates.map(({ time }) => time)).size === rates.length ? rates : undefined;
}

export interface RateAhead {
  readonly atMs: number;
  readonly perSecond: number;
}

/** When each of them begins next, the first first. The last one of all is in force until then. */
export function ratesAhead(rates: readonly Rate[], zone: string, afterMs: number): readonly RateAhead[] {
  return rates
    .map(({ time, perSecond }) => ({ atMs: nextTimeMs(time, zone, afterMs), perSecond }))
    .sort((one, other) => one.atMs - other.atMs);
}
