/**
 * Back-off: how long to wait before the next try, longer with each one that failed. Numbers in, milliseconds out; what is
 * tried, and how often, is for the caller.
 */

/** Twice as long each time, from the first wait to the longest. */
export interface BackOff {
  readonly firstMs: number;
  readonly longestMs: number;
}

/** The wait that comes after `before` others. */
export function backOffMs({ firstMs, longestMs }: BackOff, before: number): number {
  return Math.min(longestMs, firstMs * 2 ** before);
}

/** Up to that, all times being equally likely, so that many callers do not come back at once. `random` is in [0, 1). */
export function fullJitterMs(backOff: BackOff, before: number, random: number): number {
  return random * backOffMs(backOff, before);
}

/** From half of that up to the whole, where coming back too early costs more than coming back together; whole numbers. */
export function halfJitterMs(backOff: BackOff, before: number, random: number): number {
  return Math.round((0.5 + random / 2) * backOffMs(backOff, before));
}
