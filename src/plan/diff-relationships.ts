/**
 * Desired entity lists against those at the bank: which entities to add, which to remove, which to leave. Pure.
 */
import type { HolderType, Relationships, RelationshipType } from "../account.ts";
import type { Issue } from "../errors/issue.ts";
import type { Desired } from "../read/change.ts";
import { asText, missingFrom, sameSet } from "./compare.ts";
import type { Difference } from "./operation.ts";

/** The column of each relationship type. */
export const RELATIONSHIP_COLUMNS = {
  account_holder: "account_holders",
  authorized_signer: "authorized_signers",
  authorized_user: "authorized_users",
} as const satisfies Record<RelationshipType, keyof Desired>;

interface RelationshipDiff {
  readonly added: readonly { readonly type: RelationshipType; readonly entityIds: readonly string[] }[];
  readonly removed: readonly { readonly type: RelationshipType; readonly entityId: string }[];
  readonly differences: readonly Difference[];
  readonly issues: readonly Issue[];
  readonly notes: readonly Issue[];
}

/** Whether the row says anything of relationships, so that they must be fetched. */
export function wantsRelationships(desired: Desired): boolean {
  return Object.values(RELATIONSHIP_COLUMNS).some((column) => desired[column] !== undefined);
}

/**
 * A list that the row gives is the whole list it wants. With removal off an extra one at the bank is left and noted
 * (design §4). The last holder stays, and the last signer of a commercial account: the bank needs them.
 */
export function diffRelationships(
  desired: Desired,
  actual: Relationships,
  holderType: HolderType | undefined,
  removal: boolean,
): RelationshipDiff {
  const diff = {
    added: [] as { type: RelationshipType; entityIds: string[] }[],
    removed: [] as { type: RelationshipType; entityId: string }[],
    differences: [] as Difference[],
    issues: [] as Issue[],
    notes: [] as Issue[],
  };
  for (const [type, column] of Object.entries(RELATIONSHIP_COLUMNS) as [RelationshipType, "account_holders"][]) {
    const wanted = desired[column];
    if (!wanted || sameSet(wanted, actual[type])) continue;
    const added = missingFrom(wanted, actual[type]);
    const extra = missingFrom(actual[type], wanted);
    if (added.length > 0) diff.added.push({ type, entityIds: added });
    if (extra.length > 0 && !removal) {
      const message = `the bank also has ${extra.join(", ")}, left as removeRelationships is off`;
      diff.notes.push({ code: "extra_relationship", column, message });
    } else {
      diff.removed.push(...extra.map((entityId) => ({ type, entityId })));
      if (wanted.length === 0 && mustStay(type, holderType)) {
        const message = `an account needs at least one ${type.replace("_", " ")}, so the list cannot become empty`;
        diff.issues.push({ code: "last_holder", column, message });
      }
    }
    if (added.length > 0 || removal) {
      const result = removal ? wanted : [...actual[type], ...added];
      diff.differences.push({ field: column, actual: asText(actual[type]), desired: asText(result) });
    }
  }
  return diff;
}

function mustStay(type: RelationshipType, holderType: HolderType | undefined): boolean {
  return type === "account_holder" || (type === "authorized_signer" && holderType === "commercial");
}
