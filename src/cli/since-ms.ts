/**
 * `--since`: a date, an instant, or how long ago, as the moment that is meant.
 */
import { FatalError } from "../errors/fatal-error.ts";
import { isDay, isInstant } from "../instant.ts";

const MS_OF_UNIT: Readonly<Record<string, number>> = { d: 86_400_000, h: 3_600_000 };

/** Wall-clock milliseconds; 0 when it is not given. A date begins at midnight UTC. Throws FatalError `usage`. */
export function sinceMs(text: string | undefined, nowMs: number): number {
  if (text === undefined) return 0;
  const [, count = "", unit = ""] = /^(\d{1,5})([dh])$/.exec(text) ?? [];
  const ms = MS_OF_UNIT[unit];
  if (ms !== undefined) return Math.max(0, nowMs - Number(count) * ms);
  if (isDay(text) || isInstant(text)) return Math.max(0, Date.parse(text));
  throw new FatalError("usage", `--since ${text} is neither a date nor how long ago`, {
    hint: "give a date such as 2026-11-01, an instant with its zone, or days or hours such as 7d or 24h",
  });
}
