/**
 * ReportPage: report.html, from its first row to its last byte. It takes in what it shows beside the summary while the results are written, and holds
 * no more than a few rows of each cause.
 */
import type { TimedCalls } from "../../bank/call-times.ts";
import { type Cause, keyOf } from "../causes.ts";
import { FieldTally } from "../field-tally.ts";
import type { ResultRow } from "../result-row.ts";
import type { Summary } from "../summary.ts";
import { drawReport } from "./draw-report.ts";
import { FirstRows } from "./first-rows.ts";

export class ReportPage {
  readonly #firstRows: FirstRows;
  readonly #applied = new FieldTally();

  constructor(options: ConstructorParameters<typeof FirstRows>[0]) {
    this.#firstRows = new FirstRows(options);
  }

  /** Called for every row, with the name of the cause of each of its issues. */
  add(row: ResultRow, causes: readonly string[]): void {
    if (causes.length > 0) this.#firstRows.add(row, causes);
    // A new account has every field of its row.
    const isMade = row.operations.some(({ kind }) => kind === "create");
    if (row.word === "applied" && !isMade) this.#applied.add(row.differences);
  }

  draw(summary: Summary, times: readonly TimedCalls[]): string {
    const rowsOf = (cause: Cause) => this.#firstRows.of(keyOf(cause));
    return drawReport({ summary, rowsOf, fields: this.#applied.fields, times });
  }
}
