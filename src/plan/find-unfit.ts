/**
 * The entities and the application that a change names, against the rules that the bank applies to them: which of them
 * must be known, and every rule that is broken. Pure; the caller has fetched what is known.
 *
 * Only what would come to the account is judged: what it already has, the bank has taken. A member that the bank does
 * not answer is never held against a row.
 */
import {
  type Account,
  type Application,
  type Capability,
  type Entity,
  HOLDER_TYPE_OF_ENTITY,
  type HolderType,
  RELATIONSHIP_TYPES,
  type RelationshipType,
} from "../account.ts";
import type { Code } from "../errors/codes/codes.ts";
import type { Issue } from "../errors/issue.ts";
import type { Desired } from "../read/change.ts";
import type { Actual } from "./actual.ts";
import { RELATIONSHIP_COLUMNS } from "./diff/diff-relationships.ts";
import { missingFrom } from "./diff/same-set.ts";
import { gainsUnderwriting, isUnderwritten } from "./diff/underwriting.ts";
import { findUsersToChange } from "./diff/users-to-change.ts";

/** By id; null for one that the bank does not have. */
export interface BankFacts {
  readonly entities: ReadonlyMap<string, Entity | null>;
  readonly applications: ReadonlyMap<string, Application | null>;
}

/** The ids of what `findUnfit` must know; `actual` is null for a new account. */
export function namesToKnow(
  desired: Desired,
  actual: Actual | null,
): { readonly entities: readonly string[]; readonly applications: readonly string[] } {
  const application = applicationToJudge(desired, actual?.account ?? null);
  return {
    entities: [...new Set(RELATIONSHIP_TYPES.flatMap((type) => entitiesToCome(type, desired, actual)))],
    applications: application === undefined ? [] : [application],
  };
}

/** Whether an application is to be compared with the account's holders, so that these must be fetched too. */
export function needsHolders(desired: Desired, account: Account): boolean {
  return (
    applicationToJudge(desired, account) !== undefined && isUnderwritten(desired.capabilities ?? account.capabilities)
  );
}

/** Every rule that the bank would refuse the change for (contract, "The account"); `capabilities` are the resulting ones. */
export function findUnfit(
  desired: Desired,
  actual: Actual | null,
  capabilities: readonly Capability[] | undefined,
  known: BankFacts,
): readonly Issue[] {
  const coming = entitiesToCome("account_holder", desired, actual).flatMap((id) => known.entities.get(id) ?? []);
  const types = [...new Set(coming.map(({ type }) => HOLDER_TYPE_OF_ENTITY[type]))];
  const present = actual?.account.entities?.account_holder_type;
  const holderType = present ?? (types.length === 1 ? types[0] : undefined);
  const holders = actual === null ? desired.account_holders : actual.relationships?.account_holder;
  return [
    ...RELATIONSHIP_TYPES.flatMap((type) =>
      entitiesToCome(type, desired, actual).flatMap((id) => judgeEntity(type, id, known.entities.get(id) ?? null)),
    ),
    ...judgeHolderTypes(present, types),
    ...(actual === null ? judgeNewAccount(desired, holderType) : []),
    ...judgeApplication(applicationToJudge(desired, actual?.account ?? null), known, {
      isUnderwritten: isUnderwritten(capabilities),
      holderType,
      holders,
    }),
  ];
}

function entitiesToCome(type: RelationshipType, desired: Desired, actual: Actual | null): readonly string[] {
  const held = actual?.relationships?.[type] ?? [];
  const users = type === "authorized_user" ? findUsersToChange(desired.users ?? [], held).added : [];
  return [...missingFrom(desired[RELATIONSHIP_COLUMNS[type]] ?? [], held), ...users];
}

/** A newly named one, or the account's own once credit is to be underwritten. */
function applicationToJudge({ application_id: id, ...desired }: Desired, account: Account | null): string | undefined {
  if (account === null || (id !== undefined && id !== account.application_id)) return id;
  return gainsUnderwriting(desired, account) ? account.application_id : undefined;
}

/** Active in the role it is used in, and an individual unless it is a holder. */
function judgeEntity(type: RelationshipType, id: string, entity: Entity | null): Issue[] {
  const column = RELATIONSHIP_COLUMNS[type];
  const role = type.replace("_", " ");
  if (entity === null) return [{ code: "entity_not_found", column, message: `the bank has no entity ${id}` }];
  const issues: Issue[] = [];
  if (type !== "account_holder" && entity.type !== "individual") {
    const message = `${id} is of type ${entity.type}, and an ${role} must be an individual`;
    issues.push({ code: "entity_type_unfit", column, message });
  }
  const roles = entity.role_details;
  if (roles !== undefined && !roles.some(({ name, status }) => name === type && status === "active")) {
    issues.push({ code: "entity_role_inactive", column, message: `${id} is not active as ${role}` });
  }
  return issues;
}

function judgeHolderTypes(present: HolderType | undefined, coming: readonly HolderType[]): Issue[] {
  const all = new Set(present === undefined ? coming : [present, ...coming]);
  if (all.size < 2) return [];
  const message =
    present === undefined
      ? "the holders are individuals and businesses, and no account can have both"
      : `the account is ${present}, and the new holders are not`;
  return [{ code: "holders_mixed", column: "account_holders", message }];
}

function judgeNewAccount(desired: Desired, holderType: HolderType | undefined): Issue[] {
  if (holderType === undefined) return [];
  const issues: Issue[] = [];
  if (desired.account_holder_type !== undefined && desired.account_holder_type !== holderType) {
    const message = `the holders make the account ${holderType}, and the row has ${desired.account_holder_type}`;
    issues.push({ code: "holder_type_differs", column: "account_holder_type", message });
  }
  // The type that the row itself gives is judged without the bank.
  if (
    holderType === "commercial" &&
    desired.account_holder_type !== "commercial" &&
    !desired.authorized_signers?.length
  ) {
    const message = "the holders make the account commercial, so it needs at least one authorized signer";
    issues.push({ code: "signer_missing", column: "authorized_signers", message });
  }
  return issues;
}

function judgeApplication(
  id: string | undefined,
  known: BankFacts,
  account: { isUnderwritten: boolean; holderType: HolderType | undefined; holders: readonly string[] | undefined },
): Issue[] {
  if (id === undefined) return [];
  const issue = (code: Code, message: string): Issue => ({ code, column: "application_id", message });
  const application = known.applications.get(id) ?? null;
  if (application === null) return [issue("application_not_found", `the bank has no application ${id}`)];
  if (!account.isUnderwritten) return [];
  const issues: Issue[] = [];
  const { status = "undecided", entities } = application;
  if (status !== "approved") {
    issues.push(issue("application_not_approved", `${id} is ${status}, and underwriting needs an approved one`));
  }
  const type = entities?.account_holder_type;
  if (type !== undefined && account.holderType !== undefined && type !== account.holderType) {
    const message = `${id} is for a ${type} account, and this one is ${account.holderType}`;
    issues.push(issue("application_holder_type_differs", message));
  }
  const shared = entities?.account_holders;
  if (shared !== undefined && account.holders !== undefined && !account.holders.some((one) => shared.includes(one))) {
    issues.push(issue("application_holder_differs", `${id} shares no account holder with the account`));
  }
  return issues;
}
