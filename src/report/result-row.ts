/**
 * ResultRow: what became of one row, and how it is written as a line of results.csv. Pure.
 */
import type { Issue } from "../errors/issue.ts";
import type { Word } from "../errors/words.ts";
import type { Drift } from "../plan/drift.ts";
import type { Difference, OperationKind } from "../plan/operation.ts";
import type { Resolution } from "../plan/own-ids.ts";
import { FINGERPRINT_COLUMN, SPREADSHEET_COLUMN } from "../read/columns.ts";

/** What became of one operation of the row; `planned` when it was not sent, as in a plan. */
export interface OperationResult {
  readonly kind: OperationKind;
  readonly word: string;
  /** 0 when nothing was answered. */
  readonly httpStatus: number;
  readonly attempts: number;
  readonly key: string;
  /** The exact JSON text that is sent; "" for none. */
  readonly body: string;
}

export interface ResultRow {
  readonly row: number;
  /** As decoded from the file; null for a row that could not be. */
  readonly cells: readonly string[] | null;
  readonly byteOffset: number;
  readonly word: Word;
  readonly accountId: string | null;
  readonly operations: readonly OperationResult[];
  /** An earlier row of the same account has the same operations. */
  readonly isRepeat?: boolean;
  readonly differences: readonly Difference[];
  readonly resolutions: readonly Resolution[];
  readonly issues: readonly Issue[];
  /** In what the account differs from what the plan saw; null in a run that applies no plan. */
  readonly drift: readonly Drift[] | null;
  readonly run: string;
  /** In a final result: the runs that led to it, the row's own first. */
  readonly runs?: readonly string[];
  readonly atMs: number;
}

export const RESULT_COLUMNS = [
  "result_row",
  "result",
  "result_account_id",
  "result_ids",
  "result_operations",
  "result_changes",
  "result_code",
  "result_column",
  "result_message",
  "result_http_status",
  "result_attempts",
  "result_idempotency_key",
  "result_run",
  "result_at",
] as const;

/** What a run that applies a plan has beside them: what the file wants, what the plan saw, what the bank has now. */
export const DRIFT_COLUMNS = ["result_wanted", "result_plan_saw", "result_now"] as const;

/** What a final result has beside them: the runs that led to the row's last word. */
export const FINAL_COLUMNS = ["result_runs"] as const;

/** Between the issues of one row, in code, column and message alike, and between its operations' statuses and keys. */
const BAR = " | ";

/** The original columns that the results repeat: all but result columns of an earlier run, which are written anew. */
export function originalColumns(header: readonly string[]): number[] {
  const ours: readonly string[] = [
    ...RESULT_COLUMNS,
    ...DRIFT_COLUMNS,
    SPREADSHEET_COLUMN,
    FINGERPRINT_COLUMN,
    ...FINAL_COLUMNS,
  ];
  return header.flatMap((name, index) => (ours.includes(name) ? [] : [index]));
}

/** One line: the original cells in `columns`, then the result columns. */
export function formatResult(result: ResultRow, columns: readonly number[]): string[] {
  const { operations, issues, differences, resolutions } = result;
  const sent = operations.filter(({ attempts }) => attempts > 0);
  const attempts = sent.reduce((sum, operation) => sum + operation.attempts, 0);
  return [
    ...columns.map((index) => result.cells?.[index] ?? ""),
    String(result.row),
    result.word,
    result.accountId ?? "",
    resolutions.map(({ own, id }) => `${own} → ${id ?? "none"}`).join("; "),
    operations.map(({ kind, word }) => `${kind}=${word}`).join("; "),
    differences.map(({ field, actual, desired }) => `${field}: ${actual || "none"} → ${desired || "none"}`).join("; "),
    issues.map(({ code }) => code).join(BAR),
    issues.map(({ column }) => column).join(BAR),
    issues.map(({ message }) => message).join(BAR),
    sent.map(({ httpStatus }) => (httpStatus === 0 ? "none" : String(httpStatus))).join(BAR),
    String(attempts),
    sent.map(({ key }) => key).join(BAR),
    result.run,
    new Date(result.atMs).toISOString(),
    ...(result.drift === null ? [] : formatDrift(result.drift)),
    ...(result.runs === undefined ? [] : [result.runs.join("; ")]),
  ];
}

/** The cells of DRIFT_COLUMNS. */
function formatDrift(drift: readonly Drift[]): string[] {
  const cell = (side: "wanted" | "saw" | "now") =>
    drift.map((one) => `${one.field}: ${one[side] || "none"}`).join("; ");
  return [cell("wanted"), cell("saw"), cell("now")];
}
