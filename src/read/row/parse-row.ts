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
import { layoutOf } from "../layouts.ts";
import type { Reading } from "../reading.ts";
import { type Beside, decimalsOf, type RowSteps, stepsOf } from "./cell-parsers.ts";
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
  const layout = layoutOf(reading);
  const isOfUser = layout.rowIsAbout === "user";
  const issues = ofCells.length === 0 ? ofCells : ofCells.map((issue) => placed(issue, source));
  const announced = reading.forms?.announcedRules;
  const broken = isOfUser
    ? findBrokenUserRules(values, faulty, layout, announced)
    : findBrokenRules(values, faulty, announced);
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
  // Filled column by column: the table of columns and the parsers make it a Desired.
  const values: Record<string, unknown> = {};
  let metadata: Record<string, unknown> | undefined;
  let faulty: string[] | undefined;
  let issues: Issue[] | undefined;
  for (const step of steps) {
    const cell = cells[step.at] ?? "";
    const text = step.isText ? givenText(cell, leaveAlone) : given(cell, leaveAlone);
    if (text === "") continue;
    const value = step.parse(text, beside);
    if (value === undefined) continue;
    if (isFaults(value)) {
      const column = reading.header[step.at] ?? "";
      issues = [...(issues ?? NONE), ...value.all.map(({ code, message }) => ({ code, column, message }))];
      faulty = [...(faulty ?? NONE), step.column];
    } else if (step.metadataKey === undefined) {
      values[step.column] = value;
    } else {
      metadata ??= {};
      metadata[step.metadataKey] = value;
    }
  }
  if (metadata !== undefined) values.metadata = metadata;
  const found: ParsedCells = { values: values as Desired, faulty: faulty ?? NONE, issues: issues ?? NONE };
  return row === null ? found : withShaped(found, row, beside, rowSteps, reading.header);
}

/** With the columns that the job has a shape for. */
function withShaped(
  found: ParsedCells,
  row: ShapedCells,
  beside: Beside,
  { shaped }: RowSteps,
  header: readonly string[],
): ParsedCells {
  const values: Record<string, unknown> = { ...found.values };
  const metadata: Record<string, unknown> = { ...found.values.metadata };
  const [faulty, issues] = [[...found.faulty], [...found.issues]];
  for (const step of shaped) {
    const value = shapedValue(step, row, beside);
    if (value === undefined) continue;
    if (isFaults(value)) {
      for (const { code, message, at = step.at[0] ?? -1 } of value.all)
        issues.push({ code, column: header[at] ?? step.column, message });
      faulty.push(step.column);
    } else if (step.metadataKey === undefined) values[step.column] = value;
    else metadata[step.metadataKey] = value;
  }
  if (Object.keys(metadata).length > 0) values.metadata = metadata;
  return { values: values as Desired, faulty, issues };
}

/** Both cells or nothing: half an origin is none, and a malformed one is no fault of the row's. */
function provenanceOf(cells: readonly string[], { runAt, rowAt }: RowSteps): Provenance | undefined {
  if (runAt < 0 || rowAt < 0) return undefined;
  const run = cells[runAt];
  const row = cells[rowAt];
  if (run === undefined || row === undefined || !RUN.test(run) || !ROW.test(row)) return undefined;
  return { run, row: Number(row) };
}
