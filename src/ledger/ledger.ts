/**
 * Ledger: the durable record of runs, rows, changes, operations and account links, and the only hand-over between the
 * stages. What a method resolves with is on disk; methods of one tick may share a transaction.
 *
 * A change goes `read → found → planned → done`, an operation `planned → sending → applied | refused | failed | unknown`,
 * or `skipped` when an earlier one of its change stopped. A change that is done has its word; a row takes its own word,
 * if it has one, else its change's. Every step is written before the next act, so whatever is found after a crash says
 * what is left to do.
 */

import type { Code } from "../errors/codes/registry.ts";
import type { ExitCode } from "../errors/exit-codes.ts";
import type { Issue } from "../errors/issue.ts";
import type { Rejection } from "../errors/rejection.ts";
import type { Word } from "../errors/words.ts";
import type { Kept } from "../plan/diff/kept.ts";
import type { GuardKind } from "../plan/operation.ts";
import type { ParsedRow, Provenance } from "../read/change.ts";
import type { CsvRow } from "../read/csv-row.ts";
import type { Reading } from "../read/reading.ts";
import type { BanksLedger } from "./banks.ts";
import type { FilesLedger, JobsLedger, SeenFile, TakenFile } from "./files.ts";
import type { LeasesLedger } from "./leases.ts";
import type { OwnIdsLedger } from "./own-ids.ts";
import type { BankName, Lease, LookUpProof, NewRun, Run, Stage } from "./run.ts";
import type {
  AccountMemory,
  Balance,
  ChangeOfRow,
  ChangeToApply,
  FoldStep,
  NearId,
  Outcome,
  PlannedChange,
  StoredChange,
  StoredResult,
  Verdict,
} from "./stored.ts";

export type * from "./banks.ts";
export type * from "./files.ts";
export type * from "./leases.ts";
export type * from "./own-ids.ts";
export type * from "./stored.ts";

/** A page of a walk in order of `change` or `row`: those above `after`, at most `limit`. */
export interface Page {
  readonly after: number;
  readonly limit: number;
}

export interface RunsLedger {
  /** `seen` are the objects of the run's place that are taken by it, recorded in the same transaction. */
  open(bank: BankName, run: NewRun, seen?: readonly SeenFile[]): Promise<Run>;
  /** By whole id, by an unambiguous beginning of one, or `last`; none when there is no such run. */
  find(id: string): Promise<Run | undefined>;
  /**
   * The latest run of kind `run`, not a re-run of rows, whose file was like that and was taken: one that was rejected for
   * what can come right was not.
   */
  findTaken(bank: BankName, job: string, like: TakenFile): Promise<Run | undefined>;
  /** The sequence of the file that the job took last before this run; `--again`, rejected ones and corrections apart. */
  findLastSequence(run: Run): Promise<string | undefined>;
  /** The job's other runs of the run's batch, in the order they began; of those that took their file, as `findTaken` says. */
  listVersions(run: Run): Promise<readonly Run[]>;
  /** Whether the run of that number has read another version of this run's batch, or repaired rows of one. */
  isOtherVersion(run: Run, other: number): Promise<boolean>;
  /**
   * Runs of kind `run` that have work left, of one job or of all (null), oldest first: not ended, or ended with a change
   * that is open or unknown, whatever the run itself says.
   */
  listUnfinished(bank: BankName, job: string | null): Promise<readonly Run[]>;
  /** Latest first. */
  list(limit: number): Promise<readonly Run[]>;
  /**
   * Whether a line end closed the last file of the job's source before this one; undefined when there was none. One whose
   * last row is held for that says nothing, until a person has accepted it.
   */
  findLineEnd(run: Run): Promise<boolean | undefined>;
  recordReading(run: Run, reading: Reading): Promise<void>;
  recordRowCount(run: Run, rows: number): Promise<void>;
  recordStage(run: Run, stage: Stage): Promise<void>;
  recordProof(run: Run, proof: LookUpProof): Promise<void>;
  /** What the file itself, or its manifest, says its sequence is. */
  recordSequence(run: Run, sequence: string): Promise<void>;
  /** The file takes the place of the one that `of` has read. */
  recordCorrection(run: Run, of: Run): Promise<void>;
  /** Its name speaks of a batch, and yet it is none; files that were taken in its place are as if they had never been seen. */
  recordNoBatch(run: Run): Promise<void>;
  /** Whether only `resume` and `abandon` may go on with the run. Changes nothing once it has ended. */
  recordWaiting(run: Run, waits: boolean): Promise<void>;
  recordAbandoned(run: Run, reason: string): Promise<void>;
  /** Ends the run: nothing of the file is acted on. A rejection that can come right lets the file be taken again. */
  recordRejection(run: Run, rejection: Rejection, exit: ExitCode, atMs: number): Promise<void>;
  /** Counts the next publication, before its files are written; resolves with its number from 1. */
  openPublication(run: Run): Promise<number>;
  /** `final` ends the run. Changes nothing when the ending of a later publication is recorded. */
  recordPublication(
    run: Run,
    published: { number: number; summary: string; exit: ExitCode; final: boolean; atMs: number },
  ): Promise<void>;
}

