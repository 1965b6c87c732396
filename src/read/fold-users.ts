/**
 * The rows of the Authorized Users file for one account in, made one, and which rows have no part in it out. Pure. Each user is judged
 * alone: what rows say of one never decides about another. Rows come one after another and are not kept: what is kept of them grows
 * with the users, whose number is limited.
 */
import type { Issue } from "../errors/issue.ts";
import { instantNs } from "../instant.ts";
import { grouped } from "../text/counted.ts";
import type { Desired, DesiredRow, UserChange } from "./change.ts";

/** The most users that rows may name for one account: far more than it can have, since there may be many to remove. */
export const MAX_USERS_NAMED = 1000;
/** How many row numbers a message names. */
const ROWS_NAMED = 5;

/** What the rows of one user come to so far. */
interface ToldOfUser {
  readonly first: UserChange;
  readonly named: number[];
  rows: number;
  isDisputed: boolean;
  isDated: boolean;
  /** The latest row in time, and whether one of the same moment says otherwise. */
  latest: { readonly user: UserChange; readonly row: number; readonly ns: bigint };
  isLatestDisputed: boolean;
}

/** A row that has no part in its account's change, and why: later rows `left` overrule it, or its user's rows contradict each other. */
export type ApartRow =
  | { readonly kind: "superseded"; readonly left: number }
  | { readonly kind: "contradiction"; readonly issue: Issue };

/** `issue` where nothing is left: every row of the account is invalid. */
export type FoldedUsers =
  | { readonly kind: "change"; readonly desired: Desired; readonly hasApart: boolean }
  | { readonly kind: "invalid"; readonly issue: Issue; readonly hasApart: boolean };

/** Takes the rows of one account in file order, at least one. */
export class UserFold {
  readonly #told = new Map<string, ToldOfUser>();
  #base: Desired = {};
  #isTooMany = false;

  add({ source: { row }, desired }: DesiredRow): void {
    const { users = [], ...base } = desired;
    const { generated_at = "" } = this.#base;
    // A day of sending says nothing of what is wanted: the first one stands for all.
    this.#base = generated_at === "" ? base : { ...base, generated_at };
    for (const user of users) this.#addUser(user, row);
  }

  end(): FoldedUsers {
    if (this.#isTooMany) {
      const message = `the rows name more than ${grouped(MAX_USERS_NAMED)} users of one account`;
      return { kind: "invalid", issue: { code: "account_users_limit", column: "", message }, hasApart: false };
    }
    const all = [...this.#told.values()];
    const [contradicted] = all.filter(isContradicted);
    const users = all.filter((told) => !isContradicted(told)).map(({ latest }) => latest.user);
    const hasApart = all.some(({ isDisputed }) => isDisputed);
    if (contradicted !== undefined && users.length === 0)
      return { kind: "invalid", issue: contradictionOf(contradicted), hasApart };
    return { kind: "change", desired: { ...this.#base, users }, hasApart };
  }

  /** Null for a row that has its part; once all rows have been added. */
  judge({ source: { row }, desired }: DesiredRow): ApartRow | null {
    const [user] = desired.users ?? [];
    const told = user && this.#told.get(user.id);
    if (user === undefined || told === undefined || !told.isDisputed) return null;
    if (isContradicted(told)) return { kind: "contradiction", issue: contradictionOf(told) };
    return row === told.latest.row || nsOf(user) === told.latest.ns
      ? null
      : { kind: "superseded", left: told.latest.row };
  }

  #addUser(user: UserChange, row: number): void {
    const ns = nsOf(user);
    const told = this.#told.get(user.id);
    if (told === undefined) {
      if (this.#told.size === MAX_USERS_NAMED) this.#isTooMany = true;
      else this.#told.set(user.id, toldBy(user, row, ns));
      return;
    }
    told.rows += 1;
    if (told.named.length < ROWS_NAMED) told.named.push(row);
    told.isDated &&= user.effective_at !== undefined;
    told.isDisputed ||= user.status !== told.first.status;
    if (ns > told.latest.ns) {
      told.latest = { user, row, ns };
      told.isLatestDisputed = false;
    } else if (ns === told.latest.ns && user.status !== told.latest.user.status) told.isLatestDisputed = true;
  }
}

function toldBy(user: UserChange, row: number, ns: bigint): ToldOfUser {
  const isDated = user.effective_at !== undefined;
  const latest = { user, row, ns };
  return { first: user, named: [row], rows: 1, isDisputed: false, isDated, latest, isLatestDisputed: false };
}

const nsOf = ({ effective_at: at }: UserChange) => (at === undefined ? undefined : instantNs(at)) ?? 0n;

const isContradicted = ({ isDisputed, isDated, isLatestDisputed }: ToldOfUser) =>
  isDisputed && (!isDated || isLatestDisputed);

function contradictionOf({ named, rows, isDated }: ToldOfUser): Issue {
  const more = rows > named.length ? ` and ${grouped(rows - named.length)} more` : "";
  const what = `rows ${named.join(", ")}${more} are for one user of one account: some add it and some remove it`;
  const why = isDated
    ? ", and the latest of them have the same effective_at"
    : ", and not all of them have an effective_at that shows which is the latest";
  return { code: "contradiction", column: "status", message: what + why };
}
