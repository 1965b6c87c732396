/**
 * What every part of the SQLite ledger is made of: the database to read from, the queue to write through, and the
 * numbers of banks. Knows no other table, and adds to the audit trail what a write is said to be.
 */

import type { NewAuditEntry } from "../audit.ts";
import type { BankName, Run } from "../run.ts";
import { internal } from "../sql/errors.ts";
import { FIND_MOVED, ledgerMoved } from "../sql/moved.ts";
import { addEntry } from "./add-entry.ts";
import type { SqliteDatabase } from "./database.ts";
import type { SqliteWriter } from "./writer.ts";

/** Two banks never share the name that keys are made of, even if one gets a name that another had before. */
const OPEN_BANK = `INSERT INTO banks (api_url, program, key_name)
  SELECT ?1, ?2, iif(EXISTS (SELECT 1 FROM banks WHERE api_url = ?1 AND key_name = ?2),
    ?2 || char(10) || (SELECT max(no) + 1 FROM banks), ?2)
  WHERE NOT EXISTS (SELECT 1 FROM banks WHERE api_url = ?1 AND program = ?2)`;

export class SqliteStore {
  readonly db: SqliteDatabase;
  readonly #writer: SqliteWriter;
  readonly #fence: () => void;
  readonly #entry: NewAuditEntry | null;
  readonly #banks = new Map<string, number>();

  /** `fence` runs before every write, and throws if it may not be made; `entry` is added with each. */
  constructor(
    db: SqliteDatabase,
    writer: SqliteWriter,
    fence: () => void = () => checkIsHere(db),
    entry: NewAuditEntry | null = null,
  ) {
    this.db = db;
    this.#writer = writer;
    this.#fence = fence;
    this.#entry = entry;
  }

  /** The same database, where every write must pass the fence. */
  fenced(fence: () => void): SqliteStore {
    return new SqliteStore(this.db, this.#writer, fence, this.#entry);
  }

  /** The same database, where every write adds the entry to the audit trail. */
  audited(entry: NewAuditEntry): SqliteStore {
    return new SqliteStore(this.db, this.#writer, this.#fence, entry);
  }

  /** See SqliteWriter: within one of them no other process changes a lease. */
  get transaction(): number {
    return this.#writer.transaction;
  }

  /** See SqliteWriter.write: `act` is synchronous, and uses `db`. */
  write<Result>(act: () => Result): Promise<Result> {
    return this.#writer.write(() => {
      this.#fence();
      const result = act();
      if (this.#entry !== null) addEntry(this.db, this.#entry);
      return result;
    });
  }

  /** See `write`. For writes of leases: later writes in the same transaction check their own lease again. */
  writeLease<Result>(act: () => Result): Promise<Result> {
    return this.write(() => {
      const result = act();
      this.#writer.forgetLeases();
      return result;
    });
  }

  /** The bank's number; undefined while the ledger does not have it. */
  findBank(bank: BankName): number | undefined {
    const name = `${bank.apiUrl} ${bank.program}`;
    const known = this.#banks.get(name);
    if (known !== undefined) return known;
    const sql = "SELECT no FROM banks WHERE api_url = ? AND program = ?";
    const found = this.db.get<{ no: number }>(sql, bank.apiUrl, bank.program)?.no;
    // Within a transaction it may still be undone.
    if (found !== undefined && !this.db.inTransaction) this.#banks.set(name, found);
    return found;
  }

  /** The bank's number, given now if it has none. Only within a write. */
  openBank(bank: BankName): number {
    this.db.run(OPEN_BANK, bank.apiUrl, bank.program);
    return this.bankOf({ bank });
  }

  /** To be called by a write that has changed a bank's name. */
  forgetBanks(): void {
    this.#banks.clear();
  }

  /** The number of a bank that is certainly there. */
  bankOf({ bank }: Pick<Run, "bank">): number {
    const no = this.findBank(bank);
    if (no === undefined) throw internal(`the ledger ${this.db.path} does not have the run's bank`);
    return no;
  }
}

/** Without a lease, which ends with a move. Throws FatalError `ledger_moved`. */
function checkIsHere(db: SqliteDatabase): void {
  const moved = db.get<{ owner: string }>(FIND_MOVED);
  if (moved !== undefined) throw ledgerMoved(moved.owner);
}
