/**
 * The header contract: the header's cells and the job's settings in, how to read the rows or why the file is rejected
 * out. Looks at no row.
 */
import { type Rejected, rejected } from "../../errors/rejection.ts";
import {
  METADATA_PREFIX,
  PROVENANCE_COLUMNS,
  RESULT_COLUMN,
  RESULT_PREFIX,
  SPREADSHEET_COLUMN,
  UNDO_COLUMNS,
} from "../columns.ts";
import { accountColumn, LAYOUTS, type LayoutName, layoutNeeding, layoutToldBy, NAMES_OF_ACCOUNTS } from "../layouts.ts";
import type { CellForms, Delimiter, FileTraits, Reading, ReadSettings } from "../reading.ts";
import { partNames, partsGiven, placesOf } from "../shape/places.ts";
import { shapesIn, shapesOf, withoutShapes } from "../shape/shapes-of.ts";
import { checkHeader } from "./check-header.ts";
import { findLacking, rejectShapes } from "./reject-shapes.ts";

const KEYS: readonly string[] = ["account_id", "client_account_id"];

export interface ReadHeader {
  readonly kind: "reading";
  readonly reading: Reading;
}

/**
 * The reading of a file with this header, or its rejection: header_column_blank, header_column_unreadable,
 * header_column_duplicate, header_layout_mixed, header_column_unknown, header_key_missing, file_too_many_columns,
 * file_spreadsheet_copy, header_shape_differs.
 * Aliases (`settings.columns`) come first; the layout is the one whose own names occur, else `tieout`. Of `traits`,
 * which may be an earlier reading of the file, the reading takes what is there.
 */
