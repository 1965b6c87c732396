/**
 * Rows of the Authorized Users file beside what the bank holds: which of them are decided for themselves, since their user is as they want
 * or something newer is known of it, and what the others want together. A row is never about another user than its own.
 */
import type { Issue } from "../../errors/issue.ts";
import { worstWord } from "../../errors/words.ts";
import { isLater } from "../../instant.ts";
import type { RowsApart, StoredChange, UserTime, Verdict } from "../../ledger/ledger.ts";
import type { Actual } from "../../plan/actual.ts";
import { isAsWanted } from "../../plan/diff/users-to-change.ts";
import type { Desired, UserChange } from "../../read/change.ts";
import { parseRow } from "../../read/row/parse-row.ts";
import { isOfOtherVersion } from "../batches.ts";
import { desiredOf } from "../desired-of.ts";
import { PAGE, walkPages } from "../pages.ts";
import type { RunInHand } from "../run-in-hand.ts";
import { isSameWishOfUser } from "./is-same-wish.ts";
import { findOrigin, issueOfLaterRun, judgeAhead } from "./judge-later.ts";

/** A change and what the bank shows of its account. `desired` has the bank's ids; `after` is the last step that was applied before. */
interface MetUsers {
  readonly stored: StoredChange;
  readonly desired: Desired;
  readonly actual: Actual;
  readonly after: number;
}

/** `verdict` ends the change. `apart` are rows that are decided while the others go on, or that end with another word than these. */
export interface JudgedUsers {
  readonly desired: Desired;
  readonly apart?: RowsApart;
  readonly verdict: Verdict | null;
}

export async function judgeUsers(inHand: RunInHand, met: MetUsers): Promise<JudgedUsers> {
  const { stored, desired } = met;
  const users = desired.users ?? [];
  const verdicts = await judgeEach(inHand, met, users);
  if (verdicts.every((verdict) => verdict === null)) return { desired, verdict: null };
  const isLeft = (_: unknown, at: number) => verdicts[at] === null;
  const left = { ...desired, users: users.filter(isLeft) };
  const decided = verdicts.filter((verdict) => verdict !== null);
  const [first] = decided;
  const isAlike = left.users.length === 0 && decided.every(({ word }) => word === first?.word);
  if (isAlike && first !== undefined) return { desired, verdict: { word: first.word, issues: uniqueIssues(decided) } };
  // The ids as the rows have them.
  const given = desiredOf(inHand.run, stored);
  const apart = {
    ends: await findRows(inHand, stored, given.users ?? [], verdicts),
    desired: { ...given, users: (given.users ?? []).filter(isLeft) },
  };
  const word = left.users.length > 0 ? undefined : worstWord(decided.map((verdict) => verdict.word));
  return { desired: left, apart, verdict: word === undefined ? null : { word, issues: uniqueIssues(decided) } };
}

/** Null for a user that the change is to add or remove. */
async function judgeEach(
  inHand: RunInHand,
  { stored, actual, after }: MetUsers,
  users: readonly UserChange[],
): Promise<readonly (Verdict | null)[]> {
  const { ledger, run, isResumed, clock } = inHand;
  const held = actual.relationships?.authorized_user ?? [];
  const ids = users.map(({ id }) => id);
  const times = await ledger.userTimes.read(run.bank, actual.account.id, ids);
  const origin = await findOrigin({ ledger, run }, stored);
  const given = desiredOf(run, stored).users ?? [];
  const isOwn = async (byRun: number, user: UserChange) =>
    after > 0 ||
    stored.provenance !== null ||
    (await isOfOtherVersion(inHand, run, byRun)) ||
    (await isSameWishOfUser(inHand, stored, user, byRun));
  const judge = async (user: UserChange, at: number): Promise<Verdict | null> => {
    // What this run has brought about is its own row's.
    if (isAsWanted(user, held)) return after > 0 ? null : { word: "unchanged", issues: [] };
    const ahead = after > 0 ? null : judgeAhead(user.effective_at, clock.nowMs());
    if (ahead !== null) return { word: "invalid", issues: [ahead] };
    const time = times.find(({ entityId }) => entityId === user.id);
    if (time === undefined) return null;
    const later = [origin, isResumed && run.hasWaited && after === 0 ? run : undefined].find(
      (one) => one !== undefined && time.byRun > one.no && time.byRun !== run.no,
    );
    if (later !== undefined) return { word: "skipped", issues: [issueOfLaterRun(later, "this user of the account")] };
    const stale = await judgeTime(user, time, (byRun) => isOwn(byRun, given[at] ?? user));
    return stale === null ? null : { word: "skipped", issues: [stale] };
  };
  return Promise.all(users.map(judge));
}

async function judgeTime(
  { effective_at: at }: UserChange,
  { effectiveAt: applied, byRun }: UserTime,
  isOwn: (byRun: number) => Promise<boolean>,
): Promise<Issue | null> {
  if (at === undefined || applied === null || isLater(at, applied)) return null;
  if (!isLater(applied, at) && (await isOwn(byRun))) return null;
  const message = `effective_at is not later than ${applied}, the last one applied to this user of the account`;
  return { code: "stale", column: "effective_at", message };
}

/** The rows of each user that is decided; those that an earlier step has set apart are left to the ledger. */
async function findRows(
  { ledger, run }: RunInHand,
  { change }: StoredChange,
  users: readonly UserChange[],
  verdicts: readonly (Verdict | null)[],
): Promise<RowsApart["ends"]> {
  const rowsOf = new Map<number, number[]>();
  const places = new Map(users.map(({ id }, at) => [id, at]));
  const pages = walkPages(
    (page) => ledger.changes.readRowsOf(run, change, page),
    ({ row }) => row,
    PAGE,
  );
  for await (const page of pages) {
    for (const source of page) {
      const row = run.reading === null ? null : parseRow(source, run.reading);
      const [user] = (row?.kind === "desired" && row.desired.users) || [];
      const at = places.get(user?.id ?? "");
      if (at !== undefined) rowsOf.set(at, [...(rowsOf.get(at) ?? []), source.row]);
    }
  }
  return verdicts.flatMap((verdict, at) => (verdict === null ? [] : [{ ...verdict, rows: rowsOf.get(at) ?? [] }]));
}

function uniqueIssues(verdicts: readonly Verdict[]): readonly Issue[] {
  const issues = verdicts.flatMap((verdict) => verdict.issues);
  return [...new Map(issues.map((issue) => [`${issue.code} ${issue.message}`, issue])).values()];
}
