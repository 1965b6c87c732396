/**
 * A cause and some of its rows in, what the bank's support desk needs to look into it out: redacted calls as JSON, and a text that
 * says what it is and what to write. Pure; no cell, no account id and no secret is in it.
 */
import type { OperationKind } from "../plan/operation.ts";
import { counted, grouped } from "../text/counted.ts";
import { toLine } from "../text/to-line.ts";
import type { CountedCause } from "./causes.ts";
import { redactBody } from "./redact-body.ts";

/** One operation that was sent, as the ledger keeps it. Times are ISO 8601; null for what is not known. */
export interface SentCall {
  readonly kind: OperationKind;
  readonly state: string;
  readonly body: string;
  readonly key: string;
  readonly attempts: number;
  /** 0 when nothing was answered. */
  readonly httpStatus: number;
  readonly requestId: string | null;
  readonly firstSentAt: string | null;
  readonly lastSentAt: string | null;
}

export interface BundledRow {
  readonly row: number;
  /** Never empty. */
  readonly calls: readonly SentCall[];
}

export interface Bundle {
  readonly run: string;
  readonly bank: { readonly apiUrl: string; readonly program: string };
  readonly version: string;
  readonly cause: CountedCause;
  readonly rows: readonly BundledRow[];
}

/** The bank's REST API, as its paths begin. */
const CONTRACT = "v0";
const ACCOUNT = "/v0/accounts/<account id>";

const REQUESTS: Readonly<Record<OperationKind, string>> = {
  create: "POST /v0/accounts",
  patch: `PATCH ${ACCOUNT}`,
  activate: `POST ${ACCOUNT}/activate`,
  deactivate: `POST ${ACCOUNT}/deactivate`,
  close: `POST ${ACCOUNT}/close`,
  add_relationships: `POST ${ACCOUNT}/entity_relationships/batch`,
  remove_relationship: `DELETE ${ACCOUNT}/entity_relationships/<entity id>?relationship_type=<type>`,
};

/** The files of the bundle by name, each with its text. */
export function renderBundle(bundle: Bundle): ReadonlyMap<string, string> {
  const examples = bundle.rows.map((row, index): [string, string] => {
    const text = JSON.stringify(exampleOf(bundle, row), null, 2);
    return [`example-${index + 1}.json`, `${text}\n`];
  });
  return new Map([["README.txt", readmeOf(bundle)], ...examples]);
}

function exampleOf({ run, bank, version, cause }: Bundle, { row, calls }: BundledRow) {
  const { word, code, bankCode = null, bankReason } = cause;
  return {
    run,
    row,
    bank: { apiUrl: bank.apiUrl, program: bank.program, contract: CONTRACT },
    tieout: version,
    outcome: { word, code, bankCode, bankReason },
    calls: calls.map(({ kind, state, body, key, attempts, httpStatus, requestId, firstSentAt, lastSentAt }) => ({
      request: REQUESTS[kind],
      // The bank is asked by the path alone.
      idempotencyKey: kind === "remove_relationship" ? null : key,
      body: redactBody(body),
      outcome: state,
      answer: {
        httpStatus: httpStatus === 0 ? null : httpStatus,
        requestId,
        body: "not kept by Tieout; what it said is bankCode and bankReason above",
      },
      attempts,
      firstSentAt,
      lastSentAt,
    })),
  };
}

function readmeOf({ run, bank, version, cause, rows }: Bundle): string {
  const { word, code, bankCode, bankReason, count } = cause;
  const calls = rows.flatMap((row) => row.calls);
  const times = calls.flatMap(({ firstSentAt, lastSentAt }) => [firstSentAt, lastSentAt]).filter((at) => at !== null);
  const [first = "not known", last = first] = [times.toSorted()[0], times.toSorted().at(-1)];
  const said = [bankCode, bankReason].filter(Boolean).join(": ");
  const statuses = [...new Set(calls.map(({ httpStatus }) => httpStatus))].filter((status) => status > 0);
  const ended = statuses.length === 0 ? "had no answer" : `were answered with HTTP ${statuses.join(" or ")}`;
  const ids = calls.flatMap(({ requestId, key, kind }) =>
    requestId === null && kind === "remove_relationship"
      ? []
      : [requestId === null ? `idempotency key ${key}` : `request ${requestId}`],
  );
  return `${[
    "WHAT THIS IS",
    "",
    `${counted(rows.length, "example")} of ${counted(count, "row")} that ended alike in run ${run}, for the support desk of the bank.`,
    "Each file example-N.json has the calls to the bank that one row needed, and how they ended.",
    "",
    `bank:     ${bank.apiUrl}, program ${bank.program}, contract ${CONTRACT}`,
    `made by:  Tieout ${version}`,
    `outcome:  ${word}, ${code}`,
    `the bank: ${said === "" ? "gave no reason" : toLine(said)}`,
    "",
    "WHAT IS REDACTED",
    "",
    "Only words of the bank's own contract have their values: statuses, reasons, types, capabilities, currencies, true and false.",
    "Everything else shows its shape alone, as <text, 12 characters>: ids, names, amounts, dates and metadata.",
    "In what the bank said, … stands for ids, numbers, times, quoted words and values of the row.",
    "There are no credentials here. Tieout does not keep the body of an answer, so none is here.",
    "Request ids and idempotency keys are whole: with them the bank finds each call in its own records.",
    "",
    "WHAT TO WRITE TO THE BANK",
    "",
    `  Between ${first} and ${last} (UTC) calls of our program ${bank.program} ${ended}:`,
    `  ${said === "" ? "no reason was given" : toLine(said).replace(/[.\s]+$/, "")}.`,
    `  This happened to ${counted(count, "account row", "account rows")}. ${grouped(rows.length)} of them ${rows.length === 1 ? "is" : "are"} attached:`,
    ...ids.map((id) => `    ${id}`),
    "  Please find these calls in your records, and tell us what has to change: the data, our call, or your side.",
    "",
    "Look at the files once more before you send them.",
  ].join("\n")}\n`;
}
