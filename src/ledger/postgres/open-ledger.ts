/**
 * PostgresLedger: the ledger in one PostgreSQL database, which processes on several hosts may use at once. An address comes in, a Ledger goes
 * out.
 *
 * Reads see what is committed. Writes are committed together, in the order in which they came (PostgresWriter). What was acknowledged is kept
 * through a crash of any process, of the server or of its power, as long as the server's disk keeps what it acknowledges.
 */
import type { Ledger } from "../ledger.ts";
import { postgresAccounts } from "./accounts.ts";
import type { PostgresAddress } from "./address.ts";
import { postgresAlarms } from "./alarms.ts";
import { postgresAudit } from "./audit.ts";
import { postgresBalance } from "./balance.ts";
import { postgresBanks } from "./banks.ts";
import { postgresChanges } from "./changes.ts";
import { postgresChunks } from "./chunks.ts";
import { ServerClock } from "./clock.ts";
import { postgresControls } from "./controls.ts";
import { AS_IT_IS_NOW, type PostgresDatabase } from "./database.ts";
import { postgresFacts } from "./facts.ts";
import { postgresFiles } from "./files.ts";
import { postgresFilings } from "./filings.ts";
import { postgresGuards } from "./guards.ts";
import { postgresIntegrity } from "./integrity.ts";
import { postgresJobs } from "./jobs.ts";
import { postgresLeases } from "./leases.ts";
import { postgresLineage } from "./lineage.ts";
import { openPostgresDatabase } from "./open-database.ts";
import { postgresOperations } from "./operations.ts";
import { postgresOwnIds } from "./own-ids.ts";
import { postgresPace } from "./pace.ts";
import { postgresRetention } from "./retention.ts";
import { postgresRows } from "./rows.ts";
import { postgresRuns } from "./runs.ts";
import { postgresSchedules } from "./schedules.ts";
import { postgresSelection } from "./selection.ts";
import { postgresSnapshots } from "./snapshots.ts";
import { PostgresStore } from "./store.ts";
import { postgresTiedOut } from "./tied-out.ts";
import { postgresUserTimes } from "./user-times.ts";
import { PostgresWriter } from "./writer.ts";

export interface PostgresLedgerOptions {
  /** Whether a new ledger may be made where there is none. Default true. */
  readonly mayBegin?: boolean;
  /** Called when a new one was made. */
  readonly onBegin?: () => void;
}

/** Another host goes on in a dead one's place after so long. */
const LEASE_MS = 10_000;

type Parts = Omit<
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

function openParts(store: PostgresStore, clock: ServerClock): Parts {
  return {
    banks: postgresBanks(store),
    runs: postgresRuns(store),
    files: postgresFiles(store),
    jobs: postgresJobs(store),
    rows: postgresRows(store),
    changes: postgresChanges(store),
    filings: postgresFilings(store),
    guards: postgresGuards(store),
    selection: postgresSelection(store),
    operations: postgresOperations(store),
    accounts: postgresAccounts(store),
    facts: postgresFacts(store),
    ownIds: postgresOwnIds(store),
    userTimes: postgresUserTimes(store),
    balance: postgresBalance(store),
    leases: postgresLeases(store, clock),
    audit: postgresAudit(store),
    controls: postgresControls(store),
    lineage: postgresLineage(store),
    alarms: postgresAlarms(store),
    retention: postgresRetention(store),
    integrity: postgresIntegrity(store),
    schedules: postgresSchedules(store),
    tiedOut: postgresTiedOut(store),
    snapshots: postgresSnapshots(store),
    chunks: postgresChunks(store, () => clock.nowMs()),
  };
}

/**
 * Opens the ledger at the address. Resolves once its schema is the present one. Rejects with FatalError `ledger_unusable`; methods of the
 * ledger reject with `ledger_failed` when the server does.
 */
export async function openPostgresLedger(
  address: PostgresAddress,
  options: PostgresLedgerOptions = {},
): Promise<Ledger> {
  const { mayBegin = true, onBegin } = options;
  const { db, isNew, listener } = await openPostgresDatabase(address, mayBegin);
  if (isNew) onBegin?.();
  const clock = new ServerClock();
  await clock.measure(db);
  const writer = new PostgresWriter(db);
  const store = new PostgresStore(db, db, writer);
  const pace = postgresPace(store, db, listener);
  /** Closing it closes nothing. */
  const ledgerOn = (own: PostgresStore): Ledger => ({
    ...openParts(own, clock),
    nowMs: () => clock.nowMs(),
    sizeBytes: () => sizeOf(db),
    leaseMs: LEASE_MS,
    fencedBy: (lease) => ledgerOn(own.fenced(lease)),
    audited: (entry) => ledgerOn(own.audited(entry)),
    flush: () => writer.settle(),
    openSnapshot: () => openSnapshot(db, clock),
    pace,
    async [Symbol.asyncDispose]() {},
  });
  return {
    ...ledgerOn(store),
    async [Symbol.asyncDispose]() {
      await writer.close();
      await listener[Symbol.asyncDispose]();
      await db.close();
    },
  };
}

/** Of all tables of its schema, with their indexes. */
async function sizeOf(db: PostgresDatabase): Promise<number> {
  const sql = `SELECT coalesce(sum(pg_total_relation_size(oid)), 0)::float8 AS bytes FROM pg_class
    WHERE relkind = 'r' AND relnamespace = to_regnamespace(current_schema()::text)`;
  return (await db.get<{ bytes: number }>(sql))?.bytes ?? 0;
}

/** One transaction that only reads and lasts until it is closed. */
async function openSnapshot(db: PostgresDatabase, clock: ServerClock): Promise<Ledger> {
  const sql = await db.open(AS_IT_IS_NOW);
  // The transaction sees what is committed at its first reading, and waits while results are uploaded.
  await sql.run("SET LOCAL idle_in_transaction_session_timeout = 0");
  await sql.get("SELECT 1 FROM tieout_meta");
  const writer = new PostgresWriter(db);
  await writer.close();
  const snapshot: Ledger = {
    ...openParts(new PostgresStore(sql, db, writer), clock),
    nowMs: () => clock.nowMs(),
    sizeBytes: () => sizeOf(db),
    leaseMs: LEASE_MS,
    fencedBy: () => snapshot,
    audited: () => snapshot,
    async flush() {},
    openSnapshot: () => openSnapshot(db, clock),
    pace: null,
    async [Symbol.asyncDispose]() {
      await sql[Symbol.asyncDispose]();
    },
  };
  return snapshot;
}
