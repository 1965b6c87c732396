/**
 * The tables of a SQLite ledger, to copy from or to.
 */
import { openSqliteDatabase } from "../sqlite/open-database.ts";
import type { Begins } from "../sqlite/place.ts";
import { type ListedColumn, type OpenTables, quoted, tablesOf } from "./open-tables.ts";

/** How long to wait for a lock of another process. */
const BUSY_TIMEOUT_MS = 10_000;

const LIST = `SELECT t.name AS "table", c.name, c.pk AS key FROM sqlite_schema t JOIN pragma_table_info(t.name) c
  WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY t.name, c.name`;

/** Where rows have their order from SQLite itself, PostgreSQL has a column for it. */
const ORDER_OF_CLIENTS: ListedColumn = { table: "clients", name: "no", key: 0 };

/** Rejects with FatalError `ledger_unusable`, and with `ledger_failed` while another process writes. */
export async function openSqliteTables(path: string, begins: Begins): Promise<OpenTables> {
  const { db } = openSqliteDatabase(path, { busyTimeoutMs: BUSY_TIMEOUT_MS, durable: true, begins });
  try {
    db.exec("BEGIN IMMEDIATE");
  } catch (error) {
    db.close();
    throw error;
  }
  const listed = [...db.all<ListedColumn>(LIST), ORDER_OF_CLIENTS].sort(byName);
  return {
    name: db.path,
    tables: tablesOf(listed, (column) => (column === ORDER_OF_CLIENTS ? "rowid" : quoted(column.name))),
    nowMs: () => Date.now(),
    all: async (sql, ...values) => db.all(sql, ...values),
    async run(sql, ...values) {
      db.run(sql, ...values);
    },
    async insert({ name, columns }, rows) {
      const names = columns.map(({ sql }) => sql).join(", ");
      const sql = `INSERT INTO ${quoted(name)} (${names}) VALUES (${columns.map(() => "?").join(", ")})`;
      for (const row of rows) db.run(sql, ...row);
    },
    async commit() {
      db.exec("COMMIT");
    },
    async [Symbol.asyncDispose]() {
      if (db.inTransaction) db.exec("ROLLBACK");
      db.close();
    },
  };
}

const byName = (one: ListedColumn, other: ListedColumn) =>
  `${one.table} ${one.name}` < `${other.table} ${other.name}` ? -1 : 1;
