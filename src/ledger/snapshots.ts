/**
 * What the ledger keeps of snapshots: which accounts each job's snapshots have held, which of them a snapshot lacks, and what came of that.
 */
import type { SnapshotOf } from "../snapshot-settings.ts";
import type { BankName, Run } from "./run.ts";

/** What one row of a snapshot names. Ids as they are in the file, also where they are not valid. */
export interface SnapshotRow {
  readonly row: number;
  /** The value of the scope's column; null where the row has none. */
  readonly scope: string | null;
  readonly accountId: string | null;
  readonly clientAccountId: string | null;
  /** Whether its ids can be read, so that it is known which account it is about. */
  readonly isRead: boolean;
}

/** What a snapshot has, beside those before it. */
export interface SnapshotCounts {
  /** Rows that are kept of it. */
  readonly rows: number;
  /** Accounts in scope that the job's snapshots held last, and those of them that this one lacks. */
  readonly before: number;
  readonly lost: number;
  /** Accounts that a run had deactivated or closed as absent, and that this one holds. */
  readonly back: number;
  /** Rows that cannot be read so far that it is known whose account they are about. */
  readonly unread: number;
  /** Values of the scope's column that the file names. */
  readonly values: number;
  /** Values that earlier snapshots named and this one does not, and their accounts. */
  readonly goneValues: number;
  readonly goneAccounts: number;
}

/**
 * `absent`: to be listed, and acted on where the job says so. `done`: acted on before. `elsewhere`: another job's snapshots hold it.
 * `changed_since`: a run has changed it after the file was written. `unclear`: it is known by its account_id alone, and a row of the file has a
 * client_account_id that is of no known account.
 */
export type AbsentState = (typeof STATES_COUNTED)[number] | "unclear";
/** Those that are counted also where there are none. */
export const STATES_COUNTED = ["absent", "done", "elsewhere", "changed_since"] as const;

/** Rows that can be read and are of no account that the ledger or the bank has shown, by the id that they have. */
export interface Unplaced {
  readonly byAccountId: number;
  readonly byClientId: number;
}

export interface AbsentAccount {
  readonly accountId: string;
  readonly clientAccountId: string | null;
  readonly scope: string | null;
  /** The id of the run whose snapshot held it last; null when none has. */
  readonly lastRun: string | null;
  readonly state: AbsentState;
}

/** What a snapshot came to. */
export interface SnapshotEnd {
  readonly counts: SnapshotCounts;
  readonly states: Readonly<Record<(typeof STATES_COUNTED)[number], number> & { unclear?: number }>;
  /** Why nothing is acted on; null when something is, or nothing is to be. */
  readonly notActed: NotActed | null;
}

export interface NotActed {
  readonly code: "named" | "abandoned" | "rows_unread" | "cut" | "no_values" | "shrunk";
  readonly message: string;
}

export interface KeptSnapshot {
  readonly settings: SnapshotOf;
  /** Null until its file is planned. */
  readonly counts: SnapshotCounts | null;
  /** Null until it is judged. */
  readonly end: SnapshotEnd | null;
}

/** Which of the accounts are marked: as held by this snapshot, and as absent from it. */
export interface SnapshotMarks {
  readonly isMarked: boolean;
  /** When the file was written, in wall-clock milliseconds. */
  readonly writtenAtMs: number;
  /** A row may be of any account whose client_account_id is not known. */
  readonly hasUnplaced?: boolean;
}

export interface SnapshotsLedger {
  /** The run's file is read as a snapshot, by what the job said first. Its listed values count as named. */
  open(run: Run, settings: SnapshotOf): Promise<void>;
  find(run: Run): Promise<KeptSnapshot | undefined>;
  /** Rows that are there stay. */
  recordRows(run: Run, rows: readonly SnapshotRow[]): Promise<void>;
  /** No client_account_id of its rows can be trusted. */
  distrustClientIds(run: Run): Promise<void>;
  /** What a plan has read goes over into the run that applies it. */
  copy(plan: Run, run: Run): Promise<void>;
  /** Counts and keeps that; the second time it gives what is kept. */
  recordCounts(run: Run, settings: SnapshotOf): Promise<SnapshotCounts>;
  /** Of a run whose rows are all planned. */
  countUnplaced(run: Run): Promise<Unplaced>;
  /**
   * Lists the accounts that the snapshot lacks, anew, in parts. Resolves with how many there are of each state; with null, and changes nothing, when
   * what its rows name is no longer kept.
   */
  recordAbsent(run: Run, settings: SnapshotOf, marks: SnapshotMarks): Promise<SnapshotEnd["states"] | null>;
  /** `isOwed`: its absent accounts are to be worked on by a run. */
  recordEnd(run: Run, end: SnapshotEnd, isOwed: boolean): Promise<void>;
  /** In the order of their ids, those after `after`. */
  listAbsent(run: Run, after: string, limit: number, state?: AbsentState): Promise<readonly AbsentAccount[]>;
  /** Whether the job has read a later snapshot, of the same scope or of some of the accounts that this one lacks. */
  isSuperseded(run: Run): Promise<boolean>;
  /** The id of the first run of the job behind number `after` whose absent accounts are still to be worked on by a run. */
  findOwed(bank: BankName, job: string, after: number): Promise<string | undefined>;
  /** Whether absent accounts of the job were acted on last under the same settings, after a person had approved that. */
  isApproved(run: Run, settings: SnapshotOf): Promise<boolean>;
  /** What the run has done to absent accounts of `of` is not done again while they stay absent. `isApproved`: a person has approved such runs. */
  recordDone(run: Run, of: Run, settings: SnapshotOf, isApproved: boolean): Promise<void>;
  /** Other jobs with snapshots at the bank. */
  listOtherJobs(bank: BankName, job: string): Promise<readonly string[]>;
  /** Snapshots that lacked the account, latest first. */
  listOfAccount(bank: BankName, accountId: string, limit: number): Promise<readonly AbsenceOfAccount[]>;
}

export interface AbsenceOfAccount extends AbsentAccount {
  readonly run: string;
  readonly job: string;
}
