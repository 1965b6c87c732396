/**
 * How a file is to be read: what the job says, and what the header says. Both are plain values that the ledger can keep,
 * so that rows can be parsed again later exactly as they were the first time.
 */
import type { Capability, OwnIdKind } from "../account.ts";
import type { LayoutName } from "./layouts.ts";
import type { ShapeSettings, Shapes } from "./shapes.ts";

export type Money = "minor" | "decimal";
export type Delimiter = "," | "|" | ";" | "\t";
export type LineEnds = "lf" | "crlf" | "cr";
export type Encoding = "utf-8" | "utf-16le" | "utf-16be" | "windows-1252";

/** Bytes, except for `rows`, `accountRows`, `columns` and `ratio`. */
export interface Limits {
  /** Of the file as it is stored. */
  readonly fileBytes: number;
  /** Of a compressed file once it is expanded. */
  readonly expandedBytes: number;
  /** The most times that a compressed file may grow. */
  readonly ratio: number;
  readonly rows: number;
  /** Rows for one account. */
  readonly accountRows: number;
  readonly columns: number;
  readonly rowBytes: number;
  readonly cellBytes: number;
}

export const DEFAULT_LIMITS: Limits = {
  fileBytes: 2 * 1024 ** 3,
  expandedBytes: 8 * 1024 ** 3,
  ratio: 200,
  rows: 5_000_000,
  accountRows: 1_000_000,
  columns: 256,
  rowBytes: 64 * 1024,
  cellBytes: 8 * 1024,
};

type ByColumn<Value> = Readonly<Record<string, Value>>;

/** The last row of a file that counts the others. Places of cells count from 1. */
export interface Trailer {
  /** Its first cell. */
  readonly marker: string;
  readonly rowsAt: number;
  /** What is counted there beside the rows, if anything is. */
  readonly rowsInclude?: readonly ("header" | "trailer")[] | undefined;
  readonly sequenceAt?: number | undefined;
  /** Where the control sum of a column is. */
  readonly sums?: ByColumn<number> | undefined;
  /** Of a hash total only the last `digits` are given, if that is said. */
  readonly hashTotals?: ByColumn<{ readonly at: number; readonly digits?: number | undefined }> | undefined;
  /** Column → value → where the number of its rows is. */
  readonly counts?: ByColumn<ByColumn<number>> | undefined;
  readonly dateAt?: number | undefined;
  readonly dateFormat?: string | undefined;
}

/** What proves that a file is whole: a trailer in it, or a manifest beside it. */
export interface Completeness {
  readonly trailer?: Trailer | undefined;
  /** `demands` are members that it must have, as `rows` and `sums.limit`. */
  readonly manifest?: { readonly suffix: string; readonly demands?: readonly string[] | undefined } | undefined;
  /** Which day the file's business date must be: that for which it is due, or the last such day before. */
  readonly businessDate?: "same day" | "day before" | undefined;
}

/** What a file's trailer or manifest says of all of its rows; amounts as text, so that they stay exact. */
export interface StatedTotals {
  readonly by: "trailer" | "manifest";
  readonly rows?: number | undefined;
  readonly sums?: ByColumn<string> | undefined;
  /** A sum over the digits of each cell, read as one number; its last `digits`, if that is said. */
  readonly hashTotals?: ByColumn<{ readonly total: string; readonly digits?: number | undefined }> | undefined;
  /** Column → value → rows. */
  readonly counts?: ByColumn<ByColumn<number>> | undefined;
  /** As 2026-11-28. */
  readonly businessDate?: string | undefined;
}

/** What an empty cell of a list or of documents means: leave alone, or none. What is not said is `keep`. */
export interface EmptyMeans {
  /** Of account_holders, authorized_signers and documents. */
  readonly emptyMeans?: "keep" | "clear" | undefined;
  readonly emptyAuthorizedUsers?: "keep" | "clear" | undefined;
}

/**
 * What the job says of empty cells, and of cells that look as if a program had made them; plain values, so that a run
 * remembers them.
 */
export interface CellForms extends EmptyMeans {
  /** Ids that are taken as they are, whichever program made them. */
  readonly allowIds?: { readonly source: string; readonly flags: string };
  /** What may be named by the program's own id in place of the bank's. Not there: nothing. */
  readonly ownIds?: readonly OwnIdKind[];
  /** Not there: a row that breaks an announced rule is invalid. */
  readonly announcedRules?: "warn";
  /** Whole cells, in any column, that are left alone, whatever an empty cell means. */
  readonly leaveAlone: readonly string[];
  /** Whole cells of text that are taken for text. */
  readonly text: readonly string[];
  /** Not there: values are written as the layout says. */
  readonly shapes?: Shapes;
}

