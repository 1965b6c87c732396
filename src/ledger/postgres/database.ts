/**
 * One PostgreSQL database and its connections: SQL and values come in, rows go out. Knows no table, and turns the troubles of network,
 * server and rights into FatalError.
 */
import type { Pool, PoolClient, QueryResult, QueryResultRow } from "pg";
import { FatalError } from "../../errors/fatal-error.ts";
import { isGone, isTransient, troubleOf } from "./troubles.ts";

export type PgValue = string | number | boolean | null | readonly (string | number | boolean | null)[];

/** What can be asked, by a pool or within a transaction. The caller vouches for the shape: it wrote the columns. */
export interface Sql {
  /** Every row of a query. */
  all<Shape extends object>(sql: string, ...values: readonly PgValue[]): Promise<Shape[]>;
  /** The first row of a query, or none. */
  get<Shape extends object>(sql: string, ...values: readonly PgValue[]): Promise<Shape | undefined>;
  /** How many rows a write changed. */
  run(sql: string, ...values: readonly PgValue[]): Promise<number>;
}

/** How a transaction begins: each statement sees what is committed by then, whatever the server's default is. */
export const TO_WRITE = "BEGIN ISOLATION LEVEL READ COMMITTED";
/** The database as it is committed now, however long it is read. */
export const AS_IT_IS_NOW = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

/** How often a transaction is tried that the server has broken off so that another one could go on. */
const MOST_TRIES = 10;
/** How long a server that has just been restarted is waited for, and between two tries. */
const REOPEN_MS = 10_000;
const RETRY_MS = 250;

/** Methods reject with FatalError `ledger_failed` for troubles of the server, and with its own error for a wrong statement. */
export class PostgresDatabase implements Sql {
  /** Where it is, without the password. */
  readonly name: string;
  readonly #pool: Pool;
  readonly #names = new Map<string, string>();
  #closing: Promise<void> | undefined;

  constructor(pool: Pool, name: string) {
    this.#pool = pool;
    this.name = name;
    // A connection that is lost says so beside what was asked on it, and whoever needs one next gets another.
    pool.on("error", () => {});
    pool.on("connect", (client) => client.on("error", () => {}));
  }

  async all<Shape extends object>(sql: string, ...values: readonly PgValue[]): Promise<Shape[]> {
    return (await this.#read(sql, values)).rows;
  }

  async get<Shape extends object>(sql: string, ...values: readonly PgValue[]): Promise<Shape | undefined> {
    return (await this.#read(sql, values)).rows[0];
  }

  /** The first row of a statement that is a transaction of its own, tried once. */
  async once<Shape extends object>(sql: string, ...values: readonly PgValue[]): Promise<Shape | undefined> {
    return (await this.#try(() => this.#pool.query<Shape & QueryResultRow>(this.#statement(sql, values)))).rows[0];
  }

  async run(sql: string, ...values: readonly PgValue[]): Promise<number> {
    return (await this.#try(() => this.#pool.query(this.#statement(sql, values)))).rowCount ?? 0;
  }

  /**
   * Runs `act` within a transaction, and resolves with its result once that is committed. What it throws undoes everything. It may be
   * undone and run anew, so it changes nothing but the database. Once it has begun, a lost connection ends it: nobody knows whether a
   * COMMIT that got no answer was done.
   */
  async transaction<Result>(act: (sql: Sql) => Promise<Result>): Promise<Result> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await this.#try(() => this.#transact(act));
      } catch (error) {
        if (tries === MOST_TRIES || !isTransient(error)) throw error;
      }
    }
  }

  /** One transaction that lasts until it is closed; `begin` is TO_WRITE or AS_IT_IS_NOW. */
  async open(begin: string): Promise<Sql & AsyncDisposable> {
    const client = await this.#begin(begin);
    return {
      ...this.#within(client),
      async [Symbol.asyncDispose]() {
        const isEnded = await client.query("ROLLBACK").catch(() => null);
        client.release(isEnded === null);
      },
    };
  }

  async close(): Promise<void> {
    this.#closing ??= this.#pool.end();
    await this.#closing;
  }

  async #transact<Result>(act: (sql: Sql) => Promise<Result>): Promise<Result> {
    const client = await this.#begin(TO_WRITE);
    let isBroken = true;
    try {
      const result = await act(this.#within(client));
      await client.query("COMMIT");
      isBroken = false;
      return result;
    } catch (error) {
      isBroken = isGone(error) || (await client.query("ROLLBACK").catch(() => null)) === null;
      throw error;
    } finally {
      client.release(isBroken);
    }
  }

  /** A connection on which a transaction has begun. */
  #begin(begin: string): Promise<PoolClient> {
    return this.#again(async () => {
      const client = await this.#pool.connect();
      try {
        await client.query(begin);
        return client;
      } catch (error) {
        client.release(true);
        throw error;
      }
    });
  }

  #within(client: PoolClient): Sql {
    const query = (sql: string, values: readonly PgValue[]) =>
      this.#try(() => client.query(this.#statement(sql, values)));
    return {
      all: async (sql, ...values) => (await query(sql, values)).rows,
      get: async (sql, ...values) => (await query(sql, values)).rows[0],
      run: async (sql, ...values) => (await query(sql, values)).rowCount ?? 0,
    };
  }

  #read(sql: string, values: readonly PgValue[]): Promise<QueryResult> {
    return this.#again(() => this.#pool.query(this.#statement(sql, values)));
  }

  /** What changes nothing is asked again when its connection was lost. */
  async #again<Result>(act: () => Promise<Result>): Promise<Result> {
    const until = performance.now() + REOPEN_MS;
    for (;;) {
      try {
        return await this.#try(act);
      } catch (error) {
        if (!isGone(error) || performance.now() > until) throw error;
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      }
    }
  }

  /** Each text is prepared once by a connection. */
  #statement(text: string, values: readonly PgValue[]) {
    let name = this.#names.get(text);
    if (name === undefined) {
      name = `tieout_${this.#names.size + 1}`;
      this.#names.set(text, name);
    }
    return { name, text, values: [...values] };
  }

  async #try<Result>(act: () => Promise<Result>): Promise<Result> {
    try {
      return await act();
    } catch (error) {
      const trouble = error instanceof FatalError ? undefined : troubleOf(error);
      if (trouble === undefined) throw error;
      throw new FatalError("ledger_failed", `the ledger ${this.name} failed: ${trouble.what}`, {
        hint: trouble.hint,
        cause: error,
      });
    }
  }
}
