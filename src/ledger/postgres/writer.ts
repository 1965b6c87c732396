/**
 * Group commit: writes come in one by one, and all that wait while the transaction before is under way share the next one. Writes of one
 * kind are performed together, by one statement for all. A write never settles before its transaction is committed, and never harms
 * another write.
 */
import { FatalError } from "../../errors/fatal-error.ts";
import type { Lease } from "../run.ts";
import { leaseLost } from "../sql/errors.ts";
import { checkIsHere, checkLeases } from "./check-leases.ts";
import type { PostgresDatabase, Sql } from "./database.ts";
import { type ActsOn, lockAccounts } from "./held-accounts.ts";
import { isGone } from "./troubles.ts";

/**
 * Performs writes of one kind, and gives the result of each in their order: what the write resolves with, or the FatalError that it rejects
 * with, which then has changed nothing.
 */
// biome-ignore lint/suspicious/noExplicitAny: the kinds of one batch have nothing in common.
export type Perform<Item = any, Result = any> = (
  sql: Sql,
  items: readonly Item[],
) => Promise<readonly (Result | FatalError)[]>;

/** The lease under which a write is made; a function, since it is renewed. */
export type Fence = () => Lease;

interface Needs {
  /** What the write reads and changes may be changed by no other process meanwhile. */
  readonly isAlone?: boolean;
  /** The accounts that it reads and changes; nobody else may meanwhile. */
  readonly actsOn?: ActsOn;
}

interface Queued extends Needs {
  readonly perform: Perform;
  readonly item: unknown;
  readonly fence: Fence | null;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** The most writes in one transaction. */
const MOST_WRITES = 500;

/** Held by one transaction at a time, of those whose writes are made alone. Any number that no other program uses. */
const ALONE = 0x54696531;

export class PostgresWriter {
  readonly #db: PostgresDatabase;
  #queue: Queued[] = [];
  #underWay: Promise<void> | undefined;
  #refusal: FatalError | undefined;

  constructor(db: PostgresDatabase) {
    this.#db = db;
  }

  /**
   * Performs `item` within a transaction with others, in their order, and resolves with its result once that is committed. It may be undone
   * and done anew. Rejects with FatalError `lease_lost` when the fence's lease is another's, and with `ledger_failed` when the server fails,
   * and so from then on when the connection was lost: then nobody knows what was committed, and only a new start may look.
   */
  write(perform: Perform, item: unknown, fence: Fence | null, needs: Needs = {}): Promise<unknown> {
    if (this.#refusal !== undefined) return Promise.reject(this.#refusal);
    return new Promise((resolve, reject) => {
      this.#queue.push({ perform, item, fence, ...needs, resolve, reject });
      this.#underWay ??= this.#flush();
    });
  }

  /** Resolves once everything that was to be written before is committed, or has failed. */
  async settle(): Promise<void> {
    while (this.#underWay !== undefined) await this.#underWay;
  }

  /** Commits what waits, and takes nothing more. */
  async close(): Promise<void> {
    await this.settle();
    this.#refusal ??= this.#refuse("it is closed", undefined);
  }

  async #flush(): Promise<void> {
    // What the present turn of the event loop still brings.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.#queue.length > 0) await this.#commit(this.#takeNext());
    this.#underWay = undefined;
  }

  /** What is made alone has a transaction to itself: nobody else waits for its lock, and what follows is checked under the leases it leaves. */
  #takeNext(): readonly Queued[] {
    const alone = this.#queue.findIndex(({ isAlone }) => isAlone);
    const before = alone < 0 ? MOST_WRITES : Math.min(alone, MOST_WRITES);
    return this.#queue.splice(0, Math.max(before, 1));
  }

  async #commit(batch: readonly Queued[]): Promise<void> {
    try {
      const results = await this.#transact(batch);
      for (const [index, { resolve, reject }] of batch.entries()) {
        const result = results[index];
        if (result instanceof FatalError) reject(result);
        else resolve(result);
      }
    } catch (error) {
      if (isGone(error)) this.#refusal ??= this.#refuse("an earlier write failed", error);
      if (batch.length > 1 && this.#refusal === undefined) for (const each of batch) await this.#commit([each]);
      else for (const { reject } of batch) reject(error);
    }
  }

  async #transact(batch: readonly Queued[]): Promise<readonly unknown[]> {
    if (this.#refusal !== undefined) throw this.#refusal;
    return this.#db.transaction(async (sql) => {
      // First of all, so that of two transactions none waits for the other's rows meanwhile.
      if (batch.some(({ isAlone }) => isAlone)) await sql.get("SELECT pg_advisory_xact_lock($1)", ALONE);
      if (batch.some(({ fence }) => fence === null)) await checkIsHere(sql);
      const lost = await checkLeases(sql, batch, ({ fence }) => fence?.() ?? null);
      const results = new Map<Queued, unknown>();
      for (const [write, { owner, name }] of lost)
        results.set(write, leaseLost(`${owner} no longer has the lease ${name}`));
      const left = batch.filter((write) => !lost.has(write));
      const acts = left.flatMap(({ actsOn }) => actsOn ?? []);
      if (acts.length > 0) await lockAccounts(sql, acts);
      const kinds = Map.groupBy(left, ({ perform }) => perform);
      for (const [perform, writes] of kinds) {
        const performed = await perform(
          sql,
          writes.map(({ item }) => item),
        );
        for (const [index, write] of writes.entries()) results.set(write, performed[index]);
      }
      return batch.map((write) => results.get(write));
    });
  }

  #refuse(why: string, cause: unknown): FatalError {
    return new FatalError("ledger_failed", `the ledger ${this.#db.name} accepts no more writes: ${why}`, {
      hint: "start the job again; it continues from what is committed",
      cause,
    });
  }
}
