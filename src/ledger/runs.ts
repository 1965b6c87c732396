/**
 * What the ledger keeps of runs: how each began, how far it is and how it ended.
 */
import type { TimedCalls } from "../bank/call-times.ts";
import type { ExitCode } from "../errors/exit-codes.ts";
import type { Rejection } from "../errors/rejection.ts";
import type { ProductCounts } from "../plan/operation.ts";
import type { Reading } from "../read/reading.ts";
import type { Calls } from "../report/calls.ts";
import type { Fetching } from "./fetching.ts";
import type { SeenFile } from "./files.ts";
import type { KnownRunsLedger } from "./known-runs.ts";
import type { BankName, LookUpProof, NewRun, Run, Stage } from "./run.ts";

/** What comes to be known of a run on its way. */
export interface RunProgress {
  readonly reading?: Reading;
  readonly rows?: number;
  /** The sum over its keys, as they were read. */
  readonly keysIn?: string;
  readonly stage?: Stage;
  readonly proof?: LookUpProof;
  readonly planHash?: string;
  readonly products?: ProductCounts;
  /** Null as a process begins to ask the bank; as it ends in order, what it has called, which is added to the calls of the others. */
  readonly calls?: Calls | null;
  /** When these were, and how long they took; added to those of the others. */
  readonly times?: readonly TimedCalls[];
  /** What the file itself, or its manifest, says its sequence is. */
  readonly sequence?: string;
  /** The run whose file this one takes the place of. */
  readonly corrects?: Run;
  /** Its name speaks of a batch, and yet it is none; files that were taken in its place are as if they had never been seen. */
  readonly batch?: null;
  /** Whether only `resume` and `abandon` may go on with the run. Changes nothing once it has ended. */
  readonly waiting?: boolean;
  readonly abandoned?: string;
  /** What the run fetches, as it was decided. */
  readonly fetching?: Fetching;
  /** The accounts that were sent first are as they should be. */
  readonly canary?: null;
}

/** How a run begins, goes on and ends; with how it is found. */
export interface RunsLedger extends KnownRunsLedger {
  /** `seen` are the objects of the run's place that are taken by it, recorded in the same transaction. */
  open(bank: BankName, run: NewRun, seen?: readonly SeenFile[]): Promise<Run>;
  /** What has come to be known of the run; what is not given stays. */
  record(run: Run, progress: RunProgress): Promise<void>;
  /** By lane, measure and `ms`; none where calls were not timed yet. */
  readCallTimes(run: Run): Promise<readonly TimedCalls[]>;
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
