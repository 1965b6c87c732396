/**
 * The disk that a machine's ledger lies on: in memory, where all that was committed is kept when the power goes, or in
 * files, of whose last writes a disk may keep only a part.
 */
import { copyFileSync, mkdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Ledger } from "../../../src/ledger/ledger.ts";
import { openSqliteLedger } from "../../../src/ledger/sqlite/open-ledger.ts";
import { MemoryLedger } from "./memory-ledger.ts";

/** In files, in memory, or of a server that several processes use at once; that one's is in memory too. */
export type DiskKind = "files" | "memory" | "server";

export interface Disk {
  /** The ledger of the processes that run now. */
  readonly ledger: Ledger;
  /**
   * Only what was committed at this moment is still there; of that, `kept` is the part that had reached the disk. What
   * the dead processes still write is seen by nobody.
   */
  cutPower(kept: number): Promise<void>;
  close(): Promise<void>;
}

/** Ledgers in memory that no machine uses at present. */
export class Shelf {
  readonly #free: MemoryLedger[] = [];

  take(): MemoryLedger {
    return this.#free.pop() ?? new MemoryLedger();
  }

  giveBack(ledger: MemoryLedger): void {
    ledger.empty();
    this.#free.push(ledger);
  }

  async close(): Promise<void> {
    for (const ledger of this.#free) await ledger.close();
  }
}

/** Everything that was committed is kept. */
export function openMemoryDisk(shelf: Shelf, isOfServer: boolean): Disk {
  let present = shelf.take();
  const all = [present];
  return {
    get ledger() {
      return isOfServer ? present.shared : present.ledger;
    },
    async cutPower() {
      const next = shelf.take();
      next.copy(present);
      present = next;
      all.push(present);
    },
    async close() {
      for (const ledger of all) shelf.giveBack(ledger);
    },
  };
}

/** `folder` is made, and removed in the end; `empty` is a ledger without rows to begin with. */
export async function openFileDisk(folder: string, empty: Buffer): Promise<Disk> {
  mkdirSync(folder);
  let disks = 1;
  const pathOf = (disk: number) => join(folder, `ledger-${disk}`);
  writeFileSync(pathOf(1), empty, { mode: 0o600 });
  let ledger = await openSqliteLedger(pathOf(1));
  const all = [ledger];
  return {
    get ledger() {
      return ledger;
    },
    async cutPower(kept) {
      const from = pathOf(disks);
      const to = pathOf(++disks);
      copyFileSync(from, to);
      const log = readFileSync(`${from}-wal`);
      writeFileSync(`${to}-wal`, log);
      if (kept < 1) truncateSync(`${to}-wal`, Math.floor(log.length * kept));
      ledger = await openSqliteLedger(to);
      all.push(ledger);
    },
    async close() {
      for (const one of all) await one[Symbol.asyncDispose]();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
