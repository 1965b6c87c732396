/**
 * What the ledger keeps of a job's schedule: whether it is paused, and how far its expected files have been looked at.
 */
import type { BankName } from "./run.ts";

/** No start of the job begins by the schedule until a person resumes it. */
export interface SchedulePause {
  /** Wall-clock milliseconds. */
  readonly atMs: number;
  /** The exit code of the start that ended badly; null when a person has paused it. */
  readonly exit: number | null;
  readonly reason: string;
  /** The operating system's user whose process it was. */
  readonly user: string;
}

/** Times are wall-clock milliseconds. */
export interface ExpectedLook {
  /** Of the first look; nothing was expected before. */
  readonly sinceMs: number;
  readonly lastMs: number;
}

export interface SchedulesLedger {
  findPause(bank: BankName, job: string): Promise<SchedulePause | undefined>;
  /** False when it is paused already: the first pause stays. */
  pause(bank: BankName, job: string, pause: SchedulePause): Promise<boolean>;
  /** Changes nothing when it is not paused. */
  resume(bank: BankName, job: string): Promise<void>;
  findLook(bank: BankName, job: string): Promise<ExpectedLook | undefined>;
  /** A look at that time; an earlier one than the last changes nothing. */
  recordLook(bank: BankName, job: string, atMs: number): Promise<void>;
}
