/**
 * One operation becomes one call: the kind says which, the body goes out byte for byte. Never tries again.
 */
import type { Account } from "../account.ts";
import type { Answer, BankApi } from "../bank/bank-api.ts";
import type { Operation } from "../plan/operation.ts";

/**
 * `accountId` is what a create doesn't have yet; every other kind needs it. `waitedMs` is how long ago its intent was recorded. The value is the
 * account, where the call answers one.
 */
export function performOperation(
  bank: BankApi,
  { kind, body }: Operation,
  accountId: string | null,
  key: string,
  waitedMs: number,
): Promise<Answer<Account | null>> {
  if (kind === "create") return bank.createAccount(body, key, waitedMs);
  if (accountId === null) throw new Error(`${kind} needs an account`);
  switch (kind) {
    case "patch":
      return bank.patchAccount(accountId, body, key, waitedMs);
    case "activate":
      return bank.activateAccount(accountId, key, waitedMs);
    case "deactivate":
      return bank.deactivateAccount(accountId, body, key, waitedMs);
    case "close":
      return bank.closeAccount(accountId, body, key, waitedMs);
    case "add_relationships":
      return bank.addRelationships(accountId, body, key, waitedMs);
    case "remove_relationship": {
      const target = JSON.parse(body) as { entity_id: string; relationship_type: string };
      return bank.removeRelationship(accountId, target.entity_id, target.relationship_type, waitedMs);
    }
  }
}
