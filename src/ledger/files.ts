/**
 * What the ledger keeps of files: which objects a job has taken or skipped, by place and key, and which file is the job's own.
 */
import type { SourceFile, StoredFile } from "../store/file-store.ts";
import type { BankName, Run } from "./run.ts";

/** A member that is not given matches anything. */
export interface TakenFile {
  readonly sha256?: string;
  readonly place?: string;
  readonly key?: string;
  /** A run that came later. */
  readonly before?: Run;
}

/** An object that was skipped, with the SHA-256 of its bytes where they were read. */
export type SeenFile = StoredFile & { readonly sha256?: string };

/** Which keys are meant, where a prefix does not say it all; each of them when not given. */
export type KeyTest = (key: string) => boolean;

/** Which files are meant; all of the job's when not given. */
export type FileTest = (file: SourceFile) => boolean;

/** Objects of a place are identified by key, ETag and the second of their last modification. */
export interface FilesLedger {
  /**
   * Which of these objects the job knows already, by index. `etag`: only an entry without a time matches, as older ledgers
   * have them; recording the object as seen gives it the time.
   */
  findKnown(
    bank: BankName,
    job: string,
    place: string,
    files: readonly StoredFile[],
  ): Promise<ReadonlyMap<number, "stamp" | "etag">>;
  /** Whether the job has neither taken nor skipped a file of that place whose key begins with `prefix`, and is one of those keys. */
  isFirstStart(bank: BankName, job: string, place: string, prefix: string, isOwn?: KeyTest): Promise<boolean>;
  /** The key of the object that the job took last, of those of that place that begin with `prefix`, and are of those keys. */
  findLastTaken(
    bank: BankName,
    job: string,
    place: string,
    prefix: string,
    isOwn?: KeyTest,
  ): Promise<string | undefined>;
  /**
   * Whether the object of that key was skipped with the same ETag or bytes, and nothing of that key was run: by a first
   * start, or since a later version of its batch was taken.
   */
  isSkipped(bank: BankName, job: string, file: SourceFile): Promise<boolean>;
  /** The keys that the run replaced: earlier versions of its batch, which were never run. */
  listReplaced(run: Run): Promise<readonly string[]>;
  /** `run` is the run that took them, null for objects that are skipped. */
  recordSeen(bank: BankName, job: string, place: string, files: readonly SeenFile[], run: Run | null): Promise<void>;
}
