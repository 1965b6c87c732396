/**
 * Ledger: the durable record of runs, rows, changes, operations and account links, and the only hand-over between the
 * stages. What a method resolves with is on disk; methods of one tick may share a transaction.
 *
 * A change goes `read → found → planned → done`, an operation `planned → sending → applied | refused | failed | unknown`,
 * or `skipped` when an earlier one of its change stopped. A change that is done has its word; a row takes its own word,
 * if it has one, else its change's. Every step is written before the next act, so whatever is found after a crash says
 * what is left to do.
 *
 * A method that says "Hot" is called for every row. It is given what the caller knows and reads nothing of that back; the
 * ledger gathers what waits into one transaction, in which the lease is checked once.
 */

import type { AccountsLedger } from "./accounts.ts";
import type { AlarmsLedger } from "./alarms.ts";
import type { AuditLedger, NewAuditEntry } from "./audit.ts";
import type { BalanceLedger } from "./balance.ts";
import type { BanksLedger } from "./banks.ts";
import type { ChangesLedger } from "./changes.ts";
import type { ChunksLedger } from "./chunks.ts";
import type { ControlsLedger } from "./controls.ts";
import type { FactsLedger } from "./facts.ts";
import type { FilesLedger } from "./files.ts";
import type { FilingsLedger } from "./filings.ts";
import type { GuardsLedger } from "./guards.ts";
import type { IntegrityLedger } from "./integrity.ts";
import type { JobsLedger } from "./jobs.ts";
import type { LeasesLedger } from "./leases.ts";
import type { LineageLedger } from "./lineage.ts";
import type { OperationsLedger } from "./operations.ts";
import type { OwnIdsLedger } from "./own-ids.ts";
import type { PaceLedger } from "./pace.ts";
import type { RetentionLedger } from "./retention.ts";
import type { RowsLedger } from "./rows.ts";
import type { Lease } from "./run.ts";
import type { RunsLedger } from "./runs.ts";
import type { SchedulesLedger } from "./schedules.ts";
import type { SelectionLedger } from "./selection.ts";
import type { SnapshotsLedger } from "./snapshots.ts";
import type { TiedOutLedger } from "./tied-out.ts";
import type { UserTimesLedger } from "./user-times.ts";

export type * from "./accounts.ts";
export type * from "./alarms.ts";
export type * from "./audit.ts";
export type * from "./balance.ts";
export type * from "./banks.ts";
export type * from "./changes.ts";
export type * from "./chunks.ts";
export type * from "./claims.ts";
export type * from "./controls.ts";
export type * from "./facts.ts";
export type * from "./fetching.ts";
export type * from "./files.ts";
export type * from "./filings.ts";
export type * from "./finds.ts";
export type * from "./folds.ts";
export type * from "./guards.ts";
export type * from "./integrity.ts";
export type * from "./jobs.ts";
export type * from "./known-runs.ts";
export type * from "./leases.ts";
export type * from "./lineage.ts";
export type * from "./near.ts";
export type * from "./operations.ts";
export type * from "./own-ids.ts";
export type * from "./pace.ts";
export type * from "./page.ts";
export type * from "./plans.ts";
export type * from "./retention.ts";
export type * from "./rows.ts";
export type * from "./rows-of-account.ts";
export type * from "./runs.ts";
export type * from "./schedules.ts";
export type * from "./selection.ts";
export type * from "./snapshots.ts";
export type * from "./stored-change.ts";
export type * from "./tied-out.ts";
export type * from "./user-times.ts";

export interface Ledger extends AsyncDisposable {
  /** The ledger's own clock, which is that of all who use it: wall-clock milliseconds. */
  nowMs(): number;
  /** What it takes on its disk, as far as the database says. */
  sizeBytes(): Promise<number>;
  /** How long a lease holds that is not renewed, in milliseconds. */
  readonly leaseMs: number;
  /**
   * The same ledger for one holder of a lease: every write rejects with FatalError `lease_lost`, and changes nothing,
   * once the lease is another's. Closing it closes nothing.
   */
  fencedBy(lease: () => Lease): Ledger;
  /**
   * The same ledger, where each write also adds this entry to the audit trail, in one transaction: whichever is on disk, both are. For
   * methods that write once, and are not hot.
   */
  audited(entry: NewAuditEntry): Ledger;
  /** Resolves once everything that was to be written before is on disk, or has failed. */
  flush(): Promise<void>;
  /** The ledger as it is committed now, however long it is read. Every write rejects. */
  openSnapshot(): Promise<Ledger>;
  readonly banks: BanksLedger;
  readonly runs: RunsLedger;
  readonly files: FilesLedger;
  readonly filings: FilingsLedger;
  readonly jobs: JobsLedger;
  readonly rows: RowsLedger;
  readonly changes: ChangesLedger;
  readonly guards: GuardsLedger;
  readonly selection: SelectionLedger;
  readonly operations: OperationsLedger;
  readonly accounts: AccountsLedger;
  readonly facts: FactsLedger;
  readonly ownIds: OwnIdsLedger;
  readonly userTimes: UserTimesLedger;
  readonly balance: BalanceLedger;
  readonly leases: LeasesLedger;
  readonly audit: AuditLedger;
  readonly controls: ControlsLedger;
  readonly lineage: LineageLedger;
  readonly alarms: AlarmsLedger;
  readonly retention: RetentionLedger;
  readonly integrity: IntegrityLedger;
  readonly schedules: SchedulesLedger;
  readonly tiedOut: TiedOutLedger;
  readonly snapshots: SnapshotsLedger;
  /** Null where one process at a time works on a run. */
  readonly pace: PaceLedger | null;
  /** Null where all work on a run is done by one process. */
  readonly chunks: ChunksLedger | null;
}
