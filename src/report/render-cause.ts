/**
 * A cause as an operator reads it, in two or three lines. Pure.
 */
import { grouped } from "../text/counted.ts";
import { toLine } from "../text/to-line.ts";
import type { Cause } from "./causes.ts";
import { ownerWord } from "./owner-word.ts";

/** `typed` makes of a command what is typed here. */
export function renderCause(cause: Cause, typed: (command: string) => string): string[] {
  const { no, count, word, code, owner, todo, command } = cause;
  return [
    `  ${no}. ${grouped(count)} ${word}: ${nameOf(cause)}`,
    `     ${rowsOf(cause)}; ${owner === "nobody" ? "" : `${ownerWord(code)}: `}${typed(todo)}`,
    ...(command === null ? [] : [`     ${typed(command)}`]),
  ];
}

/** The same for machines: with its command as it is typed here. */
export function typedCause(cause: Cause, typed: (command: string) => string): Cause {
  return { ...cause, command: cause.command && typed(cause.command) };
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
