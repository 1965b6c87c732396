/**
 * Ledgers in memory: the real one, on a database of SQLite's that has left its file for memory. The statements and the
 * transactions are the same as on a disk. One is used by many machines, one after another, and keeps its schema and its
 * prepared statements.
 */
import { DatabaseSync, type SQLInputValue, type StatementSync } from "node:sqlite";
import type { Ledger } from "../../../src/ledger/ledger.ts";
import { openSqliteLedger } from "../../../src/ledger/sqlite-ledger.ts";

export class MemoryLedger {
  readonly ledger: Ledger;
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();
  /** The one that numbers are taken from comes last. */
  readonly #tables: readonly string[];

  private constructor(ledger: Ledger, database: DatabaseSync) {
    this.ledger = ledger;
    this.#database = database;
    const sql = "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name = 'sqlite_sequence'";
    this.#tables = this.#prepare(sql)
      .all()
      .map(({ name }) => String(name));
  }

  /** The file at `path` is empty or a ledger without rows, and only looked at. */
  static async open(path: string): Promise<MemoryLedger> {
    // Durability is what the simulation itself decides about.
    const { opening, database } = catchDatabase(() => openSqliteLedger(path, { durable: false }));
    const ledger = await opening;
    // A database in memory has no write-ahead log.
    database.exec("PRAGMA journal_mode = DELETE");
    database.deserialize(database.serialize());
    return new MemoryLedger(ledger, database);
  }

  /** Takes over all that is committed in the other one at this moment. This one must be empty. */
  copy(other: MemoryLedger): void {
    for (const table of this.#tables) {
      // The rows before have left numbers there.
      if (table === "sqlite_sequence") this.#prepare(`DELETE FROM ${table}`).run();
      const rows = other.#prepare(`SELECT * FROM ${table}`).all();
      for (const row of rows) {
        const values = Object.values(row) as SQLInputValue[];
        this.#prepare(`INSERT INTO ${table} VALUES (${values.map(() => "?").join()})`).run(...values);
      }
    }
  }

  /** No rows, and numbers begin anew. */
  empty(): void {
    for (const table of this.#tables) this.#prepare(`DELETE FROM ${table}`).run();
  }

  async close(): Promise<void> {
    await this.ledger[Symbol.asyncDispose]();
  }

  #prepare(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = this.#database.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }
}

/** The database that is opened before `open` returns; it says nothing of it itself. */
function catchDatabase<Opening>(open: () => Opening): { opening: Opening; database: DatabaseSync } {
  const { exec } = DatabaseSync.prototype;
  let database: DatabaseSync | null = null;
  DatabaseSync.prototype.exec = function (sql) {
    database = this;
    exec.call(this, sql);
  };
  try {
    const opening = open();
    if (database === null) throw new Error("no database was opened");
    return { opening, database };
  } finally {
    DatabaseSync.prototype.exec = exec;
  }
}
