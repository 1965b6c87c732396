/**
 * Group commit: writes come in as functions, and all that wait at the next turn of the event loop share one transaction and one fsync. A
 * write never settles before its transaction is on disk, and never harms another write.
 */
import { FatalError } from "../../errors/fatal-error.ts";
import type { SqliteDatabase } from "./database.ts";

interface Waiting {
  readonly act: () => unknown;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** The most turns of the event loop that are waited for further writes. */
const MOST_TURNS = 16;

export class SqliteWriter {
  readonly #db: SqliteDatabase;
  readonly #checkFiles: () => void;
  #waiting: Waiting[] = [];
  #refusal: FatalError | undefined;
  #transaction = 0;

  /** `checkFiles` is called before each commit, and throws FatalError `ledger_replaced` where that would be lost. */
  constructor(db: SqliteDatabase, checkFiles: () => void = () => {}) {
    this.#db = db;
    this.#checkFiles = checkFiles;
  }

  /** Another number for each transaction, within which no other process changes a lease. */
  get transaction(): number {
    return this.#transaction;
  }

  /** For a write that has changed a lease: what follows in its transaction counts as another one. */
  forgetLeases(): void {
    this.#transaction += 1;
  }

  /**
   * Runs `act` within a transaction, and resolves with its result once that is durable. What it throws undoes it alone.
   * It may be undone and run anew when a neighbour throws, so it changes nothing but the database.
   * Rejects with FatalError `ledger_failed` when the transaction failed, and so from then on when its COMMIT did: after
   * a failed fsync nobody knows what the disk holds, so only a new start may look. With `ledger_replaced`, now and from
   * then on, when the file is no longer the one at its path.
   */
  write<Result>(act: () => Result): Promise<Result> {
    if (this.#refusal !== undefined) return Promise.reject(this.#refusal);
    return new Promise<Result>((resolve, reject) => {
      if (this.#waiting.length === 0) this.#gather(0, MOST_TURNS);
      this.#waiting.push({ act, resolve: resolve as (result: unknown) => void, reject });
    });
  }

  /** Waits while each turn of the event loop brings further writes. */
  #gather(before: number, turns: number): void {
    setImmediate(() => {
      const { length } = this.#waiting;
      if (length > before && turns > 1) this.#gather(length, turns - 1);
      else this.#flush();
    });
  }

  /** Commits what waits, and takes nothing more. */
  close(): void {
    this.#flush();
    this.#refusal ??= this.#refuse("it is closed", undefined);
  }

  #flush(): void {
    const batch = this.#waiting;
    this.#waiting = [];
    if (batch.length === 0) return;
    try {
      for (const settle of this.#commit(batch)) settle();
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  }

  #commit(batch: readonly Waiting[]): (() => void)[] {
    if (this.#refusal !== undefined) throw this.#refusal;
    return this.#transact(() => this.#performTogether(batch)) ?? this.#transact(() => this.#performApart(batch)) ?? [];
  }

  /** Nothing is committed when `perform` gives nothing. */
  #transact(perform: () => (() => void)[] | undefined): (() => void)[] | undefined {
    this.#db.run("BEGIN IMMEDIATE");
    this.#transaction += 1;
    try {
      const settles = perform();
      if (settles !== undefined) this.#checkFiles();
      this.#db.run(settles === undefined ? "ROLLBACK" : "COMMIT");
      return settles;
    } catch (error) {
      const isReplaced = error instanceof FatalError && error.code === "ledger_replaced";
      this.#refusal = isReplaced ? error : this.#refuse("an earlier write failed", error);
      if (this.#db.inTransaction) this.#db.run("ROLLBACK");
      throw error;
    }
  }

  /**
   * Performs the whole batch without savepoints, which would copy every page that a write touches to a temporary file. Gives undefined if a
   * write throws; that is rare, and each write is then performed apart.
   */
  #performTogether(batch: readonly Waiting[]): (() => void)[] | undefined {
    try {
      return batch.map(({ act, resolve }) => {
        const result = act();
        return () => resolve(result);
      });
    } catch (error) {
      // SQLite itself has undone the whole transaction: a full or failing disk.
      if (!this.#db.inTransaction) throw error;
      return undefined;
    }
  }

  #performApart(batch: readonly Waiting[]): (() => void)[] {
    return batch.map((waiting) => this.#perform(waiting));
  }

  #perform({ act, resolve, reject }: Waiting): () => void {
    this.#db.run("SAVEPOINT one");
    try {
      const result = act();
      this.#db.run("RELEASE one");
      return () => resolve(result);
    } catch (error) {
      if (!this.#db.inTransaction) throw error;
      this.#db.run("ROLLBACK TO one");
      this.#db.run("RELEASE one");
      return () => reject(error);
    }
  }

  #refuse(why: string, cause: unknown): FatalError {
    return new FatalError("ledger_failed", `the ledger ${this.#db.path} accepts no more writes: ${why}`, {
      hint: "start the job again; it continues from what is on disk",
      cause,
    });
  }
}
