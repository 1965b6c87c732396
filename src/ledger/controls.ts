/**
 * What the ledger keeps of how a person steers a run while it works.
 */
import type { Control } from "../report/describe-control.ts";
import type { Run } from "./run.ts";

/** What may be set while a run works. */
export interface Settable {
  readonly requestsPerSecond: number;
  /** Calls in flight. */
  readonly reads: number;
  readonly writes: number;
}

export const NO_CONTROL: Control = {
  isPaused: false,
  isStopped: false,
  requestsPerSecond: null,
  reads: null,
  writes: null,
  by: null,
};

export interface ControlsLedger {
  /**
   * A process begins to work on the run, and on no other one: it is not stopped any more, and what else was asked of it stays. `owner` has the
   * lease of the run's job; a plan has none. `most` is what the job allows.
   */
  open(run: Run, owner: string, most: Settable): Promise<void>;
  find(run: Run): Promise<Control>;
  /**
   * Changes what is asked of the run, and resolves with all of it, no more than the job allows; a run that is stopped waits for a person from
   * then on. Rejects with FatalError `not_in_progress` when nobody works on the run.
   */
  record(run: Run, change: Partial<Control>, nowMs: number): Promise<Control>;
}
