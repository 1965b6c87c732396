/**
 * RunContext: everything from outside that a run works with, and Stop, the reason for which one ends before its end.
 */

import type { OwnIdKind } from "../account.ts";
import type { BankApi } from "../bank/bank-api.ts";
import type { Clock } from "../clock.ts";
import { CODES } from "../errors/codes/registry.ts";
import type { ExitCode } from "../errors/exit-codes.ts";
import type { Issue } from "../errors/issue.ts";
import type { Job } from "../job.ts";
import type { Ledger } from "../ledger/ledger.ts";
import type { BankName, Client, Lease, RunKind } from "../ledger/run.ts";
import type { Log } from "../log.ts";
import type { Progress } from "../report/progress.ts";
import type { FileStore, StorePlace } from "../store/file-store.ts";
import { counted } from "../text/counted.ts";
import type { Facts } from "./facts.ts";
import type { OwnIds } from "./own-ids.ts";

export interface RunContext {
  readonly job: Job;
  /** Whether a stand-in takes the bank's place, and the ledger is thrown away. */
  readonly isRehearsal?: boolean;
  /** The job file, absolute. */
  readonly jobPath: string;
  /** What tells the job file from another one wherever its folder is moved to; the path itself when not given. */
  readonly jobMark?: string;
  readonly bankName: BankName;
  /** Undefined for a start that asks nothing of the bank. */
  readonly client?: Client;
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly random: () => number;
  /** Makes the id of a new run. */
  readonly newRunId: () => string;
  readonly log: Log;
  readonly progress: Progress;
  /** Private folder for working copies, beside the ledger. */
  readonly workFolder: string;
  /** Opens the bank's client once, with the least scopes that the run needs. */
  readonly openBank: (kind: RunKind, ownIds?: readonly OwnIdKind[]) => BankApi;
  readonly openStore: (place: StorePlace) => Promise<FileStore>;
  /** Names this process in leases. */
  readonly owner: string;
  /** Aborted when the run is to stop: nothing new begins. */
  readonly signal: AbortSignal;
}

/** What a phase needs beside the context: the bank and what is known of it, and the lease under which it sends. */
export interface Hands {
  readonly bank: BankApi;
  readonly facts: Facts;
  readonly ownIds: OwnIds;
  /** The lease as last renewed; none for a plan, which sends nothing. */
  readonly lease: () => Lease | null;
  /** Changes up to this row are worked on (`--limit`). */
  readonly maxChange: number;
  /** Whether an earlier process has begun on the run. */
  readonly isResumed: boolean;
}

/** Why a run ends before its end; it can be resumed. */
export interface Stop {
  readonly issue: Issue;
  readonly exit: ExitCode;
  /** A person wants it so: only `resume` and `abandon` go on with the run. */
  readonly byPerson?: true;
}

/** What Ctrl-C aborts with. */
export const PERSON_STOP: Stop = {
  issue: { code: "run_stopped", column: "", message: "the run was stopped by Ctrl-C" },
  exit: 6,
  byPerson: true,
};

/** The stop that a failure of the bank, or a signal, brings; exit 6 unless the code says otherwise. */
export function stopFor(issue: Issue): Stop {
  return { issue, exit: CODES[issue.code].exit ?? 6 };
}

/** The stop that an aborted signal brings: what it was aborted with, or that somebody said so. */
export function stopOf({ reason }: AbortSignal): Stop {
  if (typeof reason === "object" && reason !== null && "issue" in reason) return reason as Stop;
  return stopFor({ code: "run_stopped", column: "", message: "the run was stopped by a signal" });
}

/** Two clocks so far apart are told of; further apart, nothing is sent. */
export const SKEW_TOLD_MS = 5 * 60_000;
const SKEW_BORNE_MS = 15 * 60_000;

/** What keeps a run from sending by the clocks, if anything; `skewMs` is how far the bank's is ahead, null when not known. */
export function issueOfSkew(skewMs: number | null): Issue | null {
  if (skewMs === null || Math.abs(skewMs) <= SKEW_BORNE_MS) return null;
  const minutes = Math.round(Math.abs(skewMs) / 60_000);
  const message = `this machine's clock is ${counted(minutes, "minute")} ${skewMs > 0 ? "behind" : "ahead of"} the bank's`;
  return { code: "clock_skewed", column: "", message };
}

/** Rows and changes handled at a time. */
export const PAGE = 500;
