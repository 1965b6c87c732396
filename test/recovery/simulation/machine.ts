/**
 * The machine that the processes run on: its disk with the ledger, which outlives them, and its power, which may be cut.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FatalError } from "../../../src/errors/fatal-error.ts";
import type { Ledger } from "../../../src/ledger/ledger.ts";
import { openSqliteLedger } from "../../../src/ledger/sqlite/open-ledger.ts";
import { type Disk, type DiskKind, openFileDisk, openMemoryDisk, Shelf } from "./disk.ts";
import type { Life } from "./life.ts";
import { LOCAL_FOLDER, removeLocalFiles } from "./local-files.ts";

/** Memory, where there is such a place: no history needs a real disk. */
const FAST_FOLDER = "/dev/shm";

/** A folder of its own, and a ledger without rows to copy from, for all histories of one thread. */
export class Workshop implements AsyncDisposable {
  readonly folder = mkdtempSync(join(existsSync(FAST_FOLDER) ? FAST_FOLDER : tmpdir(), "tieout-simulation-"));
  readonly #shelf = new Shelf();
  #empty: Buffer | undefined;
  #machines = 0;

  async openMachine(disk: DiskKind = "memory"): Promise<Machine> {
    const name = String(++this.#machines);
    if (disk !== "files") return new Machine(name, openMemoryDisk(this.#shelf, disk === "server"));
    this.#empty ??= await this.#makeEmpty();
    return new Machine(name, await openFileDisk(join(this.folder, name), this.#empty));
  }

  async #makeEmpty(): Promise<Buffer> {
    const path = join(this.folder, "empty");
    await (await openSqliteLedger(path))[Symbol.asyncDispose]();
    return readFileSync(path);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#shelf.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export class Machine implements AsyncDisposable {
  /** Of its local files, which all lie in memory. */
  readonly folder: string;
  readonly #disk: Disk;

  constructor(name: string, disk: Disk) {
    this.folder = join(LOCAL_FOLDER, name);
    this.#disk = disk;
  }

  get ledger(): Ledger {
    return this.#disk.ledger;
  }

  /** Only what was committed at this moment is still there; of that, `kept` is the part that had reached the disk. */
  async cutPower(kept: number): Promise<void> {
    await this.#disk.cutPower(kept);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#disk.close();
    removeLocalFiles(this.folder);
  }
}

const READS = /^(read|list|count|is|find(?!ByLedger))/;

type Method = (...given: unknown[]) => Promise<unknown>;

/** Hears of every call the moment that it is done: what was given, and what came of it. */
export type OnDone = (method: string, given: readonly unknown[], value: unknown) => void;

/** The ledger as one process has it; `way` is that to its server, if it is on one: then what is only read has to come that way too. */
export function ledgerOf(life: Life, real: Ledger, onDone: OnDone, way?: () => Promise<void>): Ledger {
  const wrap = (name: string, method: Method, withFiles: boolean): Method => {
    const mayFail = way !== undefined || !READS.test(name);
    return (...given) =>
      life.call(async () => {
        if (mayFail && life.ledgerFailed) throw ledgerFailed();
        if (way !== undefined) await way();
        const value = await method(...given);
        onDone(name, given, value);
        if (mayFail && life.ledgerFailed) throw ledgerFailed();
        return value;
      }, withFiles);
  };
  const part = <Part extends object>(of: Part, withFiles = false): Part => {
    const methods = Object.entries(of).map(([name, method]) => [name, wrap(name, method as Method, withFiles)]);
    return Object.fromEntries(methods) as Part;
  };
  return {
    fencedBy: (lease) => ledgerOf(life, real.fencedBy(lease), onDone, way),
    audited: (entry) => ledgerOf(life, real.audited(entry), onDone, way),
    flush: () => real.flush(),
    nowMs: () => real.nowMs(),
    sizeBytes: () => real.sizeBytes(),
    leaseMs: real.leaseMs,
    openSnapshot: () => real.openSnapshot(),
    pace: null,
    banks: part(real.banks),
    runs: part(real.runs, true),
    files: part(real.files),
    filings: part(real.filings),
    jobs: part(real.jobs),
    rows: part(real.rows, true),
    changes: part(real.changes),
    guards: part(real.guards),
    selection: part(real.selection),
    operations: part(real.operations),
    accounts: part(real.accounts),
    facts: part(real.facts),
    ownIds: part(real.ownIds),
    userTimes: part(real.userTimes),
    balance: part(real.balance, true),
    leases: part(real.leases),
    audit: part(real.audit),
    chunks: real.chunks && part(real.chunks),
    controls: part(real.controls),
    lineage: part(real.lineage),
    alarms: part(real.alarms),
    retention: part(real.retention),
    integrity: part(real.integrity),
    schedules: part(real.schedules),
    tiedOut: part(real.tiedOut),
    snapshots: part(real.snapshots),
    async [Symbol.asyncDispose]() {},
  };
}

/** As SqliteWriter says it, after which it takes no more writes, or as it is said where the way to the server is cut. */
export function ledgerFailed(): FatalError {
  return new FatalError("ledger_failed", "the ledger takes no more writes", { hint: "start the job again" });
}
