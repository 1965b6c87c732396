/**
 * Calls: what a run has asked of the bank, beside the fewest calls that its rows need. A bank takes so many a second, so calls are
 * the time that a run costs. Pure.
 *
 * Made is every request that left for the bank, retries and further pages too; only requests for a token are not counted.
 *
 * Needed are: a GET of the account for each change that is about one; a look-up for each change whose account the ledger does not
 * know and that was answered; a GET of the relationships where the row names some, or is judged by them; a GET of each entity, application and own id,
 * once in a run; and a write for each operation that has ended. So whatever is asked again is made and not needed: retries, plans
 * that were too old, doubts that were settled, the proof of the look-up.
 *
 * Both are counted while the calls are made, and added up over the processes of the run. What a process has made that did not
 * end in order is not known.
 */
import type { Throughput } from "../bank/bank-api.ts";
import { CALL_LANES, type TimedCalls } from "../bank/call-times.ts";
import { grouped } from "../text/counted.ts";

/** Of one process. */
export interface Calls {
  readonly reads: number;
  readonly writes: number;
  readonly leastReads: number;
  readonly leastWrites: number;
}

/** Of all processes of a run; `complete` unless one of them has not ended in order, or not yet. */
export interface RunCalls extends Calls {
  readonly complete: boolean;
}

/** `saved`: GETs of rows that were not fetched. `minimum`: the writes alone. Both only of a job that skips what was tied out. */
export interface SummarizedCalls extends RunCalls {
  readonly saved?: number;
  readonly minimum?: number;
}

/** What the rows have needed, counted as they go. */
export interface Needed {
  reads: number;
  writes: number;
}

export function callsOf({ reads, writes }: Throughput, needed: Needed): Calls {
  return { reads: reads.calls, writes: writes.calls, leastReads: needed.reads, leastWrites: needed.writes };
}

export function timesOf(throughput: Throughput): readonly TimedCalls[] {
  return CALL_LANES.flatMap((lane) => throughput[lane].times.list(lane));
}

/** Such as `calls to the bank: 2,210, 1.10 a row; these rows need only 2,200`. Of a run that is not `final`, what was made so far. */
export function renderCalls(
  calls: SummarizedCalls,
  { rows, final }: { readonly rows: number; readonly final: boolean },
): string {
  const made = calls.reads + calls.writes;
  const least = calls.leastReads + calls.leastWrites;
  const all = `calls to the bank${final ? "" : " so far"}: ${made === 0 ? "none" : grouped(made)}`;
  if (!calls.complete) return `${all}, apart from those of a process that did not end in order`;
  if (!final || made === 0) return all;
  const need = made > least ? `these rows need only ${grouped(least)}` : "as few as these rows need";
  return `${all}, ${(made / rows).toFixed(2)} a row; ${need}${renderSaved(calls)}`;
}

function renderSaved({ saved = 0, minimum = 0 }: SummarizedCalls): string {
  if (saved === 0) return "";
  return `; ${grouped(saved)} saved by rows that were not fetched; the least possible is ${grouped(minimum)}, the writes alone`;
}
