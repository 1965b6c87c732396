/**
 * What every part of the PostgreSQL ledger is made of: the database to read from, the queue to write through, and the numbers of banks.
 * Knows no other table, and adds to the audit trail what a write is said to be.
 */

import type { NewAuditEntry } from "../audit.ts";
import type { BankName, Run } from "../run.ts";
import { internal } from "../sql/errors.ts";
import { addEntry } from "./add-entry.ts";
import type { PostgresDatabase, Sql } from "./database.ts";
import type { ActsOn } from "./held-accounts.ts";
import type { Fence, Perform, PostgresWriter } from "./writer.ts";

/** Two banks never share the name that keys are made of, even if one gets a name that another had before. */
const OPEN_BANK = `INSERT INTO banks (no, api_url, program, key_name)
  SELECT (SELECT coalesce(max(no), 0) + 1 FROM banks), $1, $2,
    CASE WHEN EXISTS (SELECT 1 FROM banks WHERE api_url = $1 AND key_name = $2)
      THEN $2 || chr(10) || (SELECT max(no) + 1 FROM banks) ELSE $2 END
  WHERE NOT EXISTS (SELECT 1 FROM banks WHERE api_url = $1 AND program = $2)`;

const FIND_BANK = "SELECT no FROM banks WHERE api_url = $1 AND program = $2";

/** Performs functions one after the other. */
const performEach: Perform<(sql: Sql) => Promise<unknown>> = async (sql, acts) => {
  const results: unknown[] = [];
  for (const act of acts) results.push(await act(sql));
  return results;
};

export class PostgresStore {
  /** To read from: what is committed now, or a snapshot. */
  readonly sql: Sql;
  /** Where the ledger is, for messages. */
  readonly name: string;
  readonly #writer: PostgresWriter;
  readonly #fence: Fence | null;
  readonly #entry: NewAuditEntry | null;
  readonly #banks = new Map<string, number>();

  /** `fence` gives the lease under which every write is made; `entry` is added with each that is made by `write`. */
  constructor(
    sql: Sql,
    db: Pick<PostgresDatabase, "name">,
    writer: PostgresWriter,
    fence: Fence | null = null,
    entry: NewAuditEntry | null = null,
  ) {
    this.sql = sql;
    this.name = db.name;
    this.#writer = writer;
    this.#fence = fence;
    this.#entry = entry;
  }

  /** The same, where every write must pass the fence. */
  fenced(fence: Fence): PostgresStore {
    return new PostgresStore(this.sql, this, this.#writer, fence, this.#entry);
  }

  /** The same, where every `write` adds the entry to the audit trail. */
  audited(entry: NewAuditEntry): PostgresStore {
    return new PostgresStore(this.sql, this, this.#writer, this.#fence, entry);
  }

  /**
   * For what happens now and then: no other process writes by this method at the same time, so that what `act` has read stays true until it
   * is committed. It uses the `sql` that it gets, and changes nothing else.
   */
  write<Result>(act: (sql: Sql) => Promise<Result>): Promise<Result> {
    const entry = this.#entry;
    const acts = async (sql: Sql) => {
      const result = await act(sql);
      if (entry !== null) await addEntry(sql, entry);
      return result;
    };
    return this.#writer.write(performEach, acts, this.#fence, { isAlone: true }) as Promise<Result>;
  }

  /** For every row: see Perform. Other processes write at the same time, so what must not change meanwhile is locked. */
  gather<Item, Result>(perform: Perform<Item, Result>, item: Item): Promise<Result> {
    return this.#writer.write(perform, item, this.#fence) as Promise<Result>;
  }

  /** The same for what acts on accounts: those that are there are locked before anything is performed. */
  act<Item extends ActsOn, Result>(perform: Perform<Item, Result>, item: Item): Promise<Result> {
    return this.#writer.write(perform, item, this.#fence, { actsOn: item }) as Promise<Result>;
  }

  /** The bank's number; undefined while the ledger does not have it. */
  async findBank(bank: BankName): Promise<number | undefined> {
    const name = `${bank.apiUrl} ${bank.program}`;
    const known = this.#banks.get(name);
    if (known !== undefined) return known;
    const found = (await this.sql.get<{ no: number }>(FIND_BANK, bank.apiUrl, bank.program))?.no;
    if (found !== undefined) this.#banks.set(name, found);
    return found;
  }

  /** The bank's number, given now if it has none. Only within a `write`. */
  async openBank(sql: Sql, bank: BankName): Promise<number> {
    await sql.run(OPEN_BANK, bank.apiUrl, bank.program);
    const found = await sql.get<{ no: number }>(FIND_BANK, bank.apiUrl, bank.program);
    if (found === undefined) throw internal(`the ledger ${this.name} does not have the bank it has just been given`);
    return found.no;
  }

  /** To be called by a write that has changed a bank's name. */
  forgetBanks(): void {
    this.#banks.clear();
  }

  /** The number of a bank that is certainly there. Not within a `write`, but before it. */
  async bankOf({ bank }: Pick<Run, "bank">): Promise<number> {
    const no = await this.findBank(bank);
    if (no === undefined) throw internal(`the ledger ${this.name} does not have the run's bank`);
    return no;
  }
}