export interface RowsLedger {
  /**
   * Stores rows, and the change of each desired one: a first row of a key begins a change, further ones join it.
   * Rows that are there already are left, so that reading can begin again after a crash.
   */
  recordRows(run: Run, rows: readonly ParsedRow[]): Promise<void>;
  /** Rows that name their account by client_account_id alone become invalid with this issue; before they are folded. */
  refuseClientKeys(run: Run, issue: Issue): Promise<void>;
  /**
   * Rows whose word is one of these, and that have one of these codes if any is given, in order, with the issues of those
   * without cells. For `rerun`.
   */
  readRows(
    run: Run,
    words: readonly Word[],
    page: Page,
    codes?: readonly Code[],
  ): Promise<readonly { source: CsvRow; issues: readonly Issue[]; provenance: Provenance | null }[]>;
  /** Those of these rows that the run has, with what was wrong with each. For rows that are fed in again. */
  readOrigins(run: Run, rows: readonly number[]): Promise<readonly { source: CsvRow; issues: readonly Issue[] }[]>;
  readResults(run: Run, page: Page): Promise<readonly StoredResult[]>;
  /** None for a row that never became part of a change. */
  readChangeOf(run: Run, row: number): Promise<ChangeOfRow | undefined>;
}

export interface ChangesLedger {
  /** Changes of several rows that are not folded yet, and how many rows each has. */
  readToFold(run: Run, page: Page): Promise<readonly { change: number; rows: number }[]>;
  readRowsOf(run: Run, change: number, page: Page): Promise<readonly CsvRow[]>;
  /** How many different moments the rows of a change have in the cell at this place. */
  countInstants(run: Run, change: number, at: number): Promise<number>;
  /** In this order, so that a change counts as folded only once its superseded rows are recorded. */
  recordFolds(run: Run, steps: readonly FoldStep[]): Promise<void>;
  /** Finds what the ledger can: changes with an account_id, and those whose client_account_id has a link. Up to `maxChange`. */
  findByLedger(run: Run, maxChange: number): Promise<void>;
  /** Changes the ledger could not find. */
  readToFind(run: Run, page: Page, maxChange: number): Promise<readonly StoredChange[]>;
  recordFound(
    run: Run,
    found: readonly { change: number; accountId: string | null; verdict: Verdict | null }[],
  ): Promise<void>;
  /**
   * Joins found changes that turned out to be of one account, under the lowest number. Resolves with how many changes
   * are to be folded now, those included that were joined before a crash; none of them may be planned before that.
   */
  joinByAccount(run: Run): Promise<number>;
  readToPlan(run: Run, page: Page, maxChange: number): Promise<readonly StoredChange[]>;
  /** Some accounts that the run's file names by id. */
  listNamed(run: Run, limit: number): Promise<readonly string[]>;
  /** The key of the first found change that has no account, up to `maxChange`; none when each has one. */
  findUnlinked(run: Run, maxChange: number): Promise<string | undefined>;
  /** Makes the client_account_ids of the run's rows comparable for `findNear`, once accounts are found. Can be repeated. */
  recordNear(run: Run): Promise<void>;
  /** A link of the bank, or another change of the run, whose client_account_id is near (near-id.ts) to this one of a change. */
  findNear(run: Run, change: number, clientAccountId: string): Promise<NearId | undefined>;
  /**
   * Replaces what of an earlier plan was not sent; of what was sent nothing may be open. Steps go on after those that are
   * kept, and so must those of `operations`. An `accountId` of null leaves what is known.
   */
  recordPlans(run: Run, plans: readonly PlannedChange[]): Promise<void>;
  /** Every operation of the run but the skipped ones; a patch that clears documents counts as both. */
  countOperations(run: Run): Promise<Readonly<Record<GuardKind, number>>>;
  /** What is left to do: changes by state, up to `maxChange` if given, and operations of planned ones that are not applied. */
  countOpen(
    run: Run,
    maxChange?: number,
  ): Promise<{ readonly read: number; readonly found: number; readonly planned: number; readonly operations: number }>;
  /** Every planned change that has an operation of one of these kinds, nothing of it sent yet, is done as `verdict`. */
  closePlanned(run: Run, kinds: readonly GuardKind[], verdict: Verdict, atMs: number): Promise<number>;
  /** Every open change of which nothing is in doubt is done as `verdict`. */
  closeOpen(run: Run, verdict: Verdict, atMs: number): Promise<void>;
  /** Planned changes with their operations, up to `maxChange` if given. */
  readToApply(run: Run, page: Page, maxChange?: number): Promise<readonly ChangeToApply[]>;
  /** What one change is to be planned again from. */
  readStored(run: Run, change: number): Promise<StoredChange>;
  /** Counts that a process begins on the change; `recordDone` and `recordLeft` take back every count. */
  recordBegun(run: Run, change: number): Promise<void>;
  /** Takes one count of `recordBegun` back: the process only waits with the change, and is not at work on it. */
  recordResting(run: Run, change: number): Promise<void>;
  /** A process leaves the change open and well, to be taken up later. */
  recordLeft(run: Run, change: number): Promise<void>;
  /** Ends the change, skips what it has not sent, and gives up its claim unless the word is `unknown`. */
  recordDone(run: Run, change: number, verdict: Verdict, atMs: number): Promise<void>;
  /**
   * Makes done changes with unknown operations open again, so that they are settled. A run that has open changes, and
   * stood behind the phase that works on them, then stands there again. Resolves with how many were unknown.
   */
  reopenUnknown(run: Run): Promise<number>;
}

