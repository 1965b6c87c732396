/**
 * One row of the history of an account: what a run did about it, as a value for machines and as text for people. Pure; has cell values, as
 * an explanation does.
 */
import type { Issue } from "../errors/issue.ts";
import type { Word } from "../errors/words.ts";
import type { Difference } from "../plan/operation.ts";
import { describeDifference, describeOperation, type ExplainedOperation, shown } from "./explanation.ts";

export interface HistoryRow {
  readonly run: string;
  readonly job: string;
  /** `run`, or `plan` for one that sent nothing. */
  readonly kind: string;
  readonly startedAt: string;
  readonly file: string;
  readonly row: number;
  readonly word: Word | "not settled";
  readonly accountId: string | null;
  /** When the row got its word; null for one that has none, or got it as it was read. */
  readonly at: string | null;
  readonly differences: readonly Difference[];
  /** When values of the run began to be pruned, if those of the row are gone. */
  readonly prunedAt: string | null;
  readonly operations: readonly Omit<ExplainedOperation, "body">[];
  readonly issues: readonly Issue[];
}

export function renderHistoryRow(history: HistoryRow): string {
  const { run, job, kind, startedAt, file, row, word, accountId, differences, operations, issues } = history;
  const account = accountId === null ? "" : `, ${accountId}`;
  return [
    `${startedAt}  ${kind} ${run} of ${job}, row ${row} of ${shown(file)}${account}: ${word}`,
    ...(history.prunedAt === null ? [] : [`  pruned on ${history.prunedAt.slice(0, 10)}: what differed is gone`]),
    ...differences.map((difference) => `  ${describeDifference(difference)}`),
    ...operations.flatMap((operation) => describeOperation({ ...operation, body: "" }).map((line) => `  ${line}`)),
    ...issues.map(
      ({ code, column, message }) => `  ${code}${column === "" ? "" : ` in ${shown(column)}`}: ${shown(message)}`,
    ),
  ].join("\n");
}

/** A snapshot that lacked the account. */
export interface AbsenceRow {
  readonly run: string;
  readonly job: string;
  readonly accountId: string;
  readonly lastRun: string | null;
  readonly state: string;
}

export function renderAbsence({ run, job, accountId, lastRun, state }: AbsenceRow): string {
  const before = lastRun === null ? "no snapshot has held it" : `last in the snapshot of run ${lastRun}`;
  return `absent from the snapshot of run ${run} of ${job}, ${accountId}: ${state} (${before})`;
}
