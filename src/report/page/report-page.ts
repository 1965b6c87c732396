/**
 * ReportPage: report.html, from its first row to its last byte. It takes in what it shows beside the summary while the results are written, and holds
 * no more than a few rows of each cause.
 */
import type { TimedCalls } from "../../bank/call-times.ts";
import type { GuardKind } from "../../plan/operation.ts";
import { type Cause, keyOf } from "../causes.ts";
import { PlanTally } from "../plan-tally.ts";
import type { ResultRow } from "../result-row.ts";
import type { Summary } from "../summary.ts";
import { drawReport } from "./draw-report.ts";
import { FirstRows } from "./first-rows.ts";

export class ReportPage {
  readonly #firstRows: FirstRows;
  readonly #applied = new PlanTally();

  constructor(options: ConstructorParameters<typeof FirstRows>[0]) {
    this.#firstRows = new FirstRows(options);
  }

  /** Called for every row, with the name of the cause of each of its issues. */
  add(row: ResultRow, causes: readonly string[]): void {
    if (causes.length > 0) this.#firstRows.add(row, causes);
    if (row.word === "applied") this.#addApplied(row);
  }

  draw(summary: Summary, times: readonly TimedCalls[]): string {
    const rowsOf = (cause: Cause) => this.#firstRows.of(keyOf(cause));
    return drawReport({ summary, rowsOf, fields: this.#applied.fields, times });
  }

  #addApplied({ row, operations, differences }: ResultRow): void {
    if (differences.length === 0) return;
    const kinds: readonly GuardKind[] = operations.map(({ kind }) => kind);
    this.#applied.add({ change: row, kinds, differences });
  }
}
