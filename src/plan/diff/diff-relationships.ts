/**
 * Desired entity lists against those at the bank: which entities to add, which to remove and in which order, which to
 * leave. Pure.
 */
import {
  type HolderType,
  MAX_ENTITIES_PER_RELATIONSHIP,
  RELATIONSHIP_TYPES,
  type Relationships,
  type RelationshipType,
} from "../../account.ts";
import type { Issue } from "../../errors/issue.ts";
import type { Desired, UserChange } from "../../read/change.ts";
import type { Difference } from "../operation.ts";
import { asText } from "./as-text.ts";
import { missingFrom, sameSet } from "./same-set.ts";
import { findUsersToChange } from "./users-to-change.ts";

/** The column of each relationship type. */
export const RELATIONSHIP_COLUMNS = {
  account_holder: "account_holders",
  authorized_signer: "authorized_signers",
  authorized_user: "authorized_users",
} as const satisfies Record<RelationshipType, keyof Desired>;

/** One call: entities to add, or the one to remove. */
export type RelationshipStep =
  | { readonly kind: "add"; readonly type: RelationshipType; readonly entityIds: readonly string[] }
  | { readonly kind: "remove"; readonly type: RelationshipType; readonly entityId: string };

interface RelationshipDiff {
  readonly steps: readonly RelationshipStep[];
  readonly differences: readonly Difference[];
  readonly issues: readonly Issue[];
  readonly notes: readonly Issue[];
}

export const NO_RELATIONSHIP_DIFF: RelationshipDiff = { steps: [], differences: [], issues: [], notes: [] };

/** Whether the row gives any relationships, so that they must be fetched. */
export function wantsRelationships(desired: Desired): boolean {
  return (
    desired.users !== undefined || Object.values(RELATIONSHIP_COLUMNS).some((column) => desired[column] !== undefined)
  );
}

/**
 * A list that the row gives is the whole list it wants. With removal off an extra one at the bank is left and noted.
 * The last holder stays, and the last signer of a commercial account: the bank needs them.
 */
export function diffRelationships(
  desired: Desired,
  actual: Relationships,
  holderType: HolderType | undefined,
  removal: boolean,
): RelationshipDiff {
  const each = RELATIONSHIP_TYPES.map((type) => diffType(type, desired, actual[type], holderType, removal));
  return {
    steps: each.flatMap(({ steps }) => steps),
    differences: each.flatMap(({ differences }) => differences),
    issues: each.flatMap(({ issues }) => issues),
    notes: each.flatMap(({ notes }) => notes),
  };
}

function diffType(
  type: RelationshipType,
  desired: Desired,
  actual: readonly string[],
  holderType: HolderType | undefined,
  removal: boolean,
): RelationshipDiff {
  if (desired.users !== undefined)
    return type === "authorized_user" ? diffUsers(desired.users, actual) : NO_RELATIONSHIP_DIFF;
  const column = RELATIONSHIP_COLUMNS[type];
  const wanted = desired[column];
  if (!wanted || sameSet(wanted, actual)) return NO_RELATIONSHIP_DIFF;
  const added = missingFrom(wanted, actual);
  const extra = missingFrom(actual, wanted);
  const removed = removal ? extra : [];
  const result = removal ? wanted : [...actual, ...added];
  const issues: Issue[] = [];
  const notes: Issue[] = [];
  if (extra.length > 0 && !removal) {
    const message = `the bank also has ${extra.join(", ")}, not removed because removeRelationships is off`;
    notes.push({ code: "extra_relationship", column, message });
  }
  const mustStay = type === "account_holder" || (type === "authorized_signer" && holderType === "commercial");
  if (result.length === 0 && mustStay) {
    const message = `an account needs at least one ${type.replace("_", " ")}, so the list cannot become empty`;
    issues.push({ code: "last_holder", column, message });
  }
  if (added.length > 0) issues.push(...fullIssues(column, result));
  const isChanged = added.length > 0 || removed.length > 0;
  return {
    steps: issues.length > 0 ? [] : orderSteps(type, actual.length, added, removed),
    differences: isChanged ? [{ field: column, actual: asText(actual), desired: asText(result) }] : [],
    issues,
    notes,
  };
}

/** Rows about single users: they say themselves whom to remove, and of all others nothing. The difference is who goes and who comes. */
function diffUsers(users: readonly UserChange[], actual: readonly string[]): RelationshipDiff {
  const { added, removed, result } = findUsersToChange(users, actual);
  if (added.length + removed.length === 0) return NO_RELATIONSHIP_DIFF;
  const field = RELATIONSHIP_COLUMNS.authorized_user;
  const issues = added.length > 0 ? fullIssues(field, result) : [];
  return {
    steps: issues.length > 0 ? [] : orderSteps("authorized_user", actual.length, added, removed),
    differences: [{ field, actual: asText(nonEmpty(removed)), desired: asText(nonEmpty(added)) }],
    issues,
    notes: [],
  };
}

const nonEmpty = (ids: readonly string[]) => (ids.length === 0 ? undefined : ids);

function fullIssues(column: keyof Desired, result: readonly string[]): Issue[] {
  if (result.length <= MAX_ENTITIES_PER_RELATIONSHIP) return [];
  const message = `the account would have ${result.length}, and the bank allows ${MAX_ENTITIES_PER_RELATIONSHIP}`;
  return [{ code: "relationships_full", column, message }];
}

/** Adds before it removes, so that one always remains; removes first only what must make room. `count` is how many are there. */
function orderSteps(
  type: RelationshipType,
  count: number,
  added: readonly string[],
  removed: readonly string[],
): RelationshipStep[] {
  const steps: RelationshipStep[] = [];
  let [toAdd, toRemove, present] = [added, removed, count];
  while (toAdd.length > 0 || toRemove.length > 0) {
    const entityIds = toAdd.slice(0, Math.max(0, MAX_ENTITIES_PER_RELATIONSHIP - present));
    if (entityIds.length > 0) steps.push({ kind: "add", type, entityIds });
    toAdd = toAdd.slice(entityIds.length);
    present += entityIds.length;
    const room = toAdd.length === 0 ? toRemove.length : Math.min(toAdd.length, toRemove.length, present - 1);
    steps.push(...toRemove.slice(0, room).map((entityId): RelationshipStep => ({ kind: "remove", type, entityId })));
    toRemove = toRemove.slice(room);
    present -= room;
  }
  return steps;
}
