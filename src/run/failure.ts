/**
 * What a failure of the bank means to a run: the issue that the row gets, and whether the run ends with it.
 */
import type { Failure } from "../bank/bank-api.ts";
import type { Issue } from "../errors/issue.ts";

/** What came of asking the bank, by however many calls: the value, or the first failure. */
export type FromBank<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly failure: Failure };

/** Whether a failure says nothing of the row at hand: the bank is out of reach, or the run is to stop. */
export function endsRun({ kind, code }: Failure): boolean {
  return kind === "stop" || code === "bank_unreachable" || code === "stopped";
}

export function issueOfFailure({ code, message, parameter, bankCode }: Failure): Issue {
  return { code, message, column: parameter, ...(bankCode !== "" && { bankCode }) };
}
