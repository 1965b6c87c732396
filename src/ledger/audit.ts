/**
 * What the ledger keeps of who did what: the audit trail. It is only added to, and each entry has the hash of the one before, so that a
 * changed, removed or swapped one is found.
 */
import type { RunKind } from "./run.ts";

/** The operating system's user, on which host and with which Tieout. Asserted: the process says so, and nothing proves it. */
export interface Actor {
  readonly user: string;
  readonly host: string;
  readonly version: string;
}

/**
 * The command that was typed; `end` for each time that a run's results were published, or its file was rejected; `first start` where that
 * left files out.
 */
export type AuditAction =
  | RunKind
  | "apply"
  | "rerun"
  | "resume"
  | "abandon"
  | "approve"
  | "accept"
  | "ctl"
  | "move"
  | "schedule pause"
  | "schedule resume"
  | "alarm clear"
  | "ledger name-bank"
  | "ledger copy"
  | "prune"
  | "archive"
  | "first start"
  | "end";

export type AuditDetail = string | number | boolean | null | readonly (string | number)[];

export interface NewAuditEntry {
  readonly actor: Actor;
  /** Wall-clock milliseconds. */
  readonly atMs: number;
  readonly action: AuditAction;
  readonly job: string | null;
  /** The run's id. */
  readonly run: string | null;
  /** Of the job's settings; see run/job-sha256.ts. */
  readonly jobSha256: string | null;
  readonly planHash: string | null;
  /** The person's own words. */
  readonly reason: string | null;
  /** What else is to be known of it. Never a secret or a cell. */
  readonly details: Readonly<Record<string, AuditDetail>>;
}

/** The last entry; it stands for all before it. */
export interface AuditHead {
  readonly no: number;
  readonly hash: string;
}

export interface AuditEntry extends Omit<NewAuditEntry, "details">, AuditHead {
  /** Counts from 1, without gaps. */
  readonly no: number;
  /** As JSON text. */
  readonly details: string;
  /** The hash of the entry before; "" for the first. */
  readonly beforeHash: string;
}

/** The head as a run's published summary has it. */
export interface PublishedHead extends AuditHead {
  readonly run: string;
}

export interface AuditLedger {
  /** For what is no write of its own; see Ledger.audited for the rest. */
  record(entry: NewAuditEntry): Promise<void>;
  /** As it was when the last entry was added, whatever the entries are now. Null while there is none. */
  findHead(): Promise<AuditHead | null>;
  /** In order, those after number `after`. */
  list(after: number, limit: number): Promise<readonly AuditEntry[]>;
  /** The latest ones, the latest last; of one run, by its id, or of all. */
  listLatest(limit: number, run: string | null): Promise<readonly AuditEntry[]>;
  /** Heads in the last summaries of runs, for runs after number `after`; with the number of the last run that was read, none at the end. */
  listPublished(after: number, limit: number): Promise<{ heads: readonly PublishedHead[]; last: number | null }>;
}
