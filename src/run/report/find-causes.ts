/**
 * A run in, its causes out as the ledger has them now, and which rows each of them has. Reads the results twice at most, a page at a time.
 */
import { FatalError } from "../../errors/fatal-error.ts";
import type { Ledger } from "../../ledger/ledger.ts";
import type { Lease, Run } from "../../ledger/run.ts";
import { CauseTally, type CountedCause, isSameCount } from "../../report/causes.ts";
import type { ResultRow } from "../../report/result-row.ts";
import type { Summary } from "../../report/summary.ts";
import { checkValues } from "../check-values.ts";
import { walkResults } from "../pages.ts";
import { stopFor } from "../stop.ts";
import type { Ending } from "./open-end.ts";
import { endingOf } from "./report-again.ts";
import { resultOf } from "./result-of.ts";

/** The number of a cause, and the publication that gave it its number if that was not the first; see Summary. */
export interface NumberedCause {
  readonly no: number;
  readonly renumbered?: number;
}

export interface FoundCauses {
  readonly causes: readonly CountedCause[];
  /** The last results that were published; null for none. */
  readonly published: Summary | null;
  /** Whether these are the causes in those results. */
  readonly isPublished: boolean;
  /** Rows of any of these causes that have come to their end, page by page. */
  readonly pagesOf: (numbers: readonly number[]) => AsyncIterable<readonly ResultRow[]>;
}

/** For a run that was cut off before it published anything. */
const CUT_OFF: Ending = {
  stop: stopFor({ code: "run_stopped", column: "", message: "the process that ran it has died" }),
  maxChange: Number.MAX_SAFE_INTEGER,
};

/** `holder` is who works on the run now; null for nobody, or for the caller itself. */
export async function findCauses(ledger: Ledger, run: Run, holder: Lease | null): Promise<FoundCauses> {
  checkValues(run, "its causes cannot be found again");
  const ending = endingOf(run, holder) ?? CUT_OFF;
  const tally = new CauseTally(run.reading?.header ?? []);
  for await (const page of readPages(ledger, run)) for (const stored of page) tally.add(resultOf(run, stored, ending));
  const { causes } = tally;
  const published = run.summary === null ? null : (JSON.parse(run.summary) as Summary);
  const find = tally.finder();
  return {
    causes,
    published,
    // A summary of an earlier version has none, and nobody has seen other numbers.
    isPublished: published !== null && isSameCount(causes, published.causes ?? causes),
    async *pagesOf(numbers) {
      for await (const page of readPages(ledger, run)) {
        const ended = page.filter(({ word }) => word !== null).map((stored) => resultOf(run, stored, ending));
        const rows = ended.filter((row) => !find(row).isDisjointFrom(new Set(numbers)));
        if (rows.length > 0) yield rows;
      }
    },
  };
}

/**
 * The causes of a run, if the numbers mean those in its last results. Throws FatalError `causes_changed` if the numbers may be those of
 * other causes than a person has seen, and `usage` if there is no such cause.
 */
export async function findNumbered(ledger: Ledger, run: Run, causes: readonly NumberedCause[]): Promise<FoundCauses> {
  const found = await findCauses(ledger, (await ledger.runs.find(run.id)) ?? run, null);
  const hint = `see tieout causes ${run.id}`;
  const isOld = causes.some(({ renumbered }) => renumbered !== found.published?.renumbered);
  if (!found.isPublished || isOld) {
    const message = `the causes of run ${run.id} have other numbers by now than in earlier results`;
    throw new FatalError("causes_changed", message, { hint });
  }
  const { length } = found.causes;
  const unknown = causes.find(({ no }) => no > length);
  if (unknown === undefined) return found;
  const has = length === 0 ? "no causes" : length === 1 ? "one cause" : `causes 1 to ${length}`;
  throw new FatalError("usage", `run ${run.id} has ${has}, and so none of number ${unknown.no}`, { hint });
}

const readPages = (ledger: Ledger, run: Run) => walkResults(ledger, run);
