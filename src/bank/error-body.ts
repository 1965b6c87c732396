/**
 * The bank's error body, read leniently, and the one line about it for an operator. Values that the bank echoes may be in
 * that line, so it goes to results and ledger only; an error that ends a run is named by its code.
 */
import { isRecord, parseJson } from "../text/json.ts";
import { LONGEST_LINE, toLine } from "../text/to-line.ts";

const LONGEST_CODE = 100;
/** A body with more complaints than this loses the rest. */
const MOST_PARAMETERS = 20;

export interface BankError {
  /** The bank's own code, such as `parameters_invalid`; "" for none. */
  readonly code: string;
  readonly parameters: readonly { readonly name: string; readonly reason: string }[];
  /** `detail`, else `title`; "" for neither. */
  readonly text: string;
}

const NO_ERROR: BankError = { code: "", parameters: [], text: "" };

/**
 * Every member may be absent, and a parameter is called `parameter` or `name` (contract, "Errors"). A body that isn't
 * JSON, or says nothing the bank would say, gives an error without code and text.
 */
export function parseErrorBody(body: string): BankError {
  const json = parseJson(body);
  if (!isRecord(json)) return NO_ERROR;
  const list = Array.isArray(json.invalid_parameters) ? json.invalid_parameters.slice(0, MOST_PARAMETERS) : [];
  const parameters = list.filter(isRecord).map((item) => ({
    name: line(item.parameter, LONGEST_CODE) || line(item.name, LONGEST_CODE),
    reason: line(item.reason, LONGEST_LINE),
  }));
  return {
    code: line(json.code, LONGEST_CODE),
    parameters: parameters.filter(({ name, reason }) => name !== "" || reason !== ""),
    text: line(json.detail, LONGEST_LINE) || line(json.title, LONGEST_LINE),
  };
}

/** `parameters_invalid: details.credit.limit must be an integer`; for a body without a reason, `HTTP 502`. One line. */
export function formatBankError(error: BankError, status: number): string {
  const reasons = error.parameters.map(({ name, reason }) => `${name} ${reason}`.trim()).join("; ") || error.text;
  return toLine([error.code || `HTTP ${status}`, reasons].filter((part) => part !== "").join(": "));
}

/**
 * For an error that ends a run, and so is printed outside results and ledger: the bank's code alone, if it is one, since its
 * text may echo values.
 */
export function nameBankError(code: string, status: number): string {
  return /^[\w.-]+$/.test(code) ? `HTTP ${status} ${code}` : `HTTP ${status}`;
}

function line(value: unknown, limit: number): string {
  return typeof value === "string" ? toLine(value, limit) : "";
}
