/**
 * The bank's error body, read leniently, and the one line that an operator is told of it. Values that the bank echoes
 * may stand in that line, so it goes to results and ledger only; what ends a run is named by its code.
 */

const LONGEST_LINE = 500;
const LONGEST_CODE = 100;
/** Of a body that complains of more, the rest is left out. */
const MOST_PARAMETERS = 20;

/** Of JSON within JSON; the bank's own answers have about six. */
const MOST_LEVELS = 100;

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
 * For what ends a run, and so is told outside results and ledger: the bank's code alone, if it is one, since its text may
 * echo values.
 */
export function nameBankError(code: string, status: number): string {
  return /^[\w.-]+$/.test(code) ? `HTTP ${status} ${code}` : `HTTP ${status}`;
}

/** At most `limit` characters on one line: control and invisible characters become spaces. */
export function toLine(text: string, limit: number = LONGEST_LINE): string {
  // Cut first, so that a body of megabytes costs no more than a line does.
  const flat = text
    .slice(0, 4 * limit)
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, " ")
    .trim();
  return (flat.length > limit ? `${flat.slice(0, limit - 1)}…` : flat).toWellFormed();
}

/** The JSON value of a text; `undefined` when it is none, or is nested so deep that no code could walk through it. */
export function parseJson(text: string): unknown {
  if (isTooDeep(text)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Counts brackets without recursion, and none that stand in a string. */
function isTooDeep(text: string): boolean {
  let levels = 0;
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at];
    if (char === '"') at = endOfString(text, at);
    else if (char === "]" || char === "}") levels -= 1;
    else if (char === "[" || char === "{") levels += 1;
    if (levels > MOST_LEVELS) return true;
  }
  return false;
}

/** Where the string that begins at `start` ends; the last place of the text if it does not. */
function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at += 1) {
    if (text[at] === "\\") at += 1;
    else if (text[at] === '"') return at;
  }
  return text.length;
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function line(value: unknown, limit: number): string {
  return typeof value === "string" ? toLine(value, limit) : "";
}
