/**
 * A cause as an operator reads it, in two or three lines. Pure.
 */
import type { CodeEntry } from "../errors/codes/code-entry.ts";
import { grouped } from "../text/counted.ts";
import { toLine } from "../text/to-line.ts";
import type { Cause } from "./causes.ts";

const OWNERS: Readonly<Record<CodeEntry["fixedBy"], string>> = {
  file: "source data",
  operator: "operator",
  bank: "bank",
  tieout: "us",
  nobody: "nobody",
};

/** `typed` makes of a command what is typed here. */
export function renderCause(cause: Cause, typed: (command: string) => string): string[] {
  const { no, count, word, owner, todo, command } = cause;
  return [
    `  ${no}. ${grouped(count)} ${word}: ${nameOf(cause)}`,
    `     ${rowsOf(cause)}; ${OWNERS[owner]}: ${todo}`,
    ...(command === null ? [] : [`     ${typed(command)}`]),
  ];
}

/** As `bank_refused (parameters_invalid in account_holders): must not be empty`. */
function nameOf({ code, bankCode, column, bankReason, others }: Cause): string {
  if (others) return `${code}, for many other reasons`;
  const where = column === "" ? "" : ` in ${column}`;
  const named = bankCode === undefined ? `${code}${where}` : `${code} (${bankCode}${where})`;
  return toLine(bankReason === "" ? named : `${named}: ${bankReason}`);
}

function rowsOf({ count, samples }: Cause): string {
  const rows = samples.join(", ");
  if (count === 1) return `row ${rows}`;
  return count > samples.length ? `such as rows ${rows}` : `rows ${rows}`;
}
