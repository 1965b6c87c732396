/**
 * Amounts that would change their value: a change and the account's credit in, the reason why it may not be sent out. The
 * bank takes amounts in minor units of the account's one currency, and converts nothing. Pure.
 */
import type { Credit } from "../account.ts";
import type { Issue } from "../errors/issue.ts";
import type { Desired } from "../read/change.ts";

const AMOUNTS = ["available_credit", "limit", "max_limit"] as const;

/** `assumed` is the currency in which amounts were read that the row gives without one. */
export function currencyIssues(
  desired: Desired,
  held: Credit | undefined,
  assumed: string | undefined,
): readonly Issue[] {
  const currency = desired.currency ?? assumed;
  if (held?.currency === undefined || currency === undefined || isSame(currency, held.currency)) return [];
  if (desired.currency === undefined) {
    const given = AMOUNTS.find((amount) => desired[amount] !== undefined);
    if (given === undefined) return [];
    const message = `the row has no currency, so its amounts were read as ${assumed}, and the account's are ${held.currency} at the bank`;
    return [{ code: "currency_differs", column: given, message }];
  }
  const left = AMOUNTS.filter((amount) => desired[amount] === undefined && held[amount] !== undefined);
  if (left.length === 0) return [];
  const message = `the account's currency is ${held.currency} at the bank, and another needs every amount: ${left.join(", ")} is empty`;
  return [{ code: "currency_differs", column: "currency", message }];
}

/** The same if a bank keeps it in lower case. */
function isSame(one: string, other: string): boolean {
  return one.toUpperCase() === other.toUpperCase();
}
