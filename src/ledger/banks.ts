/**
 * What the ledger keeps of banks: by which program each is known, and which client ids have been used for it.
 */
import type { BankName, Client } from "./run.ts";

export interface KnownBank {
  readonly bank: BankName;
  /** Whether a person has said which program it is; else the program is the client id that came first. */
  readonly isNamed: boolean;
  /** Each belongs to one bank of the address. */
  readonly clientIds: readonly string[];
  /** Whether the bank has answered a run, or the ledger has something of an account there. */
  readonly isUsed: boolean;
}

export interface BanksLedger {
  /** The banks at that address, the one with the latest run first. */
  list(apiUrl: string): Promise<readonly KnownBank[]>;
  /** Begins the bank if it is not there. The client id is the bank's from now on, whichever had it. */
  keep(bank: BankName, client: Client): Promise<void>;
  /**
   * Gives a bank that is there another program's name, which no other one at the address may have; its leases go with it,
   * and the names of its operations stay. Rejects with FatalError `lease_held` while somebody holds a lease there.
   */
  name(bank: BankName, program: string, nowMs: number): Promise<void>;
}
