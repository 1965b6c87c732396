/**
 * Whether what a change wants has been overtaken: by a later run, by a later version of its file, or by what was applied to
 * its account under a later effective_at.
 */
import type { Issue } from "../../errors/issue.ts";
import { isLater } from "../../instant.ts";
import type { AccountMemory, StoredChange } from "../../ledger/ledger.ts";
import type { Run } from "../../ledger/run.ts";
import type { Desired } from "../../read/change.ts";
import { UNDONE_RUN } from "../../read/columns.ts";
import { layoutOf } from "../../read/layouts.ts";
import { findReplacement, replacedBy } from "../batches.ts";
import { findNamedRun } from "../find-named-run.ts";
import type { RunInHand } from "../run-in-hand.ts";

/**
 * A row that is fed in again is overtaken once a later run has changed its account, or a later version has replaced its file;
 * a row that takes back what a run has done, once a later run has changed its account. What the row's own run has applied does not overtake it.
 */
export async function judgeLaterRun(
  inHand: RunInHand,
  stored: StoredChange,
  { appliedByRun }: AccountMemory,
): Promise<Issue | null> {
  const { provenance } = stored;
  const { run } = inHand;
  const origin = await findOrigin(inHand, stored);
  if (origin === undefined) return null;
  const later = provenance === null ? undefined : await findReplacement(inHand, origin);
  if (later !== undefined) return { code: "superseded_by_run", column: "", message: replacedBy(later) };
  // What a later run has done to an account says nothing of its single users (judge-users.ts).
  if (layoutOf(run.reading).rowIsAbout === "user") return null;
  return appliedByRun > origin.no && appliedByRun !== run.no ? issueOfLaterRun(origin) : null;
}

/** The run whose rows are fed in again, or taken back, if there is one. */
export async function findOrigin(
  inHand: Pick<RunInHand, "ledger" | "run">,
  stored: StoredChange,
): Promise<Run | undefined> {
  const from = stored.provenance === null ? await findUndone(inHand, stored) : stored.provenance.run;
  return from === null ? undefined : findNamedRun(inHand.ledger, from);
}

/** The id of the run that a row of a file of `tieout undo` takes back. */
async function findUndone(
  { ledger, run }: Pick<RunInHand, "ledger" | "run">,
  { change }: StoredChange,
): Promise<string | null> {
  const at = run.reading?.header.indexOf(UNDONE_RUN) ?? -1;
  if (at < 0) return null;
  const [row] = await ledger.rows.readOrigins(run, [change]);
  return row?.source.cells?.[at] || null;
}

export function issueOfLaterRun({ id }: Run, what = "this account"): Issue {
  return { code: "superseded_by_run", column: "", message: `a run after ${id} has applied ${what}` };
}

/** Some systems date a change ahead; 2099 and 9999 stand for no day at all. */
const MOST_AHEAD_MS = 3_652 * 86_400_000;

/**
 * A row that would change something, and whose effective_at is more than ten years ahead: it is hardly meant,
 * and once applied it would make every later row of the account stale.
 */
export function judgeAhead(at: string | undefined, nowMs: number): Issue | null {
  if (at === undefined || !isLater(at, new Date(nowMs + MOST_AHEAD_MS).toISOString())) return null;
  const message = "effective_at is more than ten years ahead: once applied, no row before that time would count";
  return { code: "effective_at_ahead", column: "effective_at", message };
}

/**
 * A row that would change something, and is not newer than what was applied, is stale. The same instant is allowed if it was applied
 * by this row itself, by the one that it repairs, by an earlier version of its file, or by one that asked for the same (`isOwn`).
 */
export async function judgeLaterInstant(
  { effective_at: at }: Desired,
  { effectiveAt: applied }: AccountMemory,
  isOwn: () => Promise<boolean>,
): Promise<Issue | null> {
  if (at === undefined || applied === null || isLater(at, applied)) return null;
  if (!isLater(applied, at) && (await isOwn())) return null;
  const message = `effective_at is not later than ${applied}, the last one applied to this account`;
  return { code: "stale", column: "effective_at", message };
}
