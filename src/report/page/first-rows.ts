/**
 * FirstRows: the first rows of each cause, picked while the results are written. Holds a few short texts for each cause, however many rows there
 * are; with `values: false` no cell and no message.
 */
import type { Issue } from "../../errors/issue.ts";
import { CONTROLS } from "../../text/unseen.ts";
import type { ResultRow } from "../result-row.ts";

/** A row as the page shows it; "" for what is not known or not to be shown. */
export interface ShownRow {
  readonly row: number;
  readonly account: string;
  /** The cell that the cause is about. */
  readonly cell: string;
  readonly changes: string;
  readonly operations: string;
  readonly message: string;
}

/** How many rows of a cause are kept, and of how many causes. */
export const ROWS_OF_CAUSE = 20;
export const CAUSES_KEPT = 500;
/** Characters of one text. */
const LONGEST_TEXT = 240;

export class FirstRows {
  readonly #header: readonly string[];
  readonly #idColumns: readonly number[];
  readonly #hasValues: boolean;
  readonly #rows = new Map<string, ShownRow[]>();

  /** `idColumns` are the file's names of the columns that name the account, the bank's id first. */
  constructor({
    header,
    idColumns,
    values,
  }: {
    readonly header: readonly string[];
    readonly idColumns: readonly string[];
    readonly values: boolean;
  }) {
    this.#header = header;
    this.#idColumns = idColumns.map((name) => header.indexOf(name));
    this.#hasValues = values;
  }

  /** `causes` has the name of the cause of each issue of the row. */
  add(row: ResultRow, causes: readonly string[]): void {
    for (const [index, cause] of causes.entries()) {
      const issue = row.issues[index];
      if (issue === undefined || causes.indexOf(cause) < index) continue;
      const rows = this.#rows.get(cause);
      if (rows !== undefined && rows.length < ROWS_OF_CAUSE) rows.push(this.#show(row, issue));
      else if (rows === undefined && this.#rows.size < CAUSES_KEPT) this.#rows.set(cause, [this.#show(row, issue)]);
    }
  }

  of(cause: string): readonly ShownRow[] {
    return this.#rows.get(cause) ?? [];
  }

  #show(result: ResultRow, { column, message }: Issue): ShownRow {
    const { row, accountId, cells, differences, operations } = result;
    const ofValues = (text: () => string) => (this.#hasValues ? cut(text()) : "");
    const cellAt = (index: number) => (index < 0 ? "" : (cells?.[index] ?? ""));
    return {
      row,
      account: cut(accountId ?? "") || ofValues(() => this.#idColumns.map(cellAt).find(Boolean) ?? ""),
      cell: ofValues(() => cellAt(this.#header.indexOf(column))),
      changes: ofValues(() =>
        differences
          .map(({ field, actual, desired }) => `${field}: ${actual || "none"} → ${desired || "none"}`)
          .join("; "),
      ),
      operations: operations
        .map(({ kind, word, httpStatus }) => `${kind} ${word}${httpStatus === 0 ? "" : ` (HTTP ${httpStatus})`}`)
        .join(", "),
      message: ofValues(() => message),
    };
  }
}

const UNSEEN_SIGN = new RegExp(`[${CONTROLS}]`, "gu");

/** Short, and with what cannot be seen named, as `core-1<U+200B>`. */
function cut(text: string): string {
  const short = text.length > LONGEST_TEXT ? `${text.slice(0, LONGEST_TEXT - 1)}…` : text;
  return short
    .toWellFormed()
    .replace(UNSEEN_SIGN, (sign) => `<U+${sign.codePointAt(0)?.toString(16).toUpperCase().padStart(4, "0")}>`);
}
