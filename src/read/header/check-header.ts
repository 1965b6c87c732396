/**
 * A header's names and what they mean in, the first reason to reject it out. It may be a row of accounts instead, so no
 * cell is shown unless at least one column is known.
 */
import type { Rejection } from "../../errors/rejection.ts";
import { counted, grouped } from "../../text/counted.ts";
import { nearest } from "../../text/nearest.ts";
import { CONTROLS } from "../../text/unseen.ts";
import { FINGERPRINT_COLUMN, METADATA_PREFIX, PROVENANCE_COLUMNS, SPREADSHEET_COLUMN } from "../columns.ts";
import { LAYOUTS, LAYOUTS_OF_ACCOUNTS, type LayoutName, layoutToldBy } from "../layouts.ts";
import type { ReadSettings } from "../reading.ts";
import { isOfAccounts, knownNames } from "./read-header.ts";

const UNREADABLE = new RegExp(String.raw`[${CONTROLS}\p{Cs}\p{Co}\ufffd]|[^\S ]`, "u");
/** NEL, as mainframes write it, LS and PS. */
const LINE_ENDS_OF_OTHERS = ["\u0085", "\u2028", "\u2029"];
const RESERVED_NAMES: ReadonlySet<string> = new Set(["__proto__", "constructor", "prototype"]);

export interface HeaderNames {
  /** As they are in the file. */
  readonly cells: readonly string[];
  /** With the job's aliases applied. */
  readonly names: readonly string[];
  /** `null` for a column that is copied and not read, `undefined` for one that is not known. */
  readonly columns: readonly (string | null | undefined)[];
  /** Those at the end that may have no name, from 0. */
  readonly nameless: readonly number[];
  readonly layout: LayoutName;
}

/** Rejections: those of `readHeader`. */
export function checkHeader(header: HeaderNames, settings: ReadSettings): Rejection | undefined {
  return (
    rejectWidth(header, settings) ??
    rejectSpreadsheetCopy(header) ??
    rejectCells(header) ??
    rejectMixed(header, settings.layout) ??
    rejectUnknown(header, settings) ??
    rejectDuplicate(header) ??
    rejectKeyless(header)
  );
}

function rejectWidth({ cells }: HeaderNames, settings: ReadSettings): Rejection | undefined {
  if (cells.length <= settings.limits.columns) return undefined;
  return {
    code: "file_too_many_columns",
    message: `the header has ${counted(cells.length, "column")}, and the limit is ${grouped(settings.limits.columns)}`,
    hint: "drop columns, or raise limits.columns in the job",
  };
}

function rejectSpreadsheetCopy({ cells }: HeaderNames): Rejection | undefined {
  const has = (column: string) => cells.some((cell) => cell.trim() === column);
  if (!has(SPREADSHEET_COLUMN) || has(FINGERPRINT_COLUMN)) return undefined;
  return {
    code: "file_spreadsheet_copy",
    message: "the file is a copy of results made for spreadsheets, so its cells differ from the input",
    hint: "correct the rows in the failed.spreadsheet.csv beside it, and run that file",
  };
}

function rejectCells(header: HeaderNames): Rejection | undefined {
  const { cells, nameless } = header;
  const blank = cells.findIndex((cell, at) => cell.trim() === "" && !UNREADABLE.test(cell) && !nameless.includes(at));
  if (blank >= 0) {
    const message =
      cells.length === 1 ? "the first line, which is the header, is blank" : `column ${blank + 1} has no name`;
    return { code: "header_column_blank", message, hint: "name the column, or remove it from the file" };
  }
  const unseen = cells.findIndex((cell) => UNREADABLE.test(cell));
  if (unseen >= 0) {
    const found = UNREADABLE.exec(cells[unseen] ?? "")?.[0] ?? "";
    const point = found.codePointAt(0) ?? 0;
    // Behind it is the first row, whose cells are nobody's to show.
    if (LINE_ENDS_OF_OTHERS.includes(found))
      return {
        code: "header_column_unreadable",
        message: `column ${unseen + 1} has U+${point.toString(16).toUpperCase().padStart(4, "0")} in its name, which some systems end lines with, and CSV does not`,
        hint: "export the file with lines that end in LF or CRLF",
      };
    return {
      code: "header_column_unreadable",
      message: `the name of ${placed(header, unseen)}${hasKnown(header) ? "," : ""} has the invisible character U+${point.toString(16).toUpperCase().padStart(4, "0")}`,
      hint: "type the column's name again by hand",
    };
  }
  const reserved = cells.find((cell) => RESERVED_NAMES.has(cell.replace(METADATA_PREFIX, "")));
  if (reserved === undefined) return undefined;
  return {
    code: "header_column_unreadable",
    message: `${shown(reserved)} is not allowed as a column's name`,
    hint: "rename the column, or remove it from the file",
  };
}

function rejectMixed({ cells, names }: HeaderNames, layoutOfJob: LayoutName | undefined): Rejection | undefined {
  const told = LAYOUTS_OF_ACCOUNTS.flatMap((layout) => {
    const at = names.findIndex((name) => layoutToldBy(name) === layout);
    return at < 0
      ? []
      : [{ layout, says: `${shown(cells[at])} is a name of ${LAYOUTS[layout].called}`, cell: cells[at] }];
  });
  const [first, second] = told;
  if (first !== undefined && second !== undefined) {
    return {
      code: "header_layout_mixed",
      message: `${second.says} and ${first.says}`,
      hint: "use the names of one layout; the two layouts write amounts differently",
    };
  }
  if (layoutOfJob === undefined) return undefined;
  if (LAYOUTS[layoutOfJob].rowIsAbout === "user") return rejectAccounts({ cells, names }, layoutOfJob);
  const other = told.find(({ layout }) => layout !== layoutOfJob);
  if (other === undefined) return undefined;
  return {
    code: "header_layout_mixed",
    message: `${shown(other.cell)} is not a name of the layout ${layoutOfJob}, which the job sets, but of the other layout`,
    hint: "set layout in the job to the file's layout, or give the column an alias under columns",
  };
}

