/**
 * The exit codes, the same list for every command, and which of several comes first.
 */
import type { WordCounts } from "./words.ts";

export const EXIT = {
  done: 0,
  ourFault: 1,
  cannotWork: 2,
  rowsToRepair: 3,
  rowsHeld: 4,
  leaseHeld: 5,
  stopped: 6,
  fileRejected: 7,
} as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

export const EXIT_MEANINGS: Readonly<Record<ExitCode, string>> = {
  0: "done: every row is applied, unchanged or skipped for a good reason, or there was no new file",
  1: "Tieout's fault: a bug, a run that does not balance, or a ledger that the bank contradicts",
  2: "cannot work: usage, job file, credentials, missing bucket, unusable ledger",
  3: "some row is invalid, refused, failed or unknown",
  4: "some row is held",
  5: "another run of the job is in progress",
  6: "stopped and resumable: signal, deadline, bank or ledger unreachable, disk full, a busy account; or a run that waits for a person",
  7: "a file was rejected, is stale or was already run under another name; or a plan can no longer be applied",
};

/** Of a run that has come to its end, whatever its rows say. */
export const ENDED_WELL: readonly ExitCode[] = [EXIT.done, EXIT.rowsToRepair, EXIT.rowsHeld];

/** First that fits wins, over all files of one invocation. */
const PRECEDENCE: readonly ExitCode[] = [1, 2, 6, 7, 5, 4, 3, 0];

/** The code of an invocation from the codes of its files; 0 for none. */
export function worstExit(codes: Iterable<ExitCode>): ExitCode {
  const seen = new Set(codes);
  return PRECEDENCE.find((code) => seen.has(code)) ?? EXIT.done;
}

/** The code of a run that reached its end, from the words of its rows. */
export function exitOfCounts(counts: WordCounts): ExitCode {
  if (counts.held > 0) return EXIT.rowsHeld;
  if (counts.invalid + counts.refused + counts.failed + counts.unknown > 0) return EXIT.rowsToRepair;
  return EXIT.done;
}
