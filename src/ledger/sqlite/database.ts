/**
 * One open SQLite file and its prepared statements: SQL and values come in, rows go out. Knows no table, begins no
 * transaction, gives SQL a few functions of ours, and turns the troubles of disk and lock into FatalError.
 */
import type { DatabaseSync, StatementSync } from "node:sqlite";
import { batchOf, foldBatchId } from "../../batch.ts";
import { FatalError } from "../../errors/fatal-error.ts";
import { instantOrder } from "../../instant.ts";
import { nearId } from "../near-id.ts";

export type SqlValue = string | number | null;

/** SQLite's primary result codes that speak of the machine and not of the statement (sqlite.org/rescode.html). */
const TROUBLES: Readonly<Record<number, string>> = {
  5: "another process keeps it locked",
  7: "no memory is left",
  8: "it is read-only",
  10: "the disk failed",
  11: "it is damaged",
  13: "the disk is full",
  14: "it cannot be opened",
  26: "it is not a SQLite database",
};

/** Those after which only another copy of the file helps: SQLITE_CORRUPT and SQLITE_NOTADB. */
const DAMAGES: readonly (number | undefined)[] = [11, 26];

/** What to do about a damaged ledger. */
export const RESTORE = "keep the file as it is, and restore the last good copy, or ask the Tieout maintainers";

/** What SQLite's error says of the machine; none when the error is about the statement. */
export function troubleOf(error: unknown): string | undefined {
  return TROUBLES[codeOf(error) ?? 0];
}

/** Whether SQLite has met a page that it cannot read. */
export function isDamage(error: unknown): boolean {
  return DAMAGES.includes(codeOf(error));
}

/** Whether another process or connection has the lock: SQLITE_BUSY. */
export function isBusy(error: unknown): boolean {
  return codeOf(error) === 5;
}

/** SQLITE_FULL, and SQLITE_IOERR_SHMSIZE: there was no room for the file beside the ledger with which a connection begins. */
const NO_ROOM = { code: 13, whenBegun: 4874 };

/** The primary result code of SQLite's error; none for another error. */
function codeOf(error: unknown): number | undefined {
  const code: unknown = error instanceof Error ? Reflect.get(error, "errcode") : undefined;
  if (code === NO_ROOM.whenBegun) return NO_ROOM.code;
  return typeof code === "number" ? code & 0xff : undefined;
}

/** Methods throw FatalError `ledger_failed` for troubles of disk and lock, and SQLite's own error for a wrong statement. */
export class SqliteDatabase {
  readonly path: string;
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();

  constructor(database: DatabaseSync, path: string) {
    this.#database = database;
    database.function("near_id", { deterministic: true }, (id) => nearId(String(id)));
    database.function("batch_of", { deterministic: true }, (key) => {
      const batch = batchOf(String(key));
      return batch === undefined ? null : JSON.stringify({ ...batch, id: foldBatchId(batch.id) });
    });
    this.path = path;
    // SQLite's own functions for times end at the millisecond.
    database.function("instant_order", { deterministic: true }, (text) => instantOrder(String(text)));
  }

  /** Every row of a query. The caller vouches for the shape: it wrote the columns. */
  all<Shape>(sql: string, ...values: readonly SqlValue[]): Shape[] {
    return this.#try(() => this.#statement(sql).all(...values) as unknown as Shape[]);
  }

  /** The first row of a query, or none. */
  get<Shape>(sql: string, ...values: readonly SqlValue[]): Shape | undefined {
    return this.#try(() => this.#statement(sql).get(...values) as unknown as Shape | undefined);
  }

  /** How many rows a write changed. */
  run(sql: string, ...values: readonly SqlValue[]): number {
    return this.#try(() => Number(this.#statement(sql).run(...values).changes));
  }

  /** Runs several statements at once, without values. */
  exec(sql: string): void {
    this.#try(() => this.#database.exec(sql));
  }

  get inTransaction(): boolean {
    return this.#database.isTransaction;
  }

  close(): void {
    this.#statements.clear();
    if (this.#database.isOpen) this.#database.close();
  }

  #statement(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = this.#database.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }

  #try<Result>(act: () => Result): Result {
    try {
      return act();
    } catch (error) {
      const trouble = troubleOf(error);
      if (trouble === undefined) throw error;
      throw new FatalError("ledger_failed", `the ledger ${this.path} failed: ${trouble}`, {
        hint: isDamage(error) ? RESTORE : "fix the disk or end the other process, then start the job again",
        cause: error,
      });
    }
  }
}
