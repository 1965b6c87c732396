/**
 * A fresh ledger for each test of a suite, of whichever implementation; opens further handles on the same one, and closes
 * and removes everything afterwards.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Ledger } from "../../src/ledger/ledger.ts";

export interface LedgerImplementation {
  readonly name: string;
  /** Opens the ledger that belongs to that folder. */
  open(folder: string): Promise<Ledger>;
  /** Runs statements in its database beside it, without the triggers of the audit trail unless they are to strike. */
  tamper?(folder: string, sql: string, withTriggers: boolean): Promise<void>;
  /** Removes what of it lies elsewhere. */
  remove?(folder: string): Promise<void>;
}

export interface LedgerInUse {
  readonly ledger: Ledger;
  /** Another handle on the same ledger, as another process has it. */
  openOther(): Promise<Ledger>;
  /** Closes the ledger and opens it again. */
  reopen(): Promise<void>;
  /** Changes the ledger by hand; see LedgerImplementation. */
  tamper(sql: string, triggers?: "with triggers"): Promise<void>;
}

/** Called within `describe`; what it gives is good within `it` and hooks that follow. */
export function useLedger(implementation: LedgerImplementation): LedgerInUse {
  let folder = "";
  let ledger: Ledger | undefined;
  let others: Ledger[] = [];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "tieout-ledger-"));
    ledger = await implementation.open(folder);
  });

  afterEach(async () => {
    for (const handle of [...others, ledger]) await handle?.[Symbol.asyncDispose]();
    others = [];
    await implementation.remove?.(folder);
    await rm(folder, { recursive: true });
  });

  return {
    get ledger() {
      if (ledger === undefined) throw new Error("only within a test");
      return ledger;
    },
    async openOther() {
      const other = await implementation.open(folder);
      others.push(other);
      return other;
    },
    async tamper(sql, triggers) {
      await implementation.tamper?.(folder, sql, triggers !== undefined);
    },
    async reopen() {
      await ledger?.[Symbol.asyncDispose]();
      ledger = await implementation.open(folder);
    },
  };
}
