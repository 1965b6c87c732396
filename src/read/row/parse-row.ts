/**
 * One row's cells in, what the row wants of its account or all of its issues out. Pure and never throws: the same cells
 * under the same reading give the same row, today or when the ledger hands them back.
 */
import { accountKey, clientKey } from "../../change-keys.ts";
import type { Issue } from "../../errors/issue.ts";
import { isFaults } from "../cell-fault.ts";
import type { Desired, ParsedRow, Provenance } from "../change.ts";
import type { CsvRow } from "../csv-row.ts";
import { fileColumn } from "../header/read-header.ts";
import type { Reading } from "../reading.ts";
import { decimalsOf, type RowSteps, type Step, stepsOf } from "./cell-parsers.ts";
import { desiredOfUser, findBrokenUserRules } from "./desired-of-user.ts";
import { findBrokenRules } from "./find-broken-rules.ts";
import { given, givenText, trimSpaces } from "./given.ts";
import { ShapedCells, shapedValue } from "./shaped-cells.ts";

/** The issues and faulty columns of the many rows that have none, and the value of an emptied cell. */
const NONE: readonly never[] = [];

const RUN = /^[\w-]{1,64}$/;
/** No file has more rows, and each ledger keeps such numbers. */
const ROW = /^[1-9]\d{0,8}$/;

/**
 * Cells of text and metadata columns are taken verbatim; from all others surrounding ASCII spaces are taken off. An
 * empty cell means *leave alone*, as a missing column does, and so does one that the job says to leave alone; in lists and
 * documents an empty cell means *none* if the job says so. A row whose cells are all empty is skipped. The issues are those
 * of the value parsers and of the rules, under the file's own column names; row_ragged for a source without cells. Notes are for a
 * row that is valid.
 */
export function parseRow(source: CsvRow, reading: Reading): ParsedRow {
  const { cells } = source;
  if (cells === null || cells.length !== reading.columns.length) {
    const message = "the row has more or fewer cells than the header, or cells that cannot be read";
    return { kind: "invalid", source, issues: [{ code: "row_ragged", column: "", message }] };
  }
  if (cells.every((cell) => trimSpaces(cell) === "")) {
    const message = "every cell of the row is empty";
    return { kind: "skipped", source, issues: [{ code: "row_blank", column: "", message }] };
  }
  const rowSteps = stepsOf(reading);
  const { values, faulty, issues: ofCells } = parseCells(cells, reading, rowSteps);
  const isOfUser = reading.layout === "authorized_users";
  const issues = ofCells.length === 0 ? ofCells : ofCells.map((issue) => placed(issue, source));
  const judge = isOfUser ? findBrokenUserRules : findBrokenRules;
  const broken = judge(values, faulty, reading.forms?.announcedRules);
  const provenance = provenanceOf(cells, rowSteps);
  const origin = provenance === undefined ? {} : { provenance };
  const key = keyOf(values);
  if (issues.length + broken.issues.length > 0) {
    const named = key === undefined ? origin : { ...origin, key };
    return { kind: "invalid", source, issues: [...issues, ...inFile(broken.issues, reading)], ...named };
  }
  const noted = broken.notes.length === 0 ? origin : { ...origin, notes: inFile(broken.notes, reading) };
  // The rules let no row without a key through.
  return {
    kind: "desired",
    source,
    key: key ?? clientKey(""),
    desired: isOfUser ? desiredOfUser(values) : withEmptied(values, cells, rowSteps),
    ...noted,
  };
}

function keyOf({ account_id, client_account_id }: Desired): string | undefined {
  if (account_id !== undefined) return accountKey(account_id);
  return client_account_id === undefined ? undefined : clientKey(client_account_id);
}

/**
 * With an empty list for each empty cell that means none. Not before the rules: they judge what is written, and the plan
 * judges what is taken away, beside what the bank holds.
 */
