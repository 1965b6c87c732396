/**
 * `--since`: a date, an instant, or how long ago, as the moment that is meant.
 */
import { durationMs } from "../duration-ms.ts";
import { FatalError } from "../errors/fatal-error.ts";
import { isDay, isInstant } from "../instant.ts";

/** Wall-clock milliseconds; 0 when it is not given. A date begins at midnight UTC. Throws FatalError `usage`. */
export function sinceMs(text: string | undefined, nowMs: number): number {
  if (text === undefined) return 0;
  if (/^\d{1,5}[dh]$/.test(text)) return Math.max(0, nowMs - durationMs(text));
  if (isDay(text) || isInstant(text)) return Math.max(0, Date.parse(text));
  throw new FatalError("usage", `--since ${text} is neither a date nor how long ago`, {
    hint: "give a date such as 2026-11-01, an instant with its zone, or days or hours such as 7d or 24h",
  });
}
