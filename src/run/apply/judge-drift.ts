/**
 * Whether a change of a plan that is applied, or one that a guard has held, still comes to the calls of its plan, now that its account has
 * been read again. A person has seen those calls, and no others.
 */
import type { ChangeToApply, PlannedChange, Verdict } from "../../ledger/ledger.ts";
import { type Drift, findDrift, makesSameCalls } from "../../plan/drift.ts";
import { counted } from "../../text/counted.ts";
import type { RunInHand } from "../run-in-hand.ts";

/** How many fields the message names. */
const FIELDS_NAMED = 5;

export interface Drifted {
  readonly verdict: Verdict;
  readonly drift: readonly Drift[];
}

/**
 * Null where nothing is left to send, or the same calls for the same differences; and for every end that says itself what is to be done,
 * such as a later run's. Once the row's first calls have been applied, what differed is no longer there, and the calls alone count.
 */
export async function judgeDrift(
  { ledger, run }: RunInHand,
  { change, operations }: ChangeToApply,
  plan: PlannedChange,
): Promise<Drifted | null> {
  const { word, issues } = plan.verdict;
  if (word !== null && word !== "refused" && word !== "invalid") return null;
  const left = operations.filter(({ state }) => state !== "applied");
  const isBegun = left.length < operations.length;
  const differences = (await ledger.rows.readChangeOf(run, change))?.differences ?? [];
  const then = { operations: left, differences: isBegun ? plan.differences : differences };
  const drift = findDrift(then, plan);
  if (word === null && drift.length === 0 && makesSameCalls(then, plan)) return null;
  const issue = {
    code: "drifted" as const,
    column: drift[0]?.field ?? "",
    message: describe(run.planOf, drift, isBegun),
  };
  return { verdict: { word: "held", issues: [issue, ...(word === null ? [] : issues)] }, drift };
}

function describe(planOf: string | null, drift: readonly Drift[], isBegun: boolean): string {
  const fields = drift
    .slice(0, FIELDS_NAMED)
    .map(({ field }) => field)
    .join(", ");
  const more = drift.length > FIELDS_NAMED ? ` and ${counted(drift.length - FIELDS_NAMED, "more field")}` : "";
  const where = fields === "" ? "" : ` in ${fields}${more}`;
  const what = isBegun ? "the rest of the row was not sent" : "nothing of the row was sent";
  const since = planOf === null ? "a guard held the row" : `the plan ${planOf}`;
  return `the account has changed${where} since ${since}, so ${what}`;
}
