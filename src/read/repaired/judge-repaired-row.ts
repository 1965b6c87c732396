/**
 * Compares a repaired row with the row it came from: both in, the same row out, with every cell that only a spreadsheet
 * program has changed as it was. A row that names another account, or has an edit that nobody allowed, becomes invalid.
 *
 * A row that is kept has the earlier cells again wherever an edit does not count, so that results, the next failed.csv and
 * a re-run all speak of the right account and the right values.
 */
import type { Code } from "../../errors/codes/codes.ts";
import type { Issue } from "../../errors/issue.ts";
import { showId } from "../../text/show-id.ts";
import type { ParsedRow } from "../change.ts";
import { COLUMNS, type ColumnName, METADATA_PREFIX, PROVENANCE_COLUMNS } from "../columns.ts";
import type { CsvRow } from "../csv-row.ts";
import { fileColumn } from "../header/read-header.ts";
import type { Reading } from "../reading.ts";
import { hasShape } from "../row/cell-parsers.ts";
import { parseRow } from "../row/parse-row.ts";
import { wholeOf } from "../shape/places.ts";
import { type Damage, damageOf } from "./damage.ts";
import { columnsUnderRepair, KEYS, type UnderRepair } from "./under-repair.ts";

/** A row of an earlier run, with what was wrong with it and how its file was read. */
export interface Origin {
  readonly run: string;
  readonly source: CsvRow;
  /** Each names a column of the file or of the `tieout` layout. */
  readonly issues: readonly Issue[];
  readonly reading: Reading;
}

/** What became of one cell that is not as it was. `given` counts; `earlier` is put back. */
interface CellVerdict {
  readonly cell: "given" | "earlier";
  readonly issue?: Issue;
}

/** `allowed`: the file's names of columns that may be edited though nothing was wrong with them. */
export function judgeRepairedRow(
  row: ParsedRow,
  reading: Reading,
  origin: Origin,
  allowed: readonly string[],
): ParsedRow {
  const given = row.source.cells;
  if (given === null || origin.source.cells === null) return row;
  const compared = compare(given, reading, origin);
  const found: Issue[] = stillUnproven(compared, origin, allowed);
  if (compared.length === 0 && found.length === 0) return row;
  const repaired = columnsUnderRepair(origin.issues, origin.reading);
  const named = nameOf(compared, given, reading);
  const cells = [...given];
  for (const one of compared) {
    const { cell, issue } = judgeCell(one, { reading, origin, allowed, repaired, named });
    const at = reading.columns.indexOf(one.column);
    if (cell === "earlier" && at >= 0) cells[at] = one.had;
    if (issue !== undefined) found.push(issue);
  }
  return found.length === 0 ? row : withFound({ ...row.source, cells }, row, reading, found);
}

/** A cell that is not as it was, by its column in the `tieout` layout. */
interface ChangedCell {
  readonly column: string;
  readonly had: string;
  readonly given: string;
}

function compare(
  given: readonly string[],
  reading: Reading,
  { source, reading: earlier }: Origin,
): readonly ChangedCell[] {
  return [...new Set([...reading.columns, ...earlier.columns])].flatMap((column) => {
    if (column === null || PROVENANCE_COLUMNS.includes(column)) return [];
    const had = source.cells?.[earlier.columns.indexOf(column)] ?? "";
    const now = given[reading.columns.indexOf(column)] ?? "";
    const isSame = had === now || (!isText(column) && had.trim() === now.trim());
    return isSame ? [] : [{ column, had, given: now }];
  });
}

const UNPROVEN: readonly Code[] = ["cell_unproven", "key_unproven"];

/** A cell that was already another when the ledger first saw the row does not become right by coming a second time. */
function stillUnproven(
  compared: readonly ChangedCell[],
  { issues, reading }: Origin,
  allowed: readonly string[],
): Issue[] {
  return issues.flatMap((issue): Issue[] => {
    const column = reading.columns[reading.header.indexOf(issue.column)];
    if (!UNPROVEN.includes(issue.code) || compared.some((one) => one.column === column)) return [];
    const isAllowed = issue.code === "cell_unproven" && allowed.includes(issue.column);
    return [isAllowed ? { ...issue, code: "edit_allowed" } : issue];
  });
}

/** Of text every blank counts. */
function isText(column: string): boolean {
  return column.startsWith(METADATA_PREFIX) || COLUMNS[column as ColumnName]?.kind === "text";
}

/** Whether account_id still names the account, so that client_account_id may be left out. */
function nameOf(compared: readonly ChangedCell[], given: readonly string[], reading: Reading): boolean {
  const id = given[reading.columns.indexOf("account_id")] ?? "";
  return id.trim() !== "" && !compared.some(({ column }) => column === "account_id");
}

interface RowBeside {
  readonly reading: Reading;
  readonly origin: Origin;
  readonly allowed: readonly string[];
  readonly repaired: UnderRepair;
  readonly named: boolean;
}

