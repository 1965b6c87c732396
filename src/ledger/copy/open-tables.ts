/**
 * The tables of one ledger while it is copied, whichever database they are in: one transaction, in which no other process writes.
 */

export type Cell = string | number | null;
export type Cells = readonly Cell[];

export interface TableColumn {
  readonly name: string;
  /** The column within a statement of this database. */
  readonly sql: string;
}

export interface Table {
  readonly name: string;
  /** By their names, so that those of two ledgers are in one order. */
  readonly columns: readonly TableColumn[];
  /** The columns of the primary key, in its order. */
  readonly key: readonly string[];
}

/** Closing it undoes what is not committed. Statements are those that both databases understand, with `?` for a value. */
export interface OpenTables extends AsyncDisposable {
  /** Where the ledger is, for messages. */
  readonly name: string;
  readonly tables: readonly Table[];
  /** Wall-clock milliseconds of the ledger's clock. */
  nowMs(): number;
  all<Shape extends object>(sql: string, ...values: Cells): Promise<Shape[]>;
  run(sql: string, ...values: Cells): Promise<void>;
  /** Adds rows to a table, each with its cells in the order of `columns`. */
  insert(table: Table, rows: readonly Cells[]): Promise<void>;
  commit(): Promise<void>;
}

/** A column of a table as the database itself lists it; `key` is its place in the primary key, 0 or null for none. */
export interface ListedColumn {
  readonly table: string;
  readonly name: string;
  readonly key: number | null;
}

export const quoted = (name: string) => `"${name}"`;

/** `sqlOf` gives how a column is written that is not simply its name. */
export function tablesOf(listed: readonly ListedColumn[], sqlOf = ({ name }: ListedColumn) => quoted(name)): Table[] {
  return [...Map.groupBy(listed, ({ table }) => table)].map(([name, columns]) => ({
    name,
    columns: columns.map((column) => ({ name: column.name, sql: sqlOf(column) })),
    key: columns
      .filter(({ key }) => Boolean(key))
      .sort((one, other) => Number(one.key) - Number(other.key))
      .map((column) => column.name),
  }));
}
