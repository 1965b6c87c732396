/**
 * Which columns of a row a person was asked to repair: those that its issues name, and those that such a column is only
 * right together with. Names are those of the `tieout` layout, and of parts.
 */
import { CODES, type Code } from "../../errors/codes/codes.ts";
import type { Issue } from "../../errors/issue.ts";
import { COLUMNS, type ColumnName, GROUPS } from "../columns.ts";
import type { Reading } from "../reading.ts";
import { placesOf, wholeOf } from "../shape/places.ts";

/** Whose way forward is another key, whichever column they name. */
const ABOUT_KEYS: readonly Code[] = ["key_missing", "account_not_found", "lookup_ambiguous", "doubt_conflict"];
/** What is wrong with the repair itself asks for no other value. */
export const ABOUT_REPAIR: readonly Code[] = [
  "repair_key_differs",
  "edit_not_allowed",
  "edit_allowed",
  "cell_restored",
  "row_added",
  "read_otherwise",
  "original_pruned",
];

export const KEYS: readonly string[] = ["account_id", "client_account_id"];

const TOGETHER: readonly (readonly string[])[] = [
  ...GROUPS.map(({ columns }) => columns),
  ["status", "status_reason", "correction"],
  ["limit", "max_limit"],
  ["scra_start_date", "scra_end_date"],
];

export interface UnderRepair {
  readonly columns: ReadonlySet<string>;
  /** Those of them that an issue names. */
  readonly named: ReadonlySet<string>;
  /** Something was wrong with the values and nobody said in which column, so that it may be any of them. */
  readonly isAny: boolean;
}

/** `issues` name columns of the file or of the `tieout` layout. */
export function columnsUnderRepair(issues: readonly Issue[], reading: Reading): UnderRepair {
  const columns = new Set<string>();
  const namedOnes = new Set<string>();
  let isAny = false;
  for (const { code, column } of issues) {
    if (ABOUT_REPAIR.includes(code)) continue;
    if (ABOUT_KEYS.includes(code)) for (const key of KEYS) columns.add(key);
    const at = reading.header.indexOf(column);
    const name = at < 0 ? column : wholeOf(reading.columns[at] ?? "");
    const isNamed = placesOf(reading, name).length > 0 || Object.hasOwn(COLUMNS, name) || ABOUT_KEYS.includes(code);
    if (!isNamed && CODES[code].fixedBy === "file") isAny = true;
    const beside = TOGETHER.find((group) => group.includes(name)) ?? [name];
    for (const one of beside) for (const each of withParts(one, reading)) columns.add(each);
    for (const each of withParts(name, reading)) namedOnes.add(each);
    if (COLUMNS[name as ColumnName]?.kind === "money") columns.add("currency");
    if (code === "contradiction") columns.add("effective_at");
  }
  return { columns, named: namedOnes, isAny };
}

/** The column, and the parts that make its value: which of them is wrong, a person decides. */
const withParts = (column: string, { columns }: Reading): readonly string[] => [
  column,
  ...columns.filter((name) => name !== null && name !== column && wholeOf(name) === column).map(String),
];
