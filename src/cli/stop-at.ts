/**
 * `--stop-at`: a time of day by this machine's clock, as the next instant at which that shows it.
 */
import { FatalError } from "../errors/fatal-error.ts";
import { nextTimeMs, TIME_OF_DAY } from "../time-of-day.ts";

/** Wall-clock milliseconds; undefined when it is not given. Throws FatalError `usage`. */
export function stopAtMs(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (TIME_OF_DAY.test(text)) return nextTimeMs(text, new Intl.DateTimeFormat().resolvedOptions().timeZone, Date.now());
  throw new FatalError("usage", `--stop-at ${text} is not a time of day`, {
    hint: "give one, such as --stop-at 06:00",
  });
}
