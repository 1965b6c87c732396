/**
 * What a job says of files that write values in a way of their own: as the job gives it, and as a reading keeps it, in plain
 * values by column of the `tieout` layout. Says what may be said; never reads a cell.
 */

/** The value of a cell, or of each row: a list for lists, `null` to leave alone. */
export type MappedValue = string | boolean | null | readonly string[];

/** A cell → its value, letter for letter. */
export type MappedCells = Readonly<Record<string, MappedValue>>;

/** What may stand between groups of digits. */
export const GROUP_SIGNS = [",", ".", "'", "\u2019", " ", "\u00a0", "\u202f"] as const;

/** How an amount is written; as `1250.00` when nothing is said. */
export interface NumberForm {
  readonly decimal?: "." | "," | undefined;
  /** What may stand between groups of three digits. */
  readonly group?: string | undefined;
  /** How many of the last digits are decimals, in amounts without a sign for them. */
  readonly implied?: number | undefined;
  /** How an amount below zero is written: `-12.00`, `12.00-` or `(12.00)`. */
  readonly negative?: "before" | "after" | "parentheses" | undefined;
}

/** How a column writes dates, or dates and times. */
export interface DateForm {
  readonly format: string;
  /** An IANA zone, or as `-06:00`. */
  readonly zone?: string | undefined;
  /** The time of day of an instant whose format has none. */
  readonly time?: string | undefined;
  /** Which of the two is meant where a clock shows a time twice. */
  readonly repeated?: "earlier" | "later" | undefined;
  /** The first two digits of every year whose format has the last two. */
  readonly century?: number | undefined;
}

/** Cells that make one: items of a list, or, with `by` between them, one text. The names are the file's own. */
export interface JoinForm {
  readonly columns: readonly string[];
  readonly by?: string | undefined;
}

/** A column for each currency, or one that names the currency of the amount beside it. The names are the file's own. */
export interface AmountForm {
  readonly byCurrency?: Readonly<Record<string, string>> | undefined;
  readonly currency?: string | undefined;
}

type FormByColumn<Form> = Readonly<Record<string, Form>>;

/** By name of the column in either layout. */
export interface ShapeSettings {
  readonly constants?: FormByColumn<string | boolean | readonly string[]> | undefined;
  readonly values?:
    | FormByColumn<MappedCells | { readonly cells: MappedCells; readonly letterCase: "ignore" }>
    | undefined;
  readonly split?: FormByColumn<string> | undefined;
  readonly join?:
    | FormByColumn<readonly string[] | { readonly columns: readonly string[]; readonly by: string }>
    | undefined;
  readonly dates?: FormByColumn<string | DateForm> | undefined;
  readonly numbers?: NumberForm | undefined;
  readonly amounts?: FormByColumn<AmountForm> | undefined;
}

/** Values as texts of cells, lists as JSON; `null` is left alone. */
export interface ValueMap {
  readonly cells: Readonly<Record<string, string | null>>;
  readonly ignoresCase?: true;
}

/** What a reading keeps, by column of the `tieout` layout; what is not said is not there. */
export interface Shapes {
  /** As texts of cells. */
  readonly constants?: FormByColumn<string>;
  readonly values?: FormByColumn<ValueMap>;
  readonly split?: FormByColumn<string>;
  readonly join?: FormByColumn<JoinForm>;
  readonly dates?: FormByColumn<DateForm>;
  readonly numbers?: NumberForm;
  readonly amounts?: FormByColumn<AmountForm>;
}
