/**
 * RunContext: everything from outside that a run works with.
 */

import type { OwnIdKind } from "../account.ts";
import type { BankApi } from "../bank/bank-api.ts";
import type { Clock } from "../clock.ts";
import type { Job } from "../job.ts";
import type { Actor } from "../ledger/audit.ts";
import type { Ledger } from "../ledger/ledger.ts";
import type { BankName, Client, RunKind } from "../ledger/run.ts";
import type { Log } from "../log.ts";
import type { Progress } from "../report/progress.ts";
import type { FileStore, StorePlace } from "../store/file-store.ts";
import type { Spread } from "./ranges.ts";

export interface RunContext {
  /** Within a run with what the job says of the source of its file. */
  readonly job: Job;
  /** Whether it runs against a stand-in for the bank, on a ledger that is thrown away. */
  readonly isRehearsal?: boolean;
  /** The job file, absolute. */
  readonly jobPath: string;
  /** Identifies the job file wherever its folder is moved to; the path itself when not given. */
  readonly jobMark?: string;
  readonly bankName: BankName;
  /** Undefined for a start that does not use the bank. */
  readonly client?: Client;
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly random: () => number;
  /** Makes the id of a new run. */
  readonly newRunId: () => string;
  readonly log: Log;
  readonly progress: Progress;
  /** Which of how many files of its start the run's is; the only one when not given. */
  readonly among?: { readonly no: number; readonly of: number };
  /** Private folder for working copies, beside the ledger. */
  readonly workFolder: string;
  /** Opens the bank's client once, with the least scopes that the run needs. */
  readonly openBank: (kind: RunKind, ownIds?: readonly OwnIdKind[]) => BankApi;
  readonly openStore: (place: StorePlace) => Promise<FileStore>;
  /** Whether people may steer its runs while they work; see steer-run.ts. */
  readonly isSteered?: boolean;
  /** Works on all changes of a phase; all by this process when not given. */
  readonly spread?: Spread;
  /** Who works with it, for the audit trail. */
  readonly actor: Actor;
  /** Names this process in leases. */
  readonly owner: string;
  /** When runs are to stop, in wall-clock milliseconds; null for never, and as the job says when not given. */
  readonly stopAtMs?: number | null;
  /** Called when an alarm of the job was raised or cleared, so that somebody may have to be told. */
  readonly onAlarm?: () => void;
  /** Aborted when the run must stop: nothing new begins. */
  readonly signal: AbortSignal;
}
