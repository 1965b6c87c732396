/**
 * Ids that the program gave to customers and applications, in place of the bank's: which a change names, and the change
 * with the bank's in their place. Pure; the caller has asked the bank for them.
 */
import type { OwnIdKind } from "../account.ts";
import type { Issue } from "../errors/issue.ts";
import type { Desired } from "../read/change.ts";
import { mask } from "../text/show-id.ts";
import { RELATIONSHIP_COLUMNS } from "./diff/diff-relationships.ts";

export interface OwnId {
  readonly kind: OwnIdKind;
  readonly own: string;
}

/** What the bank's look-up answered for an own id: the bank's id, or null where none may be used. */
export interface Resolution extends OwnId {
  readonly id: string | null;
  /** The run that asked. */
  readonly run: string;
  readonly atMs: number;
  /** The HTTP status of the answer. */
  readonly status: number;
}

/** What an id of the bank's begins with, by the kind of own id that may be in its place. */
export const PREFIX_OF: Readonly<Record<OwnIdKind, string>> = {
  client_customer_id: "entity_",
  client_application_id: "application_",
};

const LISTS = Object.values(RELATIONSHIP_COLUMNS);

/** Every id where an own id of that kind may be, the bank's too, in the order of the columns. */
export function idsNamed(desired: Desired, kind: OwnIdKind): readonly string[] {
  if (kind === "client_application_id") return desired.application_id === undefined ? [] : [desired.application_id];
  return [...LISTS.flatMap((column) => desired[column] ?? []), ...idsOfUsers(desired)];
}

const idsOfUsers = ({ users = [] }: Desired) => users.map(({ id }) => id);

/** Each own id once, in the order of the columns. */
export function ownIdsOf(desired: Desired): readonly OwnId[] {
  const customers = new Set(idsNamed(desired, "client_customer_id").filter(isOf("client_customer_id")));
  const application = idsNamed(desired, "client_application_id").filter(isOf("client_application_id"));
  return [
    ...[...customers].map((own): OwnId => ({ kind: "client_customer_id", own })),
    ...application.map((own): OwnId => ({ kind: "client_application_id", own })),
  ];
}

const isOf = (kind: OwnIdKind) => (id: string) => !id.startsWith(PREFIX_OF[kind]);

/** The change with the bank's ids; an own id that `resolutions` has no id for stays. */
export function withBankIds(desired: Desired, resolutions: readonly Resolution[]): Desired {
  const ids = new Map(resolutions.map(({ kind, own, id }) => [`${kind} ${own}`, id]));
  const idOf = (kind: OwnIdKind) => (own: string) => ids.get(`${kind} ${own}`) ?? own;
  const lists = LISTS.flatMap((column) => {
    const list = desired[column];
    return list === undefined ? [] : [[column, list.map(idOf("client_customer_id"))] as const];
  });
  const { application_id, users } = desired;
  return {
    ...desired,
    ...Object.fromEntries(lists),
    ...(users && { users: users.map((user) => ({ ...user, id: idOf("client_customer_id")(user.id) })) }),
    ...(application_id !== undefined && { application_id: idOf("client_application_id")(application_id) }),
  };
}

/** The columns that name the own id. */
export function columnsOf(desired: Desired, { kind, own }: OwnId): readonly string[] {
  if (kind === "client_application_id") return ["application_id"];
  const isOfUser = idsOfUsers(desired).includes(own);
  return LISTS.filter((column) => (isOfUser && column === USERS) || desired[column]?.includes(own));
}

const USERS = RELATIONSHIP_COLUMNS.authorized_user;

/** A list that names one entity twice, by two ids: nobody can know which of them is meant. */
export function findTwice(desired: Desired, resolutions: readonly Resolution[]): readonly Issue[] {
  const resolved = withBankIds(desired, resolutions);
  return LISTS.flatMap((column) => {
    const listOf = (of: Desired) => of[column] ?? (column === USERS ? idsOfUsers(of) : []);
    const [ids, given] = [listOf(resolved), listOf(desired)];
    return ids.flatMap((id, at): Issue[] => {
      const first = ids.indexOf(id);
      if (first === at) return [];
      const message = `${shown(given[first])} and ${shown(given[at])} are one entity at the bank, ${id}; result_ids has both`;
      return [{ code: "own_id_twice", column, message }];
    });
  });
}

/** A bank's id as it is; the program's own is a cell, and masked. */
function shown(id = ""): string {
  return id.startsWith(PREFIX_OF.client_customer_id) ? id : mask(id);
}

export function sameOwnId(one: OwnId, other: OwnId): boolean {
  return one.kind === other.kind && one.own === other.own;
}

/** Which kinds of own id a file names: its rows go in as they come. */
export class OwnIdKinds {
  readonly #kinds = new Set<OwnIdKind>();

  add(desired: Desired): void {
    if (this.#kinds.size < KINDS) for (const { kind } of ownIdsOf(desired)) this.#kinds.add(kind);
  }

  /** As a reading keeps it: nothing for a file without. */
  get found(): { readonly ownIds?: readonly OwnIdKind[] } {
    return this.#kinds.size === 0 ? {} : { ownIds: [...this.#kinds] };
  }
}

const KINDS = 2;
