/**
 * What comes to be known of a run, as an UPDATE sets it.
 */
import type { Calls } from "../../report/calls.ts";
import type { Run } from "../run.ts";
import type { RunProgress } from "../runs.ts";

/** The list after SET, with a `?` for each value. */
export function progressSets(
  { file }: Run,
  progress: RunProgress,
): { readonly sets: string; readonly values: readonly (string | number)[] } {
  const {
    reading,
    rows,
    keysIn,
    stage,
    proof,
    planHash,
    products,
    calls,
    sequence,
    corrects,
    batch,
    waiting,
    abandoned,
    fetching,
  } = progress;
  const all: readonly (readonly [set: string, value: string | number | undefined])[] = [
    ["reading = ?", reading && JSON.stringify(reading)],
    ["rows = ?", rows],
    ["keys_in = ?", keysIn],
    ["stage = ?", stage],
    ["ended_at = CASE WHEN ? = 'ended' THEN ended_at END", stage],
    ["proof = ?", proof],
    ["plan_hash = ?", planHash],
    ["products = ?", products && JSON.stringify(products)],
    ["calling = calling + ?", callingOf(calls)],
    ["reads = reads + ?", calls?.reads],
    ["writes = writes + ?", calls?.writes],
    ["least_reads = least_reads + ?", calls?.leastReads],
    ["least_writes = least_writes + ?", calls?.leastWrites],
    ["file = ?", sequence === undefined ? undefined : JSON.stringify({ ...file, sequence })],
    ["corrects = ?", corrects?.id],
    ["waiting = CASE WHEN stage = 'ended' THEN waiting ELSE ? END", waitingOf(waiting)],
    ["waiting = ?", abandoned === undefined ? undefined : 2],
    ["abandoned = ?", abandoned],
    ["fetching = ?", fetching && JSON.stringify(fetching)],
  ];
  const nulls = [
    ...(batch === null ? ["batch = NULL", "version = NULL"] : []),
    ...(progress.canary === null ? ["canary = NULL"] : []),
  ];
  const given = all.flatMap(([set, value]) => (value === undefined ? [] : [[set, value] as const]));
  const sets = [...given.map(([set]) => set), ...nulls];
  return { sets: sets.join(", "), values: given.map(([, value]) => value) };
}

const callingOf = (calls: Calls | null | undefined) => (calls === undefined ? undefined : calls === null ? 1 : -1);
const waitingOf = (waiting: boolean | undefined) => (waiting === undefined ? undefined : waiting ? 1 : 2);
