/**
 * How runs are found: by id, by the file that they took, by their batch, and those with work left.
 */
import type { ExitCode } from "../errors/exit-codes.ts";
import type { FileTest, TakenFile } from "./files.ts";
import type { BankName, Run } from "./run.ts";

/** Which runs are listed; all when nothing is given. */
export interface RunsWanted {
  readonly job?: string;
  /** Begun since then, in wall-clock milliseconds. */
  readonly sinceMs?: number;
  /** Only those that have not ended, or ended with another exit code than 0. */
  readonly failed?: boolean;
}

export interface KnownRunsLedger {
  /** By whole id, by an unambiguous beginning of one, or `last`; none when there is no such run. */
  find(id: string): Promise<Run | undefined>;
  /**
   * The latest run of kind `run`, not a re-run of rows, whose file was like that and was taken: one that was rejected for
   * what can come right was not.
   */
  findTaken(bank: BankName, job: string, like: TakenFile): Promise<Run | undefined>;
  /** The run that applies the plan, or has applied it. */
  findApplied(plan: Run): Promise<Run | undefined>;
  /** The sequence of the file that the job took last before this run; `--again`, rejected ones and corrections apart. */
  findLastSequence(run: Run, isAlike?: FileTest): Promise<string | undefined>;
  /** The job's other runs of the run's batch, in the order they began; of those that took their file, as `findTaken` says. */
  listVersions(run: Run): Promise<readonly Run[]>;
  /** The run of that number, or the one whose rows it has repaired, if that has read another version of a batch of this name. */
  findOtherVersion(run: Run, other: number): Promise<Run | undefined>;
  /**
   * Runs of kind `run` that have work left, of one job or of all (null), oldest first: not ended, or ended with a change
   * that is open or unknown, whatever the run itself says.
   */
  listUnfinished(bank: BankName, job: string | null): Promise<readonly Run[]>;
  /** The job's last runs of whole files before this one, at most `limit`: those that have ended, without rejected files, re-runs and plans. */
  listBefore(run: Run, limit: number, isAlike?: FileTest): Promise<readonly Run[]>;
  /** Runs that may have open rows (LineageLedger), of one bank and job or of all (null), behind number `after`. */
  listUnsettled(
    of: { readonly bank: BankName | null; readonly job: string | null },
    after: number,
    limit: number,
  ): Promise<readonly Run[]>;
  /** The job's last run of kind `run` that has ended, with one of these exit codes when they are given. */
  findLastEnded(bank: BankName, job: string, exits?: readonly ExitCode[]): Promise<Run | undefined>;
  /** Latest first. */
  list(limit: number, wanted?: RunsWanted): Promise<readonly Run[]>;
  /**
   * Whether a line end closed the last file of the job's source before this one; undefined when there was none. One whose
   * last row is held for that says nothing, until a person has accepted it.
   */
  findLineEnd(run: Run, isAlike?: FileTest): Promise<boolean | undefined>;
}
