/**
 * Ledgers in memory: the real one, on a database of SQLite's without a file. The statements and the transactions are the
 * same as on a disk. One is used by many machines, one after another, and keeps its schema and its
 * prepared statements.
 */
import { DatabaseSync, type SQLInputValue, type StatementSync } from "node:sqlite";
import type { Ledger } from "../../../src/ledger/ledger.ts";
import { SqliteDatabase } from "../../../src/ledger/sqlite-database.ts";
import { sqliteLedger } from "../../../src/ledger/sqlite-ledger.ts";
import { migrate } from "../../../src/ledger/sqlite-schema.ts";

export class MemoryLedger {
  readonly ledger: Ledger;
  readonly #database = new DatabaseSync(":memory:");
  readonly #statements = new Map<string, StatementSync>();
  /** The one that numbers are taken from comes last. */
  readonly #tables: readonly string[];

  constructor() {
    const db = new SqliteDatabase(this.#database, ":memory:");
    migrate(db);
    this.ledger = sqliteLedger(db);
    const sql = "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name = 'sqlite_sequence'";
    this.#tables = this.#prepare(sql)
      .all()
      .map(({ name }) => String(name));
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
