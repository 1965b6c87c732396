/**
 * What a run has fetched, and the calls that this saved, as the summary says it.
 */
import type { Run } from "../../ledger/run.ts";
import type { SummarizedCalls } from "../../report/calls.ts";
import type { SummarizedFetching } from "../../report/fetching.ts";
import type { Tally } from "../../report/write-results.ts";

/** Rows of the results that were skipped since they were tied out before. */
export function countNotFetched({ notes }: Pick<Tally, "notes">): number {
  return notes.find(({ word, code }) => word === "skipped" && code === "not_fetched")?.count ?? 0;
}

/** None for a job that always fetches everything. */
export function fetchingOf({ fetching }: Run, tally: Tally): SummarizedFetching | undefined {
  if (fetching === undefined) return undefined;
  if (fetching.kind === "after all") return { kind: "after all", changed: fetching.changed };
  if (fetching.kind === "all") return fetching;
  const { changes = 0, firstAtMs = 0, lastAtMs = 0 } = fetching.notFetched ?? {};
  const iso = (atMs: number) => new Date(atMs).toISOString();
  const seenEqual = changes === 0 ? null : { from: iso(firstAtMs), to: iso(lastAtMs) };
  return { kind: "some", rows: countNotFetched(tally), accounts: changes, seenEqual };
}

/** Whoever knew all that the bank holds would make the writes alone. */
export function callsOfRun({ kind, calls, fetching }: Run): SummarizedCalls | null {
  if (kind === "validate" || calls === null) return null;
  if (fetching === undefined) return calls;
  const saved = fetching.kind === "some" ? (fetching.notFetched?.gets ?? 0) : 0;
  return { ...calls, saved, minimum: calls.leastWrites };
}
