/**
 * Ledgers in memory: the real one, on a database of SQLite's without a file. The statements and the transactions are the
 * same as on a disk. One is used by many machines, one after another, and keeps its schema and its prepared statements.
 */
import { DatabaseSync } from "node:sqlite";
import type { Ledger } from "../../../src/ledger/ledger.ts";
import { SqliteDatabase, type SqlValue } from "../../../src/ledger/sqlite/database.ts";
import { sqliteLedger } from "../../../src/ledger/sqlite/open-ledger.ts";
import { migrate } from "../../../src/ledger/sqlite/schema.ts";
import { CHUNK_TABLES, withChunks } from "./chunks.ts";

export class MemoryLedger {
  /** As one process at a time uses it, and several at once. */
  readonly ledger: Ledger;
  readonly shared: Ledger;
  readonly #db = new SqliteDatabase(new DatabaseSync(":memory:"), ":memory:");
  /** The one that numbers are taken from comes last. */
  readonly #tables: readonly string[];

  constructor() {
    migrate(this.#db);
    this.#db.exec(CHUNK_TABLES);
    // A ledger is never emptied, but this one is, for the next history.
    this.#db.exec("DROP TRIGGER audit_is_never_deleted");
    this.ledger = sqliteLedger(this.#db);
    this.shared = withChunks(this.ledger, this.#db);
    const sql = "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name = 'sqlite_sequence'";
    this.#tables = this.#db.all<{ name: string }>(sql).map(({ name }) => name);
  }

  /** Takes over all that is committed in the other one at this moment. This one must be empty. */
  copy(other: MemoryLedger): void {
    for (const table of this.#tables) {
      // The rows before have left numbers there.
      if (table === "sqlite_sequence") this.#db.run(`DELETE FROM ${table}`);
      for (const row of other.#db.all<Record<string, SqlValue>>(`SELECT * FROM ${table}`)) {
        const values = Object.values(row);
        this.#db.run(`INSERT INTO ${table} VALUES (${values.map(() => "?").join()})`, ...values);
      }
    }
  }

  /** No rows, and numbers begin anew. */
  empty(): void {
    for (const table of this.#tables) this.#db.run(`DELETE FROM ${table}`);
  }

  async close(): Promise<void> {
    await this.ledger[Symbol.asyncDispose]();
  }
}