function judgeCell({ column, had, given }: ChangedCell, beside: RowBeside): CellVerdict {
  const { reading, origin, allowed, repaired, named } = beside;
  const name = fileColumn(reading.columns.includes(column) ? reading : origin.reading, column);
  const damage = damageOf(had, given);
  const isKey = KEYS.includes(column);
  if (repaired.columns.has(column)) return judgeUnderRepair({ column, had, given }, damage, name, beside);
  if (damage !== null) return { cell: "earlier", issue: restored(name, given, damage, origin) };
  if (isKey) {
    const isFilledIn = had.trim() === "" || (column === "client_account_id" && given.trim() === "" && named);
    return isFilledIn ? { cell: "given" } : { cell: "earlier", issue: otherKey(name, had, given, origin) };
  }
  if (repaired.isAny) return { cell: "given" };
  const what = given === "" ? "no value" : showId(given);
  if (allowed.includes(name)) {
    const message = `${placed(origin)} has ${had === "" ? "no value" : "another value"} here, and the file ${what}, as --allow-edit allows`;
    return { cell: "given", issue: { code: "edit_allowed", column: name, message } };
  }
  const message = `the file has ${what} here, and nothing was wrong with this column in ${placed(origin)}: its earlier cell is kept`;
  return { cell: "earlier", issue: { code: "edit_not_allowed", column: name, message } };
}

/** What only a program can do to a value that stays the same to people: taking off blanks may be the repair. */
const OF_PROGRAMS: readonly (Damage | null)[] = ["number", "date", "boolean", "letters"];

/**
 * A cell counts as given in a column that was wrong, unless it is a program's form of a text, id or amount that was well written: then nobody
 * can say who changed it. Beside the column that was wrong it is restored.
 */
function judgeUnderRepair(
  { column, had, given }: ChangedCell,
  damage: Damage | null,
  name: string,
  { origin, allowed, repaired }: RowBeside,
): CellVerdict {
  if (damage === null || isFaulty(column, origin)) return { cell: "given" };
  if (KEYS.includes(column)) return { cell: "earlier", issue: otherKey(name, had, given, origin) };
  if (!OF_PROGRAMS.includes(damage) || isSameValue(column, had, given, origin.reading)) return { cell: "given" };
  if (!repaired.named.has(column)) return { cell: "earlier", issue: restored(name, given, damage, origin) };
  if (allowed.includes(name)) {
    const message = `${placed(origin)} has another value here, and the file ${showId(given)}, as --allow-edit allows`;
    return { cell: "given", issue: { code: "edit_allowed", column: name, message } };
  }
  const message = `the file has ${showId(given)} here, ${MADE[damage]} of what is in ${placed(origin)}, so it is not certain that you mean it: the earlier cell is kept`;
  return { cell: "earlier", issue: { code: "edit_not_allowed", column: name, message } };
}

/** Whether the file's own cell was wrong, and not only what the bank made of it. */
function isFaulty(column: string, { source, issues, reading }: Origin): boolean {
  const name = fileColumn(reading, column);
  const isOfCell = ({ code, column: of }: Issue) => of === name && (code === "id_malformed" || UNPROVEN.includes(code));
  if (issues.some(isOfCell)) return true;
  if (KEYS.includes(column)) return false;
  const parsed = parseRow(source, reading);
  return parsed.kind === "invalid" && parsed.issues.some((issue) => issue.column === name);
}

/** Where a value may be written in several ways, all others are malformed; but a date in the job's own form may be another date. */
function isSameValue(column: string, had: string, given: string, reading: Reading): boolean {
  if (hasShape(reading, wholeOf(column))) return false;
  const { kind } = COLUMNS[column as ColumnName] ?? { kind: "text" };
  if (kind === "money") return Number(had) === Number(given);
  return ["word", "boolean", "integer", "currency", "date"].includes(kind);
}

const placed = ({ source, run }: Origin) => `row ${source.row} of run ${run}`;

function otherKey(column: string, had: string, given: string, origin: Origin): Issue {
  const message =
    `${placed(origin)} has ${showId(had)} here, and the repaired row ${showId(given)}: ` +
    "a program may have changed it; to name another account, remove the result_ columns";
  return { code: "repair_key_differs", column, message };
}

const MADE: Readonly<Record<Damage, string>> = {
  blanks: "other blanks",
  apostrophe: "an apostrophe more or less",
  boolean: "a boolean in a program's language",
  number: "a number in a program's form",
  date: "a date in a program's form",
  letters: "letters in another encoding",
};

function restored(column: string, given: string, damage: Damage, origin: Origin): Issue {
  const message = `the file had ${showId(given)}, ${MADE[damage]}: the cell is again as in ${placed(origin)}`;
  return { code: "cell_restored", column, message, damage };
}

/** The row of these cells; `found` makes it invalid, or goes with it as notes. */
function withFound(source: CsvRow, before: ParsedRow, reading: Reading, found: readonly Issue[]): ParsedRow {
  const parsed = parseRow(source, reading);
  const isNote = ({ code }: Issue) => code === "cell_restored" || code === "edit_allowed";
  const [notes, wrong] = [found.filter(isNote), found.filter((issue) => !isNote(issue))];
  const [blamed, back] = [wrong, found.filter(({ code }) => code !== "edit_allowed")].map((some) =>
    some.map(({ column }) => column),
  );
  const tooLong = before.kind === "invalid" ? before.issues.filter(({ code }) => code === "cell_too_long") : [];
  const others = [
    ...tooLong.filter(({ column }) => !back?.includes(column)),
    ...(parsed.kind === "invalid" ? parsed.issues : []),
  ].filter(({ column }) => !blamed?.includes(column));
  const origin = before.provenance === undefined ? {} : { provenance: before.provenance };
  if (wrong.length + others.length > 0 || parsed.kind === "invalid") {
    const key = parsed.kind === "skipped" || parsed.key === undefined ? {} : { key: parsed.key };
    return { kind: "invalid", source, issues: [...wrong, ...others, ...notes], ...key, ...origin };
  }
  return parsed.kind === "desired" ? { ...parsed, notes: [...(parsed.notes ?? []), ...notes] } : parsed;
}
