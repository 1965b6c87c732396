/**
 * The rules between an account and its entities and application: lists of entity ids in, findings out. Judges by what
 * the bank holds; never changes it.
 */
import {
  type Capability,
  type HolderType,
  MAX_ENTITIES_PER_RELATIONSHIP,
  type RelationshipType,
} from "../../account.ts";
import { type BankState, holderTypeOf } from "./bank-state.ts";
import { type Findings, isApplicationId, isEntityId } from "./fields.ts";

/** Why a list is too long. */
export const TOO_MANY = `must hold at most ${MAX_ENTITIES_PER_RELATIONSHIP}`;

/** A list of entity ids, each once and of the right form; `least` is how many there must be. */
export function readEntityIds(value: unknown, name: string, least: number, findings: Findings): string[] {
  if (value === undefined && least === 0) return [];
  if (!Array.isArray(value)) {
    findings.add(name, value === undefined ? "missing" : "must be a list");
    return [];
  }
  if (value.length < least) findings.add(name, `must hold at least ${least}`);
  if (value.length > MAX_ENTITIES_PER_RELATIONSHIP) findings.add(name, TOO_MANY);
  value.forEach((id, i) => {
    if (!isEntityId(id)) findings.add(`${name}[${i}]`, "must be an entity id");
  });
  return [...new Set<string>(value.filter(isEntityId))];
}

/**
 * Each entity exists, is active in the role it is used in, and is an individual unless it is a holder. Holders are all
 * of one type: the account's own, or the first one's. Answers the holder type, undefined when there is no holder.
 */
export function checkEntities(
  ids: readonly string[],
  role: RelationshipType,
  name: string,
  bank: BankState,
  findings: Findings,
  accountType?: HolderType,
): HolderType | undefined {
  let holderType = role === "account_holder" ? accountType : undefined;
  for (const [i, id] of ids.entries()) {
    const at = `${name}[${i}]`;
    const entity = bank.entities.get(id);
    if (entity === undefined) {
      findings.add(at, "not_found");
      continue;
    }
    if (!entity.role_details.some((held) => held.name === role && held.status === "active")) {
      findings.add(at, `the entity is not active as ${role}`);
    }
    const type = holderTypeOf(entity.type);
    if (role !== "account_holder") {
      if (type !== "consumer") findings.add(at, `an ${role} must be an individual`);
      continue;
    }
    holderType ??= type;
    if (type !== holderType) findings.add(at, "individuals and businesses can't hold one account together");
  }
  return holderType;
}

/**
 * What is wrong with the application that an account names. A named one must exist. For credit_with_underwriting there
 * must be one, approved, of the account's holder type and with one of its holders (contract, "The account").
 */
export function findApplicationFaults(
  id: unknown,
  account: { capabilities: readonly Capability[]; holderType: HolderType | undefined; holders: readonly string[] },
  bank: BankState,
): string[] {
  const isNeeded = account.capabilities.includes("credit_with_underwriting");
  if (id === undefined) return isNeeded ? ["missing for credit_with_underwriting"] : [];
  if (typeof id !== "string" || !isApplicationId(id)) return ["must be an application id"];
  const application = bank.applications.get(id);
  if (application === undefined) return ["not_found"];
  if (!isNeeded) return [];
  const { account_holder_type, account_holders } = application.entities;
  const faults: string[] = [];
  if (application.status !== "approved") faults.push(`the application is ${application.status}`);
  if (account_holder_type !== account.holderType) faults.push(`the application is for ${account_holder_type} holders`);
  if (!account_holders.some((holder) => account.holders.includes(holder))) {
    faults.push("the application shares no account holder with the account");
  }
  return faults;
}
