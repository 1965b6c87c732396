/**
 * Which job file each job name belongs to.
 */
import type { BankName } from "./run.ts";

/** A job file: where it is, and a mark that it keeps when its folder moves. */
export interface JobFile {
  readonly path: string;
  readonly mark: string;
}

export interface JobsLedger {
  find(bank: BankName, job: string): Promise<JobFile | undefined>;
  /** Keeps the job's name for that file, unless another mark has it. Resolves with the file that has the name. */
  keep(bank: BankName, job: string, file: JobFile): Promise<JobFile>;
  /** Gives the job's name to that file, whichever had it. */
  move(bank: BankName, job: string, file: JobFile): Promise<void>;
}