function rejectAccounts(
  { cells, names }: Pick<HeaderNames, "cells" | "names">,
  layoutOfJob: LayoutName,
): Rejection | undefined {
  const at = names.findIndex((name) => isOfAccounts(name, layoutOfJob));
  if (at < 0) return undefined;
  return {
    code: "header_layout_mixed",
    message: `${shown(cells[at])} is a name of files of accounts, and the job sets the layout ${layoutOfJob}`,
    hint: "send the file under a name that the source for its kind takes; or correct layout, in the job or in reads of the source",
  };
}

function rejectUnknown(header: HeaderNames, settings: ReadSettings): Rejection | undefined {
  const { cells, names, columns, layout } = header;
  const unknown = columns.findIndex((column, at) => column === undefined && !mayBeIgnored(header, at, settings));
  if (unknown < 0) return undefined;
  const name = names[unknown] ?? "";
  const isAlias = name !== cells[unknown];
  const meant = nearestName(name, layout, settings);
  return {
    code: "header_column_unknown",
    message:
      `${placed(header, unknown)}${isAlias ? `, which the job reads as ${shown(name)},` : ""} ` +
      `is not known in the layout ${layout}${meant === undefined ? "" : `: did you mean ${shown(meant)}?`}`,
    hint: hintOf(isAlias, meant !== undefined || typeof settings.unknownColumns !== "string"),
  };
}

function hintOf(isAlias: boolean, mustBeListed: boolean): string {
  if (isAlias) return "correct the alias under columns in the job";
  const fix = "correct the name, take the column out of the file, give it an alias under columns in the job,";
  return mustBeListed
    ? `${fix} or list the names to ignore as unknownColumns`
    : `${fix} or set unknownColumns to ignore`;
}

/** An alias is the job's own word that the column is to be read; and what looks like a known name is most likely one. */
function mayBeIgnored({ cells, names, layout }: HeaderNames, at: number, settings: ReadSettings): boolean {
  const { unknownColumns } = settings;
  const name = names[at] ?? "";
  if (unknownColumns === "reject" || name !== cells[at]) return false;
  if (unknownColumns !== "ignore") return unknownColumns.includes(name);
  return nearestName(name, layout, settings) === undefined;
}

/** The name that is most likely meant, among all that a file may have. */
function nearestName(name: string, layout: LayoutName, settings: ReadSettings): string | undefined {
  // The layout's own names come first, as the first of equally near ones is taken.
  const known = [...LAYOUTS[layout].names.keys(), ...knownNames(settings), ...PROVENANCE_COLUMNS];
  const found = nearest(name, known);
  if (found !== undefined) return found;
  const prefix = /^\s*[a-z]+/i.exec(name)?.[0] ?? "";
  return nearest(prefix, ["metadata"]) === undefined ? undefined : `${METADATA_PREFIX}<key>`;
}

function rejectDuplicate(header: HeaderNames): Rejection | undefined {
  const { cells, columns, nameless } = header;
  const seen = new Map<string, number>();
  for (const [at, cell] of cells.entries()) {
    if (nameless.includes(at)) continue;
    const meaning = columns[at] ?? cell;
    const earlier = seen.get(meaning);
    if (earlier !== undefined) {
      const names = hasKnown(header) ? `, ${shown(cells[earlier])} and ${shown(cell)},` : "";
      return {
        code: "header_column_duplicate",
        message: `columns ${earlier + 1} and ${at + 1}${names} are the same column`,
        hint: "remove or rename one of the two",
      };
    }
    seen.set(meaning, at);
  }
  return undefined;
}

function rejectKeyless(header: HeaderNames): Rejection | undefined {
  const { cells, columns, layout } = header;
  if (LAYOUTS[layout].neededNames.length > 0) return rejectIncomplete(header);
  if (columns.includes("account_id") || columns.includes("client_account_id")) return undefined;
  const near = cells.findIndex((cell) => nearest(cell, ["account_id", "client_account_id"]) !== undefined);
  return {
    code: "header_key_missing",
    message: `the header has neither account_id nor client_account_id (layout ${layout})${near < 0 ? "" : `; ${placed(header, near)} is nearly one of them`}`,
    hint: "add the key column, or give its alias under columns in the job",
  };
}

function rejectIncomplete({ names, layout }: HeaderNames): Rejection | undefined {
  const missing = LAYOUTS[layout].neededNames.filter((name) => !names.includes(name));
  if (missing.length === 0) return undefined;
  return {
    code: "header_key_missing",
    message: `the header has no ${missing.join(" and no ")}, which each row of the layout ${layout} needs`,
    hint: "add the column, or give its alias under columns in the job",
  };
}

function hasKnown({ cells, names, columns }: HeaderNames): boolean {
  return columns.some((column, at) => typeof column === "string" || names[at] !== cells[at]);
}

/** As `column 2, "limits"`. */
function placed(header: HeaderNames, at: number): string {
  return `column ${at + 1}${hasKnown(header) ? `, ${shown(header.cells[at])}` : ""}`;
}

/** A column's name as a message may show it: cut short, with `?` for what cannot be seen. */
export function shown(name: string | undefined): string {
  const seen = (name ?? "").replace(/[\p{C}\p{Zl}\p{Zp}\ufffd]|[^\S ]/gu, "?");
  return `"${seen.length > 60 ? `${seen.slice(0, 60)}…` : seen}"`;
}