function withEmptied(desired: Desired, cells: readonly string[], { emptied }: RowSteps): Desired {
  const empty = emptied.filter(({ at: places }) => places.every((at) => trimSpaces(cells[at] ?? "") === ""));
  if (empty.length === 0) return desired;
  return { ...desired, ...Object.fromEntries(empty.map(({ column }) => [column, NONE])) };
}

function inFile(found: readonly Issue[], reading: Reading): Issue[] {
  return found.map((issue) => ({ ...issue, column: fileColumn(reading, issue.column) }));
}

/** What cannot be seen is found by its place in the file alone. */
function placed(issue: Issue, { row, byteOffset }: CsvRow): Issue {
  if (issue.code !== "control_character") return issue;
  return { ...issue, message: `${issue.message}; row ${row} begins at byte ${byteOffset}` };
}

interface ParsedCells {
  /** As the row gives them: with one id where a row is about one user. */
  readonly values: Desired;
  /** Columns of the `tieout` layout that have a cell with a fault. */
  readonly faulty: readonly string[];
  readonly issues: readonly Issue[];
}

function parseCells(cells: readonly string[], reading: Reading, rowSteps: RowSteps): ParsedCells {
  const { steps, shaped, currencyAt, accountAt, leaveAlone } = rowSteps;
  const givenAt = (at: number) => (at < 0 ? "" : given(cells[at] ?? "", leaveAlone));
  const row = shaped.length === 0 ? null : new ShapedCells(cells, reading, rowSteps);
  const currency = row === null ? givenAt(currencyAt) : row.ownCurrency;
  const decimals = reading.money === "minor" ? 0 : decimalsOf(currency, reading);
  const beside = { decimals, namesAccount: givenAt(accountAt) !== "" };
  const found = new FoundValues(reading.header);
  for (const step of steps) {
    const cell = cells[step.at] ?? "";
    const text = step.isText ? givenText(cell, leaveAlone) : given(cell, leaveAlone);
    if (text === "") continue;
    const value = step.parse(text, beside);
    if (value !== undefined) found.add(step, step.at, value);
  }
  if (row !== null) {
    for (const step of shaped) {
      const value = shapedValue(step, row, beside);
      if (value !== undefined) found.add(step, step.at[0] ?? -1, value);
    }
  }
  return found.end();
}

/** What the cells of a row say. Filled column by column: the table of columns and the parsers make it a Desired. */
class FoundValues {
  readonly #header: readonly string[];
  readonly #values: Record<string, unknown> = {};
  #metadata: Record<string, unknown> | undefined;
  #faulty: string[] | undefined;
  #issues: Issue[] | undefined;

  constructor(header: readonly string[]) {
    this.#header = header;
  }

  /** `at` is the place of the cell. */
  add({ column, metadataKey }: Pick<Step, "column" | "metadataKey">, at: number, value: unknown): void {
    if (isFaults(value)) {
      const issues = value.all.map(({ code, message, at: blamedAt }) => ({
        code,
        column: this.#header[blamedAt ?? at] ?? column,
        message,
      }));
      this.#issues = [...(this.#issues ?? NONE), ...issues];
      this.#faulty = [...(this.#faulty ?? NONE), column];
    } else if (metadataKey === undefined) {
      this.#values[column] = value;
    } else {
      this.#metadata ??= {};
      this.#metadata[metadataKey] = value;
    }
  }

  end(): ParsedCells {
    if (this.#metadata !== undefined) this.#values.metadata = this.#metadata;
    return { values: this.#values as Desired, faulty: this.#faulty ?? NONE, issues: this.#issues ?? NONE };
  }
}

/** Both cells or nothing: half an origin is none, and a malformed one is no fault of the row's. */
function provenanceOf(cells: readonly string[], { runAt, rowAt }: RowSteps): Provenance | undefined {
  if (runAt < 0 || rowAt < 0) return undefined;
  const run = cells[runAt];
  const row = cells[rowAt];
  if (run === undefined || row === undefined || !RUN.test(run) || !ROW.test(row)) return undefined;
  return { run, row: Number(row) };
}
