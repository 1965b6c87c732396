/**
 * What the ledger keeps of files that are to be archived or tagged once their run is over: which are still due, and where each has gone.
 */
import type { BankName, Run } from "./run.ts";

/** Where the archived copy is; null where none was to be made. `note` says why nothing was done; null for most. */
export interface FiledAway {
  readonly place: string | null;
  readonly key: string | null;
  readonly note: string | null;
}

/** A job that has taken files of that place. */
export interface PlaceReader {
  readonly job: string;
  readonly place: string;
}

export interface FilingsLedger {
  /** The run's file is to be filed away once the run is over. Changes nothing when that is noted already. */
  open(run: Run): Promise<void>;
  /** Runs of the job that have ended, and whose file is still to be filed away, in the order in which they began; those after number `after`. */
  listDue(bank: BankName, job: string, after: number, limit: number): Promise<readonly Run[]>;
  /** The run's file is filed away: nothing more is done with it. */
  end(run: Run, filed: FiledAway, atMs: number): Promise<void>;
  /** What was done with the run's file; undefined while nothing was. */
  find(run: Run): Promise<FiledAway | undefined>;
  /** Other jobs that have taken files, and from where; of `place` itself only those that took a key beginning with `prefix`. */
  listReaders(job: string, place: string, prefix: string): Promise<readonly PlaceReader[]>;
}
