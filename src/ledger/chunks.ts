/**
 * What the ledger keeps of chunks: the ranges into which a phase of a run is cut, for several processes to work on.
 */
import type { BankName, Lease, Run } from "./run.ts";

export interface Chunk {
  readonly no: number;
  readonly phase: "find" | "plan" | "apply";
  /** Changes above this and up to `to`. */
  readonly after: number;
  readonly to: number;
  /** Whether another process has begun on it, and perhaps died. */
  readonly isTakenOver: boolean;
}

/** How a run is worked on by several processes, and by which they know that they are of one kind. */
export interface Work {
  /** Of the job's settings, as JSON text. */
  readonly jobSha256: string;
  readonly version: string;
  /** Whether an earlier process has begun on the run. */
  readonly isResumed: boolean;
}

/** How far the chunks of a run are. `stops` are the ends of those that did not come to their end, as JSON text. */
export interface ChunkCounts {
  readonly open: number;
  readonly held: number;
  readonly ended: number;
  /** Changes in chunks that have ended. */
  readonly through: number;
  readonly stops: readonly string[];
}

/** Who works on what, for a person to see. */
export interface ChunkHolder {
  readonly holder: string;
  readonly run: string;
  readonly job: string;
  readonly phase: Chunk["phase"];
  readonly chunks: number;
  readonly sinceMs: number;
}

export interface ChunksLedger {
  /**
   * Cuts what the phase has left, up to change `to`, into chunks of `size` changes, in place of all that were open. Resolves with their
   * numbers.
   */
  open(
    run: Run,
    phase: Chunk["phase"],
    work: Work,
    { size, to }: { readonly size: number; readonly to: number },
  ): Promise<readonly number[]>;
  /** Those that have not ended, whoever holds them. */
  listLeft(run: Run): Promise<readonly number[]>;
  /**
   * Takes the chunk over, whoever holds it: what that one writes from then on is refused. None when it has ended, or the run must stop. What
   * it has committed before is seen by readings after this, not by this.
   */
  begin(run: Run, no: number, owner: string): Promise<{ readonly chunk: Chunk; readonly lease: Lease } | undefined>;
  /** Ends the chunk, with `stop` if it did not come to its end. Rejects with FatalError `lease_lost` when another has taken it over. */
  end(run: Run, no: number, lease: Lease, stop: string | null): Promise<void>;
  /** Gives the chunk up, for another to take. Nothing when it is another's. */
  giveBack(run: Run, no: number, lease: Lease): Promise<void>;
  /** The runs of the job that have open chunks. */
  listOpen(bank: BankName, job: string): Promise<readonly string[]>;
  count(run: Run): Promise<ChunkCounts>;
  /** Ends all chunks that are open: whoever works on one is refused from then on. */
  close(run: Run): Promise<void>;
  /** How the run is worked on; none when it is not by several. */
  findWork(run: Run): Promise<Work | undefined>;
  /** That all who work on the run must stop, with why, as JSON text. */
  stop(run: Run, stop: string): Promise<void>;
  findStop(run: Run): Promise<string | null>;
  listHolders(): Promise<readonly ChunkHolder[]>;
}
