/**
 * Amounts: text in, whole minor units out, exact. Arithmetic is on digits, never on binary fractions.
 */
import { mask } from "../../text/show-id.ts";
import { type CellFaults, fault } from "../cell-fault.ts";

/** Most amounts: short enough to be safe, and without a sign. */
const PLAIN = /^\d{1,15}$/;
const MINOR = /^(-?)(\d+)$/;
const DECIMAL = /^(-?)(\d+)(?:\.(\d+))?$/;

/** An amount in minor units. Faults: money_malformed (also a sign where none may be), money_too_large. */
export function parseMinorMoney(text: string, mayBeNegative: boolean): number | CellFaults {
  if (PLAIN.test(text)) return Number(text);
  const match = MINOR.exec(text);
  if (match === null) {
    return fault("money_malformed", `${mask(text)} is not a whole number of minor units (write 125000 for 1,250.00)`);
  }
  return exactNumber(text, match[1] === "-", match[2] ?? "", mayBeNegative);
}

/**
 * A decimal amount in major units of a currency with that many decimals, as minor units.
 * Faults: money_malformed, money_too_precise, money_too_large. Fewer decimals than the currency has are fine.
 */
export function parseDecimalMoney(text: string, decimals: number, mayBeNegative: boolean): number | CellFaults {
  const match = DECIMAL.exec(text);
  if (match === null) {
    return fault(
      "money_malformed",
      `${mask(text)} is not a decimal amount: write digits and a point, such as 1250.00, without thousands separators`,
    );
  }
  const fraction = match[3] ?? "";
  if (fraction.length > decimals) {
    return fault(
      "money_too_precise",
      `${mask(text)} has more decimals than its currency, which has ${decimals === 0 ? "none" : decimals}`,
    );
  }
  return exactNumber(text, match[1] === "-", (match[2] ?? "") + fraction.padEnd(decimals, "0"), mayBeNegative);
}

function exactNumber(text: string, isNegative: boolean, digits: string, mayBeNegative: boolean): number | CellFaults {
  if (isNegative && !mayBeNegative) {
    return fault("money_malformed", `${mask(text)} is negative, and this amount must not be`);
  }
  // Every integer beyond the safe range rounds to one beyond it, so the check misses none.
  const amount = Number(digits);
  if (!Number.isSafeInteger(amount)) {
    return fault("money_too_large", `${mask(text)} is more than ${Number.MAX_SAFE_INTEGER} minor units`);
  }
  return isNegative && amount !== 0 ? -amount : amount;
}
