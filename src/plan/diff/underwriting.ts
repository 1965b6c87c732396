/**
 * credit_with_underwriting, the one capability that needs an application and credit details (contract, "The account"):
 * whether an account is to have it, and what a change to it lacks. Pure.
 */
import type { Account, Capability } from "../../account.ts";
import type { Issue } from "../../errors/issue.ts";
import type { Desired } from "../../read/change.ts";

const UNDERWRITTEN: Capability = "credit_with_underwriting";

export function isUnderwritten(capabilities: readonly Capability[] | undefined): boolean {
  return capabilities?.includes(UNDERWRITTEN) === true;
}

/** Whether the row gives the capability to an account that does not have it. */
export function gainsUnderwriting(desired: Desired, account: Account): boolean {
  return isUnderwritten(desired.capabilities) && !isUnderwritten(account.capabilities);
}

/** What an account that gains the capability must have, in the row or already. `sendsCredit`: the row gives some of it. */
export function underwritingIssues(desired: Desired, account: Account, sendsCredit: boolean): Issue[] {
  if (!gainsUnderwriting(desired, account)) return [];
  const issues: Issue[] = [];
  if (desired.application_id === undefined && account.application_id === undefined) {
    const message = `${UNDERWRITTEN} needs an application_id, and the account has none at the bank`;
    issues.push({ code: "application_missing", column: "application_id", message });
  }
  if (!sendsCredit && account.details?.credit === undefined) {
    const message = `${UNDERWRITTEN} needs credit details, and the account has none at the bank`;
    issues.push({ code: "credit_missing", column: "capabilities", message });
  }
  return issues;
}
