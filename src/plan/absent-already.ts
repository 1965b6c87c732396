/**
 * Whether the bank holds an absent account as absent ones are to be, or closed. Pure.
 */
import type { Issue } from "../errors/issue.ts";
import type { Desired } from "../read/change.ts";
import type { Actual } from "./actual.ts";

export const ABSENT_ALREADY: Issue = {
  code: "absent_already",
  column: "status",
  message: "the bank holds the account as absent ones are to be, or closed, so nothing is sent",
};

/** The reason of an account that stays as it is cannot change, and nothing of a closed one can. */
export function isAbsentAlready({ status }: Desired, actual: Actual | null): boolean {
  const held = actual?.account.status;
  return held === "closed" || (held !== undefined && held === status);
}