export interface OperationsLedger {
  /** The generation that the next operation of each name takes, all of changes with that key; 0 for a new name. */
  readGenerations(bank: BankName, changeKey: string, names: readonly string[]): Promise<readonly number[]>;
  /**
   * Intent before act: durable before a byte leaves. Rejects with FatalError `lease_lost` under an old lease, and when
   * the change no longer holds the claim of its account.
   */
  recordSending(
    run: Run,
    lease: Lease,
    change: number,
    step: number,
    at: { readonly ourMs: number; readonly bankMs: number | null },
    /** A later generation of the key, after the bank did not process an attempt (429); none keeps the stored one. */
    renewed?: { readonly generation: number; readonly key: string },
  ): Promise<void>;
  /**
   * What became of one attempt. A definite end without a doubt ends the generation of `name`. A create that applied
   * stores the link of its client_account_id in the same transaction. Every end counts as a touch of the account.
   * `end`, if given, is the end of the change, recorded in the same transaction as `recordDone` does.
   * Rejects with `lease_lost` when another process has settled the operation.
   */
  recordOutcome(run: Run, change: number, step: number, name: string, outcome: Outcome, end?: Verdict): Promise<void>;
  /**
   * What was in doubt has certainly not taken effect: the operation is planned again, under the next generation of its
   * key. Rejects with `lease_lost` when another process has settled it.
   */
  recordAbsent(
    run: Run,
    change: number,
    step: number,
    name: string,
    next: { generation: number; key: string },
  ): Promise<void>;
}

export interface AccountsLedger {
  readLink(bank: BankName, clientAccountId: string): Promise<string | undefined>;
  /** Whether the account is known under another client_account_id than this. */
  isLinkedOtherwise(bank: BankName, accountId: string, clientAccountId: string): Promise<boolean>;
  /** Links of the bank, in order: its oldest and its latest, at most `limit` of each. Accounts known to exist. */
  listLinks(bank: BankName, limit: number): Promise<readonly { clientAccountId: string; accountId: string }[]>;
  recordLinks(bank: BankName, links: readonly { clientAccountId: string; accountId: string }[]): Promise<void>;
  readMemory(bank: BankName, identities: readonly string[]): Promise<readonly AccountMemory[]>;
  /** What the bank is known to keep of an account otherwise than it was sent. */
  readKept(bank: BankName, accountId: string): Promise<readonly Kept[]>;
  /**
   * Claims the account of a change for the run, before anything of it is sent. `drifted`: another run has touched it
   * since it was planned, so it is to be planned again. `busy`: a run whose lease lives, or which has it in doubt, holds
   * it; `isAtWork` when its change is not done and its lease lives, so that it will give the account up on its own.
   */
  claim(
    run: Run,
    change: number,
    nowMs: number,
  ): Promise<{ kind: "claimed" | "drifted" } | { kind: "busy"; run: string; isAtWork: boolean }>;
  /** The run stops: it gives up every account of which it has nothing in doubt. */
  releaseClaims(run: Run): Promise<void>;
}

/** What the bank said of entities, applications and own ids, as one run has seen it: JSON text by name, null for none. */
export interface FactsLedger {
  /** `undefined` for what the run has not asked yet. */
  read(run: Run, id: string): Promise<string | null | undefined>;
  record(run: Run, id: string, fact: string | null): Promise<void>;
}

export interface BalanceLedger {
  read(run: Run): Promise<Balance>;
  recordKeysIn(run: Run, sum: string): Promise<void>;
}

export interface Ledger extends AsyncDisposable {
  /**
   * The same ledger for one holder of a lease: every write rejects with FatalError `lease_lost`, and changes nothing,
   * once the lease is another's. Closing it closes nothing.
   */
  fencedBy(lease: () => Lease): Ledger;
  /** Resolves once all that was asked to be written before is on disk, or has failed. */
  flush(): Promise<void>;
  /** All as it is committed at this moment, however long it is read. Every write rejects. */
  openSnapshot(): Promise<Ledger>;
  readonly banks: BanksLedger;
  readonly runs: RunsLedger;
  readonly files: FilesLedger;
  readonly jobs: JobsLedger;
  readonly rows: RowsLedger;
  readonly changes: ChangesLedger;
  readonly operations: OperationsLedger;
  readonly accounts: AccountsLedger;
  readonly facts: FactsLedger;
  readonly ownIds: OwnIdsLedger;
  readonly balance: BalanceLedger;
  readonly leases: LeasesLedger;
}
