/**
 * What a failure of the bank means for a run: the issue that the row gets, and whether the run ends.
 */
import type { Failure } from "../bank/bank-api.ts";
import { CODES } from "../errors/codes/codes.ts";
import type { Issue } from "../errors/issue.ts";

/** What one or more questions to the bank came to: the value, or the first failure. */
export type FromBank<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly failure: Failure };

/** Whether a failure says nothing about the row itself: the bank is out of reach, or the run must stop. */
export function endsRun({ kind, code, outage }: Failure): boolean {
  return kind === "stop" || outage === true || code === "bank_unreachable" || code === "stopped";
}

export function issueOfFailure({ code: ofCall, message, parameter, bankCode, outage }: Failure): Issue {
  // Only a token fails so: what a row is to do about its own call would mislead.
  const code = outage === true && CODES[ofCall].exit === undefined ? "no_token" : ofCall;
  return { code, message, column: parameter, ...(bankCode !== "" && { bankCode }) };
}
