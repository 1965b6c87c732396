/**
 * The header contract: the header's cells and the job's settings in, how to read the rows or why the file is rejected
 * out. Looks at no row.
 */
import { counted, grouped } from "../counted.ts";
import type { Code } from "../errors/registry.ts";
import { layoutToldBy, METADATA_PREFIX, NAMES, PROVENANCE_COLUMNS, RESULT_COLUMN, RESULT_PREFIX } from "./columns.ts";
import type { CellForms, Delimiter, FileTraits, LayoutName, Reading, ReadSettings } from "./layout.ts";
import { nearest } from "./nearest.ts";

/** Why no row of the file can be acted on. `message` is one line without cell values of rows; `hint` the next step. */
export interface Rejection {
  readonly code: Code;
  readonly message: string;
  readonly hint: string;
  /** The CSV row that it is about; not there where it is about the file. */
  readonly row?: number;
}

const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}\ufffd]|[^\S ]/u;
const RESERVED_NAMES: ReadonlySet<string> = new Set(["__proto__", "constructor", "prototype"]);

/**
 * The reading of a file with this header, or its rejection: header_column_blank, header_column_unreadable,
 * header_column_duplicate, header_layout_mixed, header_column_unknown, header_key_missing, file_too_many_columns.
 * Aliases (`settings.columns`) come first; the layout is the one whose own names occur, else `tieout`. Of `traits`,
 * which may be an earlier reading of the file, the reading takes what is there.
 */
export function readHeader(
  cells: readonly string[],
  settings: ReadSettings,
  delimiter: Delimiter,
  traits: Partial<FileTraits> = {},
): Reading | Rejection {
  const names = cells.map((cell) => renamed(cell, settings));
  const layout = settings.layout ?? layoutOf(names);
  const columns = names.map((name) => columnOf(name, layout));
  const rejection =
    rejectWidth(cells, settings) ??
    rejectCells(cells) ??
    rejectMixed(cells, names, settings.layout) ??
    rejectUnknown(cells, names, columns, layout, settings) ??
    rejectDuplicate(cells, columns) ??
    rejectKeyless(cells, columns, layout);
  if (rejection !== undefined) return rejection;
  return {
    layout,
    money: settings.money ?? (layout === "bank" ? "decimal" : "minor"),
    delimiter,
    header: cells,
    columns: columns.map((column) => (column === undefined || isIgnored(column, settings) ? null : column)),
    forms: formsOf(settings),
    ...(settings.defaults.currency === undefined ? {} : { currency: settings.defaults.currency }),
    ...onlyTraits(traits),
  };
}

function formsOf({ ids: { allow }, nulls }: ReadSettings): CellForms {
  // A regular expression that remembers where it was would take every other id.
  const allowIds = allow && { source: allow.source, flags: allow.flags.replace(/[gy]/g, "") };
  return { ...nulls, ...(allowIds !== undefined && { allowIds }) };
}

function isIgnored(column: string | null, settings: ReadSettings): boolean {
  return column === "documents" && settings.documents === "ignore";
}

function onlyTraits(traits: Partial<FileTraits>): Partial<FileTraits> {
  const { encoding, lineEnds, headerRow, compression, decimalIds, cutRow } = traits;
  return {
    ...(encoding !== undefined && { encoding }),
    ...(lineEnds !== undefined && { lineEnds }),
    ...(headerRow !== undefined && { headerRow }),
    ...(compression !== undefined && { compression }),
    ...(decimalIds !== undefined && { decimalIds }),
    ...(cutRow !== undefined && { cutRow }),
  };
}

/** How many of the header's cells are known in any layout or named by an alias. */
export function countKnown(cells: readonly string[], settings: ReadSettings): number {
  return cells.filter((cell) => {
    const name = renamed(cell, settings);
    return Object.hasOwn(settings.columns, cell) || NAMES.tieout.has(name) || NAMES.bank.has(name);
  }).length;
}

/** The file's own name of a column of the `tieout` layout; the layout's name when the file lacks the column. */
export function fileColumn(reading: Reading, column: string): string {
  return reading.header[reading.columns.indexOf(column)] ?? column;
}

function renamed(cell: string, settings: ReadSettings): string {
  return Object.hasOwn(settings.columns, cell) ? (settings.columns[cell] ?? cell) : cell;
}

function layoutOf(names: readonly string[]): LayoutName {
  return names.some((name) => layoutToldBy(name) === "bank") ? "bank" : "tieout";
}

/** `null` for a column that is carried and not read, `undefined` for one that is not known. */
function columnOf(name: string, layout: LayoutName): string | null | undefined {
  if (PROVENANCE_COLUMNS.includes(name)) return name;
  if (name === RESULT_COLUMN || name.startsWith(RESULT_PREFIX)) return null;
  const isMetadata = name.startsWith(METADATA_PREFIX) && name.length > METADATA_PREFIX.length;
  return isMetadata ? name : NAMES[layout].get(name);
}

function rejectWidth(cells: readonly string[], settings: ReadSettings): Rejection | undefined {
  if (cells.length <= settings.limits.columns) return undefined;
  return {
    code: "file_too_many_columns",
    message: `the header has ${counted(cells.length, "column")}, and the limit is ${grouped(settings.limits.columns)}`,
    hint: "drop columns, or raise limits.columns in the job",
  };
}

