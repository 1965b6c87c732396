/**
 * The machine that the processes run on: its disk with the ledger, which outlives them, and its power, which may be cut.
 */
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FatalError } from "../../../src/errors/fatal-error.ts";
import type { Ledger } from "../../../src/ledger/ledger.ts";
import { openSqliteLedger } from "../../../src/ledger/sqlite-ledger.ts";
import type { Life } from "./life.ts";

/** Memory, where there is such a place: no history needs a real disk. */
const FAST_FOLDER = "/dev/shm";

/** A folder of its own, and a ledger without rows to copy from, for all histories of one thread. */
export class Workshop implements AsyncDisposable {
  readonly folder = mkdtempSync(join(existsSync(FAST_FOLDER) ? FAST_FOLDER : tmpdir(), "tieout-simulation-"));
  #empty: Buffer | undefined;
  #machines = 0;

  async openMachine(): Promise<Machine> {
    this.#empty ??= await this.#makeEmpty();
    const folder = join(this.folder, String(++this.#machines));
    mkdirSync(folder);
    writeFileSync(join(folder, "ledger-1"), this.#empty, { mode: 0o600 });
    return new Machine(folder, await openSqliteLedger(join(folder, "ledger-1")));
  }

  async #makeEmpty(): Promise<Buffer> {
    const path = join(this.folder, "empty");
    await (await openSqliteLedger(path))[Symbol.asyncDispose]();
    return readFileSync(path);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export class Machine implements AsyncDisposable {
  readonly folder: string;
  #ledger: Ledger;
  #disks = 1;
  /** Disks as they were before the power went; what their dead processes still write is seen by nobody. */
  readonly #old: Ledger[] = [];

  constructor(folder: string, ledger: Ledger) {
    this.folder = folder;
    this.#ledger = ledger;
  }

  get ledger(): Ledger {
    return this.#ledger;
  }

  /** Only what was committed at this moment is still there; of that, `kept` is the part that had reached the disk. */
  async cutPower(kept: number): Promise<void> {
    const from = join(this.folder, `ledger-${this.#disks}`);
    const to = join(this.folder, `ledger-${++this.#disks}`);
    copyFileSync(from, to);
    const log = readFileSync(`${from}-wal`);
    writeFileSync(`${to}-wal`, log);
    if (kept < 1) truncateSync(`${to}-wal`, Math.floor(log.length * kept));
    this.#old.push(this.#ledger);
    this.#ledger = await openSqliteLedger(to);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const ledger of [...this.#old, this.#ledger]) await ledger[Symbol.asyncDispose]();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

const READS = /^(read|list|count|is|find(?!ByLedger))/;

/** The ledger as one process has it. `onDone` hears of every call the moment that it is done. */
export function ledgerOf(life: Life, real: Ledger, onDone: (method: string, value: unknown) => void): Ledger {
  const part = <Part extends object>(of: Part, withFiles = false): Part =>
    new Proxy(of, {
      get(_, name) {
        const method: unknown = Reflect.get(of, name);
        if (typeof method !== "function") return method;
        return (...given: unknown[]) =>
          life.call(async () => {
            const isWrite = !READS.test(String(name));
            if (isWrite && life.ledgerFailed) throw diskFailed();
            const value: unknown = await Reflect.apply(method, of, given);
            onDone(String(name), value);
            if (isWrite && life.ledgerFailed) throw diskFailed();
            return value;
          }, withFiles);
      },
    });
  return {
    fencedBy: (lease) => ledgerOf(life, real.fencedBy(lease), onDone),
    runs: part(real.runs, true),
    files: part(real.files),
    rows: part(real.rows, true),
    changes: part(real.changes),
    operations: part(real.operations),
    accounts: part(real.accounts),
    facts: part(real.facts),
    balance: part(real.balance, true),
    leases: part(real.leases),
    async [Symbol.asyncDispose]() {},
  };
}

/** As SqliteWriter says it, after which it takes no more writes. */
function diskFailed(): FatalError {
  return new FatalError("ledger_failed", "the ledger takes no more writes", { hint: "start the job again" });
}