export function readHeader(
  given: readonly string[],
  asked: ReadSettings,
  delimiter: Delimiter,
  traits: Partial<FileTraits> = {},
): ReadHeader | Rejected {
  const cells = given.includes(SPREADSHEET_COLUMN) ? given.map((cell) => cell.replace(/^'/, "")) : given;
  const settings = UNDO_COLUMNS.every((name) => cells.includes(name)) ? settingsForUndo(asked, cells) : asked;
  const { begun } = settings;
  if (begun !== undefined && isSame(begun.header, cells))
    return { kind: "reading", reading: goOn(begun, traits, settings) };
  const parts = partNames(shapesOf(settings));
  const names = cells.map((cell) => parts.get(cell) ?? renamed(cell, settings));
  const layout = settings.layout ?? recognise(names, settings);
  const nameless = namelessColumns({ header: cells });
  const columns = names.map((name, at) =>
    nameless.includes(at) ? null : parts.has(cells[at] ?? "") ? name : columnOf(name, layout),
  );
  const rejection =
    checkHeader({ cells, names, columns, nameless, layout }, settings) ??
    rejectShapes({ cells, columns }, shapesIn(layout, shapesOf(settings)));
  if (rejection !== undefined) return rejected(rejection);
  // A job's settings may be about its files of another layout.
  const lacking = LAYOUTS[layout].shapes === "all" ? findLacking({ cells, columns }, settings) : [];
  const reading: Reading = {
    layout,
    money: moneyOf(settings, layout),
    delimiter,
    header: cells,
    columns: columns.map((column) => (column === undefined || isIgnored(column, settings) ? null : column)),
    forms: formsOf(settings, layout),
    ...(settings.defaults.currency === undefined ? {} : { currency: settings.defaults.currency }),
    ...(lacking.length > 0 && { lacking }),
    ...onlyTraits(traits),
  };
  return { kind: "reading", reading };
}

const isSame = (one: readonly string[], other: readonly string[]) =>
  one.length === other.length && one.every((cell, at) => cell === other[at]);

/** What an earlier start has read of the file, and recorded: the other rows are read in the same way. */
function goOn(begun: Reading, traits: Partial<FileTraits>, settings: ReadSettings): Reading {
  const { layout, money, delimiter, header, columns, currency, lacking, forms } = begun;
  return {
    ...{ layout, money, delimiter, header, columns },
    forms: forms ?? formsOf(settings, layout),
    ...(currency !== undefined && { currency }),
    ...(lacking !== undefined && { lacking }),
    ...onlyTraits(traits),
  };
}

/** Amounts whose decimals are said are decimals. */
function moneyOf({ money, numbers }: ReadSettings, layout: LayoutName): Reading["money"] {
  const isDecimal = numbers?.decimal !== undefined || numbers?.implied !== undefined;
  return money ?? (isDecimal ? "decimal" : (LAYOUTS[layout].money ?? "minor"));
}

/** A file of `tieout undo` is in the tieout layout or, with rows of single users, in theirs, and an empty cell of it never means anything but leave alone. */
function settingsForUndo(
  { emptyMeans: _, emptyAuthorizedUsers: __, ...settings }: ReadSettings,
  cells: readonly string[],
): ReadSettings {
  return {
    ...withoutShapes(settings),
    layout: layoutNeeding(cells) ?? "tieout",
    money: "minor",
    columns: {},
    nulls: { leaveAlone: [], text: [] },
    entities: { by: "entity_id" },
  };
}

function formsOf(settings: ReadSettings, layout: LayoutName): CellForms {
  const { ids, entities, nulls, announcedRules } = settings;
  const { emptyMayMeanNone, ownIds: always } = LAYOUTS[layout];
  const { emptyMeans, emptyAuthorizedUsers } = emptyMayMeanNone ? settings : {};
  const { allow } = ids;
  const shapes = shapesIn(layout, shapesOf(settings));
  // A regular expression that remembers where it was would take every other id.
  const allowIds = allow && { source: allow.source, flags: allow.flags.replace(/[gy]/g, "") };
  const ownIds = always.length === 0 && entities.by === "client_customer_id" ? [entities.by] : always;
  return {
    ...nulls,
    ...(ownIds.length > 0 && { ownIds }),
    ...(allowIds !== undefined && { allowIds }),
    ...(announcedRules === "warn" && { announcedRules }),
    ...(emptyMeans === "clear" && { emptyMeans }),
    ...(emptyAuthorizedUsers === "clear" && { emptyAuthorizedUsers }),
    ...(shapes !== undefined && { shapes }),
  };
}

function isIgnored(column: string | null, settings: ReadSettings): boolean {
  return column === "documents" && settings.documents === "ignore";
}

function onlyTraits(traits: Partial<FileTraits>): Partial<FileTraits> {
  const { encoding, lineEnds, headerRow, compression, decimalIds, cutRow, ownIds } = traits;
  return {
    ...(encoding !== undefined && { encoding }),
    ...(lineEnds !== undefined && { lineEnds }),
    ...(headerRow !== undefined && { headerRow }),
    ...(compression !== undefined && { compression }),
    ...(decimalIds !== undefined && { decimalIds }),
    ...(cutRow !== undefined && { cutRow }),
    ...(ownIds !== undefined && { ownIds }),
  };
}

/** Whether a header's cell is known in any layout or named by an alias. */
export function isKnown(cell: string, settings: ReadSettings): boolean {
  const name = renamed(cell, settings);
  return Object.hasOwn(settings.columns, cell) || accountColumn(name) !== undefined || isPart(cell, settings);
}

/** Every name that a header's cell may have, except those of metadata and of results. */
export function knownNames(settings: ReadSettings): readonly string[] {
  return [...NAMES_OF_ACCOUNTS.keys(), ...Object.keys(settings.columns), ...partsGiven(settings)];
}

/** Whether a header's cell names one of the two keys, itself or by an alias. */
export function isKey(cell: string, settings: ReadSettings): boolean {
  return KEYS.includes(renamed(cell, settings));
}

/** How many of the header's cells are known in any layout or named by an alias. */
export function countKnown(cells: readonly string[], settings: ReadSettings): number {
  return cells.filter((cell) => isKnown(cell, settings)).length;
}

/** The columns at the end of a header that have no name, as a delimiter at the end of each line makes one; from 0. */
export function namelessColumns({ header }: Pick<Reading, "header">): readonly number[] {
  const last = header.findLastIndex((name) => name.trim() !== "" && !isOfResults(name));
  return header.flatMap((name, at) => (last >= 0 && at > last && /^ *$/.test(name) ? [at] : []));
}

/** The file's names of the columns that are copied and not read, except those of a results file. */
export function ignoredColumns({ header, columns }: Pick<Reading, "header" | "columns">): readonly string[] {
  return header.filter((name, at) => columns[at] === null && name.trim() !== "" && !isOfResults(name));
}

/** Whether the column is one that results add. */
export function isOfResults(name: string): boolean {
  return name === RESULT_COLUMN || name.startsWith(RESULT_PREFIX);
}

/** The file's own name of a column of the `tieout` layout, or of the first that makes it; the layout's name when the file lacks the column. */
export function fileColumn(reading: Reading, column: string): string {
  const [at = -1] = placesOf(reading, column);
  return reading.header[at] ?? column;
}

const isPart = (cell: string, settings: ReadSettings) => partsGiven(settings).includes(cell);

function renamed(cell: string, settings: ReadSettings): string {
  return Object.hasOwn(settings.columns, cell) ? (settings.columns[cell] ?? cell) : cell;
}

/** A layout that needs certain names, unless a column of accounts is beside them; else that of accounts which has a name of its own here. */
function recognise(names: readonly string[], { unknownColumns }: ReadSettings): LayoutName {
  const isIgnored = (name: string) => typeof unknownColumns !== "string" && unknownColumns.includes(name);
  const needing = layoutNeeding(names.filter((name) => !isIgnored(name)));
  if (needing !== undefined && !names.some((name) => isOfAccounts(name, needing))) return needing;
  return names.map(layoutToldBy).find((layout) => layout !== undefined) ?? "tieout";
}

/** Whether a file of accounts has a column of this name, and the given layout has none. */
export function isOfAccounts(name: string, layout: LayoutName): boolean {
  if (LAYOUTS[layout].names.has(name)) return false;
  return accountColumn(name) !== undefined || name.startsWith(METADATA_PREFIX);
}

/** `null` for a column that is copied and not read, `undefined` for one that is not known. */
function columnOf(name: string, layout: LayoutName): string | null | undefined {
  if (PROVENANCE_COLUMNS.includes(name)) return name;
  if (UNDO_COLUMNS.includes(name)) return null;
  if (isOfResults(name)) return null;
  const { hasMetadata, names } = LAYOUTS[layout];
  const isMetadata = hasMetadata && name.startsWith(METADATA_PREFIX) && name.length > METADATA_PREFIX.length;
  return isMetadata ? name : names.get(name);
}
