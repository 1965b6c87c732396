/**
 * One operation becomes one call: the kind says which, the body goes out byte for byte. Never tries again.
 */
import type { Account } from "../account.ts";
import type { Answer, BankApi } from "../bank/bank-api.ts";
import type { Operation } from "../plan/operation.ts";

/** `accountId` is what a create doesn't have yet; every other kind needs it. The value is the account, where the call answers one. */
export function performOperation(
  bank: BankApi,
  { kind, body }: Operation,
  accountId: string | null,
  key: string,
): Promise<Answer<Account | null>> {
  if (kind === "create") return bank.createAccount(body, key);
  if (accountId === null) throw new Error(`${kind} needs an account`);
  switch (kind) {
    case "patch":
      return bank.patchAccount(accountId, body, key);
    case "activate":
      return bank.activateAccount(accountId, key);
    case "deactivate":
      return bank.deactivateAccount(accountId, body, key);
    case "close":
      return bank.closeAccount(accountId, body, key);
    case "add_relationships":
      return bank.addRelationships(accountId, body, key);
    case "remove_relationship": {
      const target = JSON.parse(body) as { entity_id: string; relationship_type: string };
      return bank.removeRelationship(accountId, target.entity_id, target.relationship_type);
    }
  }
}
