/**
 * What the ledger lets go of runs that are long over: first the values of their rows, later the rows themselves. What names a row, an
 * account, a call or a file for later runs always stays.
 */
import type { Run } from "./run.ts";

/**
 * Why values of a change stay. `open`: a row of it is open; `accepted`: it would be, had nobody accepted it; `doubt`: a call of it may
 * have taken effect; `repair`: a younger run has an attempt of a row of it; `legal hold`: the job says so of its account.
 */
export const KEPT_FOR = ["open", "accepted", "doubt", "repair", "legal hold"] as const;
export type KeptFor = (typeof KEPT_FOR)[number];

/**
 * A change, or a row that is part of none, whose values stay; both are named by a row's number. Or an account that the run's snapshot lacked, which
 * has no row, so its number is below 0.
 */
export interface KeptChange {
  readonly change: number;
  readonly why: KeptFor;
}

/**
 * Why a whole run stays. `unsettled`: a row of it is unknown; `guard`: a guard holds rows of it, which may still be approved; `applied`: it
 * is a plan, and the run that applies it has not ended; `absent`: accounts that its snapshot lacks are still to be worked on.
 */
export type StaysFor = "unsettled" | "guard" | "applied" | "absent";

/** A run that ended before the limit, and still has values. */
export interface DueRun {
  readonly run: Run;
  readonly stays: StaysFor | null;
  /** Its values were taken out before, but for what was kept. */
  readonly isPruned: boolean;
}

export interface RetentionLedger {
  /** The job's, at whichever bank, the latest first: those with a number below `before`. */
  listDue(job: string, endedBeforeMs: number, before: number, limit: number): Promise<readonly DueRun[]>;
  /** Every name that the ledger knows of these accounts at the run's bank, as keys of changes. */
  listKeys(run: Run, ids: readonly string[]): Promise<readonly string[]>;
  /** The last row of the next part of the run; null when no row is above `after`. */
  findEnd(run: Run, after: number, limit: number): Promise<number | null>;
  /** What of these rows stays, open rows apart: `keys` are on legal hold; attempts in runs that ended since are of a repair. */
  listKept(
    run: Run,
    part: { readonly after: number; readonly to: number },
    endedBeforeMs: number,
    keys: readonly string[],
  ): Promise<readonly KeptChange[]>;
  /** Accounts that the run's snapshot lacked, and that are on legal hold by `keys`. */
  listAbsentKept(run: Run, keys: readonly string[]): Promise<readonly KeptChange[]>;
  /** Changes each time that somebody begins to work on a run of the job at the run's bank. */
  findTurn(run: Run): Promise<number>;
  /**
   * From now on values of the run may be gone (`Run.prunedAtMs`), but for what is kept, which takes the place of what was kept before. So a
   * start sees either all of the run or what stays. This and the other writes reject with FatalError `lease_held` while somebody works on a
   * run of the job; this one also when somebody has since `turn`, and may have taken up what is not kept.
   */
  begin(run: Run, kept: readonly KeptChange[], atMs: number, turn: number): Promise<void>;
  /** Takes the values out of what is not kept of these rows. Can be repeated. Resolves with how many rows had some. */
  takeOut(run: Run, part: { readonly after: number; readonly to: number }, atMs: number): Promise<number>;
  /** The run has no values any more but what is kept. */
  end(run: Run, atMs: number): Promise<void>;
  /** How much is kept, by why. */
  countKept(run: Run): Promise<Readonly<Partial<Record<KeptFor, number>>>>;
  /** Those of the rows whose values are kept, though others of the run are gone. */
  findKept(run: Run, rows: readonly number[]): Promise<ReadonlySet<number>>;
  /** The job's runs that ended before and have no values any more, of which the rows themselves may go, the oldest first. */
  listEvidence(job: string, endedBeforeMs: number, limit: number): Promise<readonly Run[]>;
  /** Takes out some of what the ledger has of the run's rows. Resolves with whether something is left. */
  takeEvidence(run: Run, limit: number, atMs: number): Promise<boolean>;
}
