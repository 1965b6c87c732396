/**
 * What the results say of a row that has no end yet. Pure.
 */
import type { Word } from "../../errors/words.ts";
import type { StoredResult } from "../../ledger/ledger.ts";
import type { Run } from "../../ledger/run.ts";
import type { Ahead } from "../../report/plan-page.ts";
import type { Stop } from "../stop.ts";

/** How the run's work has ended. */
export interface Ending {
  readonly stop: Stop | null;
  /** `--limit` left the rows after this one. */
  readonly maxChange: number;
  /** Of a plan: what a run would send that begins where the plan ends; null for nothing. */
  readonly ahead?: Ahead | null;
}

const NOT_RUN = { plan: "planned and not sent, as asked", validate: "valid on its own; the bank was not asked" };

/** Why a run stopped that its open rows say as well. */
const OF_ROWS = ["account_busy", "guard_approved"] as const;

/** The word of a row that has none yet, and why. */
export function openEnd(run: Run, { source, operations }: StoredResult, { stop, maxChange }: Ending) {
  const word: Word = operations.some(({ state }) => state === "sending" || state === "unknown") ? "unknown" : "skipped";
  if (run.kind !== "run") return { word, code: "not_run" as const, message: NOT_RUN[run.kind] };
  if ((stop === null || stop.issue.code === "guard_approved") && source.row > maxChange)
    return {
      word,
      code: "limit_reached" as const,
      message: `the row is beyond --limit; to run it: tieout resume ${run.id}`,
    };
  const code = OF_ROWS.find((one) => one === stop?.issue.code) ?? ("stopped" as const);
  const why = stop?.issue.message ?? "the run was stopped";
  return { word, code, message: `${why}; to continue: tieout resume ${run.id}` };
}