/** What the job says of its files, a part of Job; what is undefined is left to the file itself. */
export interface ReadSettings extends EmptyMeans, ShapeSettings {
  readonly layout?: LayoutName | undefined;
  readonly money?: Money | undefined;
  readonly delimiter?: Delimiter | undefined;
  /** What ends a row; any of the three when not given. */
  readonly lineEnds?: LineEnds | undefined;
  readonly encoding?: Encoding | undefined;
  /** The row that names the columns, from 1; or their names, for files without such a row. */
  readonly header: number | readonly string[];
  /** `ignore`: the documents column is copied unread. */
  readonly documents: "json" | "ignore";
  readonly completeness?: Completeness | undefined;
  /** Whether a header without rows is a valid day without changes. */
  readonly headerOnly: "accept" | "reject";
  /** The file's column name → the name in the layout, for files with names of their own. */
  readonly columns: Readonly<Record<string, string>>;
  /** `ignore`: unknown columns are copied unread, except for names that are close to a known one; or the names to ignore. */
  readonly unknownColumns: "reject" | "ignore" | readonly string[];
  /** `allow`: ids that are taken as they are, though they look as if a spreadsheet or an export had made them. */
  readonly ids: { readonly allow?: RegExp | undefined };
  /** Whether lists of entities may name them by client_customer_id too; in the bank's layout they always may. */
  readonly entities: { readonly by: "entity_id" | "client_customer_id" };
  /** Whether a row is invalid that breaks a rule which the bank has announced and does not enforce yet, or goes on with a note. */
  readonly announcedRules: "reject" | "warn";
  /** Whole cells that are left alone in every column, and those that are text in a column of text. */
  readonly nulls: { readonly leaveAlone: readonly string[]; readonly text: readonly string[] };
  /** Values for rows of an account that the bank does not hold yet, and the currency of decimal amounts. */
  readonly defaults: {
    readonly capabilities?: readonly Capability[] | undefined;
    readonly currency?: string | undefined;
  };
  readonly limits: Limits;
  /** That of the same file by an earlier start of its run, which goes on, whatever the settings say now. */
  readonly begun?: Reading | undefined;
}

/** What a job says of its files when it says nothing. */
export const DEFAULT_READ_SETTINGS: ReadSettings = {
  columns: {},
  unknownColumns: "reject",
  ids: {},
  entities: { by: "entity_id" },
  announcedRules: "reject",
  nulls: { leaveAlone: [], text: [] },
  defaults: {},
  header: 1,
  documents: "json",
  headerOnly: "accept",
  limits: DEFAULT_LIMITS,
};

/** What the file is like beside its columns. */
export interface FileTraits {
  readonly encoding: Encoding;
  /** Those outside quotes in the file's beginning. */
  readonly lineEnds: LineEnds | "mixed" | "none";
  /** The row that named the columns; 0 when the job did. */
  readonly headerRow: number;
  readonly compression: "gzip" | "zip" | null;
  /** Known once the file has been read to its end: every client_account_id is a whole number with `.0` behind. */
  readonly decimalIds: boolean;
  /** Known once the file has been read to its end: the number of its last row, if that may be cut short. */
  readonly cutRow: number;
  /** Known once the file has been read to its end: which kinds of own id its rows name. */
  readonly ownIds: readonly OwnIdKind[];
}

/**
 * What the header says, and the file's traits where the ledger has them. `columns[i]` is the i-th column's name in the
 * `tieout` layout, or the part of a column that it is (shape/places.ts); `null` is copied, not read.
 */
export interface Reading extends Partial<FileTraits> {
  readonly layout: LayoutName;
  readonly money: Money;
  readonly delimiter: Delimiter;
  /** The header's cells as given. */
  readonly header: readonly string[];
  readonly columns: readonly (string | null)[];
  readonly currency?: string;
  /** The name of the source that the file is of, in a job that reads the files of its sources in different ways. */
  readonly source?: string;
  /** Settings of names that the header lacks, as `columns.OLD_NO`; not there for none. */
  readonly lacking?: readonly string[];
  /** Absent in what version 0.2 has read: cells of its runs are read as they were then. */
  readonly forms?: CellForms;
  /** Known once the file has been read to its end: what its trailer or manifest says, which the rows have proven. */
  readonly stated?: StatedTotals;
  /** Known once the file has been read to its end: whether a line end closed its last row. */
  readonly endsWithLineEnd?: boolean;
}
