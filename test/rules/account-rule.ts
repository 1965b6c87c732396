/**
 * Rules about a row of an account that the bank has: against which account, and pairs that differ in one side alone.
 */
import type { Account, Relationships } from "../../src/account.ts";
import type { Actual } from "../../src/plan/actual.ts";
import type { Rule } from "./rule.ts";
import type { Cells, Trial } from "./trial.ts";

/** Against an account with these members, beside an id and an open status. */
export const against = (
  members: Omit<Account, "id">,
  relationships: Relationships | null = null,
): { actual: Actual } => ({
  actual: { account: { id: "account_1", status: "active", capabilities: ["deposit"], ...members }, relationships },
});
const ofAccount = (what: string, cells: Cells, rest: Omit<Trial, "what" | "rows">): Trial => ({
  what,
  rows: [{ account_id: "account_1", ...cells }],
  ...rest,
});
/** The same account for both rows. */
export const both = (
  rest: Omit<Trial, "what" | "rows">,
  says: RegExp,
  rejected: [string, Cells],
  accepted: [string, Cells],
): Rule => ({
  rejects: ofAccount(...rejected, rest),
  accepts: ofAccount(...accepted, rest),
  says,
});
/** The same row for both accounts. */
export const among = (
  cells: Cells,
  says: RegExp,
  rejected: [string, Omit<Trial, "what" | "rows">],
  accepted: [string, Omit<Trial, "what" | "rows">],
): Rule => ({
  rejects: ofAccount(rejected[0], cells, rejected[1]),
  accepts: ofAccount(accepted[0], cells, accepted[1]),
  says,
});
