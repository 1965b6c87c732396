/**
 * Amounts in the form that the job states: a form in, a function out that makes `1250.00` of a cell. Works on digits, and guesses no
 * separator.
 */
import { mask } from "../../text/show-id.ts";
import { tellUnseen } from "../../text/unseen.ts";
import { type CellFaults, fault } from "../cell-fault.ts";
import type { Reading } from "../reading.ts";
import type { NumberForm } from "../shapes.ts";

/** With a point for decimals, without separators, and with a minus in front when below zero. */
export function numberText(
  form: NumberForm,
  money: Reading["money"] = "decimal",
): (cell: string) => string | CellFaults {
  const { decimal = ".", group, implied, negative = "before" } = form;
  const grouped = group === undefined ? "" : `\\d{1,3}(?:${RegExp.escape(group)}\\d{3})+|`;
  const fraction = implied === undefined ? `(?:${RegExp.escape(decimal)}(?<fraction>\\d+))?` : "";
  const digits = `(?<whole>${grouped}\\d+)${fraction}`;
  const below = negative === "before" ? `-${digits}` : negative === "after" ? `${digits}-` : `\\(${digits}\\)`;
  const [positive, minus] = [new RegExp(`^${digits}$`), new RegExp(`^${below}$`)];
  return (cell) => {
    const above = positive.exec(cell);
    const parts = (above ?? minus.exec(cell))?.groups;
    if (parts === undefined)
      return fault(
        "money_malformed",
        `${mask(cell)} is not an amount as the job says: ${exampleOf(form, money)}${tellUnseen(cell)}`,
      );
    const whole = group === undefined ? (parts.whole ?? "") : (parts.whole ?? "").replaceAll(group, "");
    const sign = above === null ? "-" : "";
    if (implied === undefined) return `${sign}${whole}${parts.fraction === undefined ? "" : `.${parts.fraction}`}`;
    const padded = whole.padStart(implied + 1, "0");
    // Every amount has that many decimals, also in a currency that has fewer: what they say there is nothing.
    const decimals = padded.slice(-implied).replace(/0+$/, "");
    return `${sign}${padded.slice(0, -implied)}${decimals === "" ? "" : `.${decimals}`}`;
  };
}

/** How 1250.00 is written, in minor units 125000, and -1250.00 where that is written in another way. */
export function exampleOf(form: NumberForm, money: Reading["money"]): string {
  const { negative = "before" } = form;
  const amount = money === "minor" ? `125${form.group ?? ""}000` : decimalExample(form);
  if (negative === "before") return amount;
  return `${amount} or ${negative === "after" ? `${amount}-` : `(${amount})`}`;
}

function decimalExample({ decimal = ".", group = "", implied }: NumberForm): string {
  return implied === undefined
    ? `1${group}250${decimal}00`
    : `1${group}250`.replace(/250$/, `250${"0".repeat(implied)}`);
}
