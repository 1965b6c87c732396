/**
 * How a file is to be read: the job's word on it, and what the header settled. Both are plain values that the ledger
 * can keep, so that rows can be parsed again later exactly as they were the first time.
 */
import type { Capability } from "../account.ts";

/** `tieout`: our column names, money in minor units. `bank`: the bank's own account file, money in decimals. */
export type LayoutName = "tieout" | "bank";
export type Money = "minor" | "decimal";
export type Delimiter = "," | "|" | ";" | "\t";

export interface Limits {
  readonly fileBytes: number;
  readonly rows: number;
  readonly columns: number;
  readonly rowBytes: number;
  readonly cellBytes: number;
}

export const DEFAULT_LIMITS: Limits = {
  fileBytes: 2 * 1024 ** 3,
  rows: 5_000_000,
  columns: 256,
  rowBytes: 64 * 1024,
  cellBytes: 8 * 1024,
};

/** What the job says of its files, a part of Job; what is undefined is left to the header. */
export interface ReadSettings {
  readonly layout?: LayoutName | undefined;
  readonly money?: Money | undefined;
  readonly delimiter?: Delimiter | undefined;
  /** The file's column name → the name in the layout, for files with names of their own. */
  readonly columns: Readonly<Record<string, string>>;
  readonly unknownColumns: "reject" | "ignore";
  /** Values for rows of an account that the bank does not hold yet, and the currency of decimal amounts. */
  readonly defaults: {
    readonly capabilities?: readonly Capability[] | undefined;
    readonly currency?: string | undefined;
  };
  readonly limits: Limits;
}

/** What the header settled. `columns[i]` is the i-th column's name in the `tieout` layout; `null` is carried, not read. */
export interface Reading {
  readonly layout: LayoutName;
  readonly money: Money;
  readonly delimiter: Delimiter;
  /** The header's cells as given. */
  readonly header: readonly string[];
  readonly columns: readonly (string | null)[];
  readonly currency?: string;
}
