/**
 * The issues of a PATCH that would have to send back what cannot be sent back exactly as it was read. Pure; rows that need
 * nothing of it sent get none.
 */
import type { Account, Unsendable } from "../../account.ts";
import type { Issue } from "../../errors/issue.ts";

const WHY: Readonly<Record<Unsendable["why"], string>> = {
  number: "a number that would be written differently",
  twice: "given twice",
  nested: "not a plain value",
  null: "a null within a value",
  lost: "text with bytes that are not UTF-8",
};

/**
 * `sent` is the place of what goes back as it was read, its members `given` apart, and `column` the one whose change
 * sends it.
 */
export function unsendableIssues(
  account: Account,
  sent: readonly string[],
  given: readonly string[],
  column: string,
): Issue[] {
  const touched = (account.unsendable ?? []).filter(
    ({ path }) => isWithin(sent, path) || (isWithin(path, sent) && !given.includes(path[sent.length] ?? "")),
  );
  return touched.map(({ path, why }) => ({
    code: "value_not_resendable",
    column,
    message: `the bank's ${nameOf(path)} (${WHY[why]}) cannot be sent back exactly, and this change would have to send it`,
  }));
}

function isWithin(inner: readonly string[], outer: readonly string[]): boolean {
  return outer.every((name, index) => inner[index] === name);
}

/** On one line, whatever the bank calls its members. */
function nameOf(path: readonly string[]): string {
  return JSON.stringify(path.join(".")).slice(1, -1);
}