function rejectCells(cells: readonly string[]): Rejection | undefined {
  const blank = cells.findIndex((cell) => cell.trim() === "" && !UNSEEN.test(cell));
  if (blank >= 0) {
    const message =
      cells.length === 1 ? "the first line, which is the header, is blank" : `column ${blank + 1} has no name`;
    return { code: "header_column_blank", message, hint: "name the column, or remove it from the file" };
  }
  const unseen = cells.findIndex((cell) => UNSEEN.test(cell));
  if (unseen >= 0) {
    const cell = cells[unseen] ?? "";
    const point = UNSEEN.exec(cell)?.[0].codePointAt(0) ?? 0;
    return {
      code: "header_column_unreadable",
      message: `the name of column ${unseen + 1}, ${shown(cell)}, holds the invisible character U+${point.toString(16).toUpperCase().padStart(4, "0")}`,
      hint: "type the column's name anew, without characters copied along",
    };
  }
  const reserved = cells.find((cell) => RESERVED_NAMES.has(cell.replace(METADATA_PREFIX, "")));
  if (reserved === undefined) return undefined;
  return {
    code: "header_column_unreadable",
    message: `${shown(reserved)} cannot be the name of a column`,
    hint: "rename the column, or remove it from the file",
  };
}

function rejectMixed(
  cells: readonly string[],
  names: readonly string[],
  layoutOfJob: LayoutName | undefined,
): Rejection | undefined {
  const ofBank = names.findIndex((name) => layoutToldBy(name) === "bank");
  const ofTieout = names.findIndex((name) => layoutToldBy(name) === "tieout");
  if (ofBank >= 0 && ofTieout >= 0) {
    return {
      code: "header_layout_mixed",
      message: `${shown(cells[ofBank])} is a name of the bank's layout and ${shown(cells[ofTieout])} one of Tieout's`,
      hint: "use the names of one layout; amounts are written differently in the two",
    };
  }
  const other = layoutOfJob === "bank" ? ofTieout : ofBank;
  if (layoutOfJob === undefined || other < 0) return undefined;
  return {
    code: "header_layout_mixed",
    message: `${shown(cells[other])} is not a name of the layout ${layoutOfJob}, which the job sets, but of the other`,
    hint: "set layout in the job to the file's, or give the column an alias under columns",
  };
}

function rejectUnknown(
  cells: readonly string[],
  names: readonly string[],
  columns: readonly (string | null | undefined)[],
  layout: LayoutName,
  settings: ReadSettings,
): Rejection | undefined {
  const unknown = columns.findIndex(
    // An alias is the job's own word that the column is to be read, so it is never ignored.
    (column, at) => column === undefined && (settings.unknownColumns === "reject" || names[at] !== cells[at]),
  );
  if (unknown < 0) return undefined;
  const name = names[unknown] ?? "";
  const isAlias = name !== cells[unknown];
  const meant = nearest(name, NAMES[layout].keys());
  return {
    code: "header_column_unknown",
    message:
      `column ${unknown + 1}, ${shown(cells[unknown])}${isAlias ? `, which the job reads as ${shown(name)},` : ""} ` +
      `is not known in the layout ${layout}${meant === undefined ? "" : `: did you mean ${shown(meant)}?`}`,
    hint: isAlias
      ? "correct the alias under columns in the job"
      : "correct the name, give it an alias under columns in the job, or set unknownColumns to ignore",
  };
}

function rejectDuplicate(
  cells: readonly string[],
  columns: readonly (string | null | undefined)[],
): Rejection | undefined {
  const seen = new Map<string, number>();
  for (const [at, cell] of cells.entries()) {
    const meaning = columns[at] ?? cell;
    const earlier = seen.get(meaning);
    if (earlier !== undefined) {
      return {
        code: "header_column_duplicate",
        message: `columns ${earlier + 1} and ${at + 1}, ${shown(cells[earlier])} and ${shown(cell)}, are the same column`,
        hint: "remove or rename one of the two",
      };
    }
    seen.set(meaning, at);
  }
  return undefined;
}

function rejectKeyless(
  cells: readonly string[],
  columns: readonly (string | null | undefined)[],
  layout: LayoutName,
): Rejection | undefined {
  if (columns.includes("account_id") || columns.includes("client_account_id")) return undefined;
  const near = cells.find((cell) => nearest(cell, ["account_id", "client_account_id"]) !== undefined);
  return {
    code: "header_key_missing",
    message: `the header has neither account_id nor client_account_id (layout ${layout})${near === undefined ? "" : `; ${shown(near)} is near to one`}`,
    hint: "add the key column, or give its alias under columns in the job",
  };
}

/** A column's name as a message may show it: cut short, with `?` for what cannot be seen. */
function shown(name: string | undefined): string {
  const seen = (name ?? "").replace(/[\p{C}\p{Zl}\p{Zp}\ufffd]|[^\S ]/gu, "?");
  return `"${seen.length > 60 ? `${seen.slice(0, 60)}…` : seen}"`;
}
