/**
 * The table of layouts: all in which one kind of file differs from another. What the code needs to know of a file's layout it asks for
 * by the name of the trait, never by the name of the layout, so that a new layout is one more entry.
 */
import type { OwnIdKind } from "../account.ts";
import { COLUMNS, type Column, type ColumnName, type Kind } from "./columns.ts";
import type { Money } from "./reading.ts";

export interface Layout {
  /** What messages call it. */
  readonly called: string;
  /** An account, which it may create; or one user of an account, who is folded, judged, verified and undone apart from the others. */
  readonly rowIsAbout: "account" | "user";
  /** A file's column name → the column. */
  readonly names: ReadonlyMap<string, ColumnName>;
  /** What a column's cells hold, where that is not what the table of columns says. */
  readonly kinds: Readonly<Partial<Record<ColumnName, Kind>>>;
  /** The names that tell the layout, and that a header and each row must have. None: either key of an account will do. */
  readonly neededNames: readonly string[];
  readonly hasMetadata: boolean;
  /** How amounts are written unless the job says it; null where there are none. */
  readonly money: Money | null;
  /** What may be named by the program's own id, whatever the job says. */
  readonly ownIds: readonly OwnIdKind[];
  /** Whether an empty cell of a list, or of documents, means none if the job says so. */
  readonly emptyMayMeanNone: boolean;
  /** Whether a row is its account's complete record, so that the job should say what an empty cell means. */
  readonly rowIsWholeRecord: boolean;
  /** The columns that such a file may write in a way of its own; of a job's other shapes it knows nothing. */
  readonly shapes: "all" | { readonly values: readonly ColumnName[]; readonly dates: readonly ColumnName[] };
  /** Whether a file can hold every account of a scope, so that those which it lacks are absent. */
  readonly mayBeSnapshot: boolean;
}

const namesOfAccounts = (nameOf: (name: string, column: Column) => string): ReadonlyMap<string, ColumnName> =>
  new Map((Object.entries(COLUMNS) as [ColumnName, Column][]).map(([name, column]) => [nameOf(name, column), name]));

const OF_ACCOUNTS = {
  rowIsAbout: "account",
  kinds: {},
  neededNames: [],
  hasMetadata: true,
  emptyMayMeanNone: true,
  shapes: "all",
  mayBeSnapshot: true,
} as const;

const TABLE = {
  /** Our column names, money in minor units. */
  tieout: {
    ...OF_ACCOUNTS,
    called: "Tieout's layout",
    names: namesOfAccounts((name) => name),
    money: "minor",
    ownIds: [],
    rowIsWholeRecord: false,
  },
  /** The bank's own account file, money in decimals (contract, "The bank's own account file"). */
  bank: {
    ...OF_ACCOUNTS,
    called: "the bank's layout",
    names: namesOfAccounts((name, { bankName }) => bankName ?? name),
    money: "decimal",
    ownIds: ["client_customer_id", "client_application_id"],
    rowIsWholeRecord: true,
  },
  /** The bank's Authorized Users file, of which a row adds or removes one user of an account. */
  authorized_users: {
    called: "the Authorized Users file",
    rowIsAbout: "user",
    names: new Map<string, ColumnName>([
      ["entity_id", "authorized_users"],
      /** Despite its name the program's own. */
      ["account_id", "client_account_id"],
      ["status", "status"],
      ["generated_at", "generated_at"],
      ["effective_at", "effective_at"],
    ]),
    kinds: { authorized_users: { kind: "entity_id" }, status: { kind: "word", allowed: ["active", "inactive"] } },
    neededNames: ["entity_id", "account_id", "status"],
    hasMetadata: false,
    money: null,
    ownIds: ["client_customer_id"],
    /** A row has no list. */
    emptyMayMeanNone: false,
    rowIsWholeRecord: false,
    shapes: { values: ["status"], dates: ["effective_at", "generated_at"] },
    mayBeSnapshot: false,
  },
} as const satisfies Record<string, Layout>;

export type LayoutName = keyof typeof TABLE;

export const LAYOUTS: Readonly<Record<LayoutName, Layout>> = TABLE;
export const LAYOUT_NAMES = Object.keys(LAYOUTS) as readonly LayoutName[];

const whoseRowsAreAbout = (what: Layout["rowIsAbout"]) =>
  LAYOUT_NAMES.filter((name) => LAYOUTS[name].rowIsAbout === what);

export const LAYOUTS_OF_ACCOUNTS = whoseRowsAreAbout("account");
export const LAYOUTS_OF_USERS = whoseRowsAreAbout("user");

/** The layout that a reading, or a part of a job, names. Where nothing is said, files are of accounts. */
export function layoutOf(of: { readonly layout?: LayoutName | undefined } | null | undefined): Layout {
  return LAYOUTS[of?.layout ?? "tieout"];
}

export function hasColumn(layout: LayoutName, column: ColumnName): boolean {
  return [...LAYOUTS[layout].names.values()].includes(column);
}

/** What the cells of a column hold in the layout. */
export function kindOf(column: ColumnName, layout: LayoutName): Kind {
  return LAYOUTS[layout].kinds[column] ?? COLUMNS[column];
}

/** The column that a file of accounts, in whichever layout, has under the name. */
export function accountColumn(name: string): ColumnName | undefined {
  return NAMES_OF_ACCOUNTS.get(name);
}

/** All names of columns of accounts, those of our own layout first. */
export const NAMES_OF_ACCOUNTS: ReadonlyMap<string, ColumnName> = new Map(
  LAYOUTS_OF_ACCOUNTS.flatMap((layout) => [...LAYOUTS[layout].names]),
);

/** The layout of accounts whose name this is and no other's; `undefined` for a name of several or of none. */
export function layoutToldBy(name: string): LayoutName | undefined {
  const [layout, other] = LAYOUTS_OF_ACCOUNTS.filter((one) => LAYOUTS[one].names.has(name));
  return other === undefined ? layout : undefined;
}

/** The layout that needs certain names, all of which are here; `undefined` for a file of accounts. */
export function layoutNeeding(names: readonly string[]): LayoutName | undefined {
  return LAYOUT_NAMES.find((layout) => {
    const { neededNames } = LAYOUTS[layout];
    return neededNames.length > 0 && neededNames.every((name) => names.includes(name));
  });
}
