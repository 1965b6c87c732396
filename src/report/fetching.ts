/**
 * What a run has fetched, for a job that skips what was tied out: as the summary has it, and in words. Pure.
 */
import { counted } from "../text/counted.ts";

/**
 * `some`: rows that were not fetched, the accounts that they name, and when these were last seen as the rows want them. `all`: nothing was
 * skipped. `after all`: so many of the share that is always fetched had changed at the bank.
 */
export type SummarizedFetching =
  | {
      readonly kind: "some";
      readonly rows: number;
      readonly accounts: number;
      readonly seenEqual: { readonly from: string; readonly to: string } | null;
    }
  | { readonly kind: "all"; readonly why: "asked" | "tenth" | "settings" }
  | { readonly kind: "after all"; readonly changed: number };

const WHY = {
  asked: "as plans, re-runs and runs that a person narrows or repeats do",
  tenth: "as every tenth run does",
  settings: "since the job's settings have changed since it began",
} as const;

export function renderFetching(fetching: SummarizedFetching): string {
  if (fetching.kind === "all") return `fetched everything, ${WHY[fetching.why]}`;
  if (fetching.kind === "after all")
    return `fetched everything after all: ${counted(fetching.changed, "account")} of the share that is always fetched had changed at the bank`;
  const { rows, accounts, seenEqual } = fetching;
  if (rows === 0 || seenEqual === null)
    return "not fetched: none, since no row asks for what was tied out within skipUnchangedFor";
  const of = rows === accounts ? counted(rows, "row") : `${counted(rows, "row")} of ${counted(accounts, "account")}`;
  const { from, to } = seenEqual;
  const seen = from === to ? `at ${from}` : `between ${from} and ${to}`;
  return `not fetched: ${of}, last seen as wanted ${seen}; one in 100, one at least, was fetched all the same`;
}
