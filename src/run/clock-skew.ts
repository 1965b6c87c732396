/**
 * How far this machine's clock and the bank's may be apart: the age of a key is measured by both.
 */
import type { Issue } from "../errors/issue.ts";
import { counted } from "../text/counted.ts";

/** A larger difference is reported. */
export const CLOCK_SKEW_REPORTED_MS = 5 * 60_000;
/** With a larger difference nothing is sent. */
const CLOCK_SKEW_BORNE_MS = 15 * 60_000;

/** Why nothing may be sent, if the clocks differ too much. `skewMs` is how far the bank's is ahead, null when not known. */
export function issueOfClockSkew(skewMs: number | null): Issue | null {
  if (skewMs === null || Math.abs(skewMs) <= CLOCK_SKEW_BORNE_MS) return null;
  const minutes = Math.round(Math.abs(skewMs) / 60_000);
  const message = `this machine's clock is ${counted(minutes, "minute")} ${skewMs > 0 ? "behind" : "ahead of"} the bank's`;
  return { code: "clock_skewed", column: "", message };
}
