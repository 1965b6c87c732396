/**
 * How long a start waits after its slot, so that not every job begins at the same second. Job and slot decide it: a schedule that is started
 * anew, and one on another host, come to the same. Pure.
 */
import { createHash } from "node:crypto";

const SECOND_MS = 1_000;

/** Whole seconds, less than `mostMs`. */
export function jitterOf(job: string, slotMs: number, mostMs: number): number {
  const seconds = Math.floor(mostMs / SECOND_MS);
  if (seconds < 1) return 0;
  const hash = createHash("sha256").update(`${job} ${slotMs}`).digest();
  return (hash.readUInt32BE(0) % seconds) * SECOND_MS;
}
