/**
 * SqliteLedger: the ledger in one SQLite file, which several processes may use at once. A path comes in, a Ledger goes
 * out.
 *
 * Reads see what is committed, and writes are committed together, a batch for each turn of the event loop
 * (SqliteWriter). A write-ahead log with an fsync for each commit keeps what was acknowledged through a crash of the
 * process, the machine or its power, as long as the disk keeps what it acknowledges.
 */

import { DatabaseSync } from "node:sqlite";
import type { Ledger } from "../ledger.ts";
import { leaseLost } from "../sql/errors.ts";
import { sqliteAccounts } from "./accounts.ts";
import { sqliteAlarms } from "./alarms.ts";
import { sqliteAudit } from "./audit.ts";
import { sqliteBalance } from "./balance.ts";
import { sqliteBanks } from "./banks.ts";
import { sqliteChanges } from "./changes.ts";
import { sqliteControls } from "./controls.ts";
import { SqliteDatabase } from "./database.ts";
import { sqliteFacts } from "./facts.ts";
import { sqliteFiles } from "./files.ts";
import { sqliteFilings } from "./filings.ts";
import { sqliteGuards } from "./guards.ts";
import { sqliteIntegrity } from "./integrity.ts";
import { sqliteJobs } from "./jobs.ts";
import { leaseCheck, sqliteLeases } from "./leases.ts";
import { sqliteLineage } from "./lineage.ts";
import { openSqliteDatabase } from "./open-database.ts";
import { sqliteOperations } from "./operations.ts";
import { sqliteOwnIds } from "./own-ids.ts";
import type { Begins } from "./place.ts";
import { sqliteRetention } from "./retention.ts";
import { sqliteRows } from "./rows.ts";
import { sqliteRuns } from "./runs.ts";
import { sqliteSchedules } from "./schedules.ts";
import { sqliteSelection } from "./selection.ts";
import { sqliteSnapshots } from "./snapshots.ts";
import { SqliteStore } from "./store.ts";
import { sqliteTiedOut } from "./tied-out.ts";
import { sqliteUserTimes } from "./user-times.ts";
import { watchFiles } from "./watch.ts";
import { SqliteWriter } from "./writer.ts";

export interface SqliteLedgerOptions {
  /** How long to wait for a lock of another process. */
  readonly busyTimeoutMs?: number;
  /** False for a temporary ledger, which then does not wait for the disk. Default true. */
  readonly durable?: boolean;
  /** Whether a new ledger may be made where there is none. Default "in its folder". */
  readonly begins?: Begins;
  /** Called when a new one was made. */
  readonly onBegin?: () => void;
}

const DEFAULT_BUSY_TIMEOUT_MS = 10_000;
/** A process may be slow for so long without losing its lease; nobody on the same machine waits for it longer. */
export const LEASE_MS = 60_000;

type SqliteParts = Omit<
  Ledger,
  | "fencedBy"
  | "audited"
  | "flush"
  | "nowMs"
  | "leaseMs"
  | "openSnapshot"
  | "sizeBytes"
  | "pace"
  | typeof Symbol.asyncDispose
>;

function openParts(store: SqliteStore): SqliteParts {
  return {
    banks: sqliteBanks(store),
    runs: sqliteRuns(store),
    files: sqliteFiles(store),
    jobs: sqliteJobs(store),
    rows: sqliteRows(store),
    changes: sqliteChanges(store),
    filings: sqliteFilings(store),
    guards: sqliteGuards(store),
    selection: sqliteSelection(store),
    operations: sqliteOperations(store),
    accounts: sqliteAccounts(store),
    facts: sqliteFacts(store),
    ownIds: sqliteOwnIds(store),
    userTimes: sqliteUserTimes(store),
    balance: sqliteBalance(store),
    leases: sqliteLeases(store),
    audit: sqliteAudit(store),
    controls: sqliteControls(store),
    lineage: sqliteLineage(store),
    alarms: sqliteAlarms(store),
    retention: sqliteRetention(store),
    integrity: sqliteIntegrity(store),
    schedules: sqliteSchedules(store),
    tiedOut: sqliteTiedOut(store),
    snapshots: sqliteSnapshots(store),
    chunks: null,
  };
}

/**
 * The ledger in an open database of the present version. Closing it commits what waits, then closes the database.
 * `checkFiles` throws when nothing more may be committed.
 */
export function sqliteLedger(db: SqliteDatabase, checkFiles: () => void = () => {}): Ledger {
  const writer = new SqliteWriter(db, checkFiles);
  return {
    ...ledgerOn(new SqliteStore(db, writer), writer),
    async [Symbol.asyncDispose]() {
      writer.close();
      db.close();
    },
  };
}

async function sizeOf(db: SqliteDatabase): Promise<number> {
  const sql = "SELECT page_count * page_size AS bytes FROM pragma_page_count(), pragma_page_size()";
  return db.get<{ bytes: number }>(sql)?.bytes ?? 0;
}

/** Closing it closes nothing. */
function ledgerOn(store: SqliteStore, writer: SqliteWriter): Ledger {
  return {
    ...openParts(store),
    nowMs: () => Date.now(),
    sizeBytes: () => sizeOf(store.db),
    leaseMs: LEASE_MS,
    fencedBy(lease) {
      const isHeld = leaseCheck(store);
      const fence = () => {
        const present = lease();
        if (!isHeld(present)) throw leaseLost(`${present.owner} no longer has the lease ${present.name}`);
      };
      return ledgerOn(store.fenced(fence), writer);
    },
    audited: (entry) => ledgerOn(store.audited(entry), writer),
    // Writes are committed in their order.
    flush: () => writer.write(() => {}).catch(() => {}),
    openSnapshot: async () => openSnapshot(store.db.path),
    pace: null,
    async [Symbol.asyncDispose]() {},
  };
}

/** Opens another connection, with one transaction that only reads and lasts until it is closed. */
function openSnapshot(path: string): Ledger {
  const db = new SqliteDatabase(new DatabaseSync(path, { readOnly: true, timeout: DEFAULT_BUSY_TIMEOUT_MS }), path);
  // The transaction sees what is committed at its first reading.
  db.exec("BEGIN");
  db.get("SELECT 1 FROM sqlite_schema");
  const writer = new SqliteWriter(db);
  writer.close();
  const snapshot: Ledger = {
    ...openParts(new SqliteStore(db, writer)),
    nowMs: () => Date.now(),
    sizeBytes: () => sizeOf(db),
    leaseMs: LEASE_MS,
    fencedBy: () => snapshot,
    audited: () => snapshot,
    async flush() {},
    openSnapshot: async () => openSnapshot(path),
    pace: null,
    async [Symbol.asyncDispose]() {
      db.close();
    },
  };
  return snapshot;
}

/**
 * Opens the ledger at `path`. Resolves once its schema is the present one. Rejects with FatalError `ledger_unusable`;
 * methods of the ledger reject with `ledger_failed` when the disk does, and with `ledger_replaced` once the file at the
 * path is no longer the one that was opened.
 */
export async function openSqliteLedger(path: string, options: SqliteLedgerOptions = {}): Promise<Ledger> {
  const { busyTimeoutMs = DEFAULT_BUSY_TIMEOUT_MS, durable = true, begins = "in its folder", onBegin } = options;
  const { db, isNew } = openSqliteDatabase(path, { busyTimeoutMs, durable, begins });
  if (isNew) onBegin?.();
  return sqliteLedger(db, watchFiles(db.path));
}
