/**
 * What the ledger keeps of runs: how each began, how far it is and how it ended.
 */
import type { ExitCode } from "../errors/exit-codes.ts";
import type { Rejection } from "../errors/rejection.ts";
import type { Reading } from "../read/reading.ts";
import type { SeenFile, TakenFile } from "./files.ts";
import type { BankName, LookUpProof, NewRun, Run, Stage } from "./run.ts";

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
