/**
 * How long a time is that a job gives as a whole number and a unit. Pure.
 */
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const MS_OF_UNIT: Readonly<Record<string, number>> = { h: HOUR_MS, d: DAY_MS, w: 7 * DAY_MS, y: 365 * DAY_MS };

/** Of a text such as `30h`, `400d`, `60w` or `7y`. Which units and how much may be given is for each setting to check. */
export function durationMs(text: string): number {
  return Number.parseInt(text, 10) * (MS_OF_UNIT[text.at(-1) ?? ""] ?? 0);
}
