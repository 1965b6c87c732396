/**
 * What rows of the Authorized Users file want of single users, against the users that the bank holds: whom to add and whom to remove. Pure;
 * a user that no row names is never touched.
 */
import type { UserChange } from "../../read/change.ts";

export interface UsersToChange {
  readonly added: readonly string[];
  readonly removed: readonly string[];
  /** All users that the account has afterwards. */
  readonly result: readonly string[];
}

export function findUsersToChange(users: readonly UserChange[], actual: readonly string[]): UsersToChange {
  const differing = users.filter((user) => !isAsWanted(user, actual)).map(({ id, status }) => ({ id, status }));
  const idsOf = (of: UserChange["status"]) => differing.filter(({ status }) => status === of).map(({ id }) => id);
  const [added, removed] = [idsOf("active"), idsOf("inactive")];
  return { added, removed, result: [...actual.filter((id) => !removed.includes(id)), ...added] };
}

export function isAsWanted({ id, status }: UserChange, actual: readonly string[]): boolean {
  return actual.includes(id) === (status === "active");
}
