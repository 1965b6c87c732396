/**
 * Run: one file going once through the stages, as the ledger keeps it.
 */
import type { Batch } from "../batch.ts";
import type { Code } from "../errors/codes/codes.ts";
import type { ExitCode } from "../errors/exit-codes.ts";
import type { Rejection } from "../errors/rejection.ts";
import type { ProductCounts } from "../plan/operation.ts";
import type { Selection } from "../plan/selection.ts";
import type { Reading } from "../read/reading.ts";
import type { RunCalls } from "../report/calls.ts";
import type { SourceFile } from "../store/file-store.ts";
import type { Actor } from "./audit.ts";
import type { Fetching } from "./fetching.ts";

/**
 * A bank is the pair; links, files, keys and claims in the ledger belong to one. Credentials are given per program, and
 * change; the program stays. Where nobody gives it, it is the client id.
 */
export interface BankName {
  readonly apiUrl: string;
  readonly program: string;
}

export function isSameBank(one: BankName, other: BankName): boolean {
  return one.apiUrl === other.apiUrl && one.program === other.program;
}

/** The client id that a start works with, and whether the program was given rather than taken from the client id. */
export interface Client {
  readonly id: string;
  readonly isNamed: boolean;
}

/**
 * `plan` stops before anything is sent, `validate` before the bank is asked; neither is ever resumed, nor counts as
 * "already run".
 */
export const RUN_KINDS = ["run", "plan", "validate"] as const;
export type RunKind = (typeof RUN_KINDS)[number];

/** The phase that comes next; `ended` once the final results are out, or the file was rejected. */
export type Stage = "read" | "plan" | "guard" | "apply" | "report" | "ended";

/**
 * Whether the bank's look-up has shown in this run that it finds an account known to exist. `missed`: it was tried on such
 * accounts, and found none. `alone`: no account is known, so the first create is to go alone and be looked up.
 */
export type LookUpProof = "open" | "proven" | "missed" | "unproven" | "alone";

export interface NewRun {
  readonly id: string;
  readonly kind: RunKind;
  readonly job: string;
  /** The job file's path, so that `resume`, `rerun` and `report` find it again. */
  readonly jobPath: string;
  readonly file: SourceFile;
  /** Whether the operator named the file (`--file`), rather than the job's source. */
  readonly byName: boolean;
  readonly rerunOf: string | null;
  /** The plan whose calls it makes. */
  readonly planOf: string | null;
  /** The run whose snapshot lacks the accounts that it works on; none for most. */
  readonly absentOf?: string;
  /** Of the job's settings that decide what is sent; null for a run of an earlier version. */
  readonly settingsSha256: string | null;
  /** Codes of held rows that a person accepts: no row of the run is held for them. */
  readonly accepts: readonly Code[];
  /** The rows that a person wants of it; all when not given. */
  readonly selection?: Selection;
  /** How many accounts are sent first and compared, while that is still to be done; none when not given. */
  readonly canary?: number;
  /** Columns of a repaired file that may be edited though nothing was wrong with them; none when not given. */
  readonly allowEdit?: readonly string[];
  /** The operator's reason for running a known file again, or for what is accepted. */
  readonly reason: string | null;
  /** Whether it was begun with a ledger that does not know earlier runs, so that only look-ups can be trusted. */
  readonly withoutLedger: boolean;
  readonly startedAtMs: number;
  /** Who began it; null for a run of before that was kept. */
  readonly actor: Actor | null;
}

/** Times are wall-clock milliseconds. `no` counts the ledger's runs from 1, in the order they began. */
export interface Run extends NewRun {
  readonly no: number;
  readonly bank: BankName;
  /** The bank's first name, which the names of its operations are made of, however it is called now. */
  readonly keyName: string;
  /** What the file's name says of it; null for most. A re-run has that of the file its rows are from. */
  readonly batch: Batch | null;
  /** The run of an earlier version of the batch, which this file takes the place of. */
  readonly corrects: string | null;
  readonly stage: Stage;
  readonly reading: Reading | null;
  readonly proof: LookUpProof;
  /** Of a plan over every row of its file, and of the run that applies it: SHA-256 over all that it would send. */
  readonly planHash: string | null;
  /** What it fetches of what was tied out before; not there where that was not decided. */
  readonly fetching?: Fetching;
  /** Its operations by kind and product, as guarded; null where they were not counted. */
  readonly products: ProductCounts | null;
  readonly rejection: Rejection | null;
  /** Rows in the ledger once the file has been read. */
  readonly rows: number;
  /** Null for a run that began before calls were counted. */
  readonly calls: RunCalls | null;
  /** How often results have been published. */
  readonly publications: number;
  /** A person has stopped it (Ctrl-C, `--limit`): only `resume` and `abandon` continue it. */
  readonly waiting: boolean;
  /** Whether it has ever waited for a person: what it still has to send may be older than later runs. */
  readonly hasWaited: boolean;
  /** Why a person gave up the rest of it; null for most. Operations in doubt are still settled; nothing more is sent. */
  readonly abandoned: string | null;
  readonly exit: ExitCode | null;
  readonly endedAtMs: number | null;
  /** The last summary that was published, as JSON text. */
  readonly summary: string | null;
  /** When values of its rows began to be taken out of the ledger; null while all are there. */
  readonly prunedAtMs: number | null;
}

export interface Lease {
  readonly name: string;
  readonly owner: string;
  /** Rises with each new owner; a write under an old one is refused. */
  readonly token: number;
  readonly sinceMs: number;
  readonly untilMs: number;
}

/** The lease under which runs of the job work: one at a time for each bank. A job's name has no spaces. */
export function leaseName(bank: BankName, job: string): string {
  return `${job} ${leaseSuffix(bank)}`;
}

/** The end of the names of all leases of the bank, after the job's name. */
export function leaseSuffix({ apiUrl, program }: BankName): string {
  return `${apiUrl} ${program}`;
}
