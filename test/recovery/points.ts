/**
 * The points at which a process can be struck: what it has just done, or is about to do. Names only.
 */

/** `send` and `receive` are requests to the bank and their answers, `publish` the files of the results. */
export const POINTS = [
  "commit before",
  "commit after",
  "send before",
  "send after",
  "receive",
  "publish before",
  "publish amid",
  "publish after",
] as const;
export type Point = (typeof POINTS)[number];

/** Where a process is to be struck: at the n-th point of that kind, or of any kind, counted from 1. */
export interface Strike {
  readonly point: Point | "any";
  readonly nth: number;
}

/** What a process leaves behind: the point at which it was struck, and how many it has reached. */
export interface Reached {
  readonly struck: Point | null;
  readonly points: number;
}
