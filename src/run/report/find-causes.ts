/**
 * A run in, its causes out as the ledger has them now, and which rows each of them has. Reads the results twice at most, a page at a time.
 */
import type { Ledger } from "../../ledger/ledger.ts";
import type { Lease, Run } from "../../ledger/run.ts";
import { CauseTally, type CountedCause, isSameCount } from "../../report/causes.ts";
import type { ResultRow } from "../../report/result-row.ts";
import type { Summary } from "../../report/summary.ts";
import { PAGE, walkPages } from "../pages.ts";
import { stopFor } from "../stop.ts";
import type { Ending } from "./open-end.ts";
import { endingOf } from "./report-again.ts";
import { resultOf } from "./result-of.ts";

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
        const rows = ended.filter((row) => numbers.some((number) => find(row).has(number)));
        if (rows.length > 0) yield rows;
      }
    },
  };
}

const readPages = (ledger: Ledger, run: Run) =>
  walkPages(
    (page) => ledger.rows.readResults(run, page),
    ({ source }) => source.row,
    PAGE,
  );
