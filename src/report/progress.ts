/**
 * Progress: what a run shows of itself while it works. Who draws it for people or machines is in cli/output/; a cell value never
 * goes in.
 */
import type { Word } from "../errors/words.ts";
import type { Forecast } from "./forecast.ts";

/** What a run is at, in the order of its way. */
export type Activity = "read" | "look up" | "plan" | "apply" | "report";

export type WordsSoFar = Readonly<Partial<Record<Word, number>>>;

/** What the calls to the bank are like just now; null where nobody here can know. */
export interface CallsNow {
  /** Measured over the last seconds; null at first. */
  readonly perSecond: number | null;
  /** The pace in force, which is that of all processes where several work on the run. */
  readonly pace: number | null;
  readonly inFlight: number | null;
  /** Answers that asked for fewer calls (429, 503). */
  readonly slowDowns: number | null;
  /** How long no call begins from now on; 0 when they go. */
  readonly pausedMs: number;
  /** The bank fails for everybody, so calls wait. */
  readonly isDown: boolean;
  /** Whether other processes make calls too, which are not in `perSecond` and `inFlight`. */
  readonly isShared: boolean;
}

/** A run at one moment. */
export interface RunView {
  readonly run: string;
  readonly kind: string;
  readonly job: string;
  /** The key, and which of how many files of this start it is. */
  readonly file: { readonly key: string; readonly no: number; readonly of: number };
  /** The run whose rows are run again; null for a whole file. */
  readonly rerunOf: string | null;
  /** Of how many rows, from the top of the file, the run is; null for all. */
  readonly limit: number | null;
  readonly stage: Activity;
  /** How many rows, or accounts if several rows name one, have passed this stage in this process. */
  readonly done: number;
  /** Null while nobody knows. */
  readonly of: number | null;
  /** Null while the file is being read. */
  readonly rows: number | null;
  /** Rows that have their word, as they were last counted; null before that. */
  readonly words: WordsSoFar | null;
  readonly calls: CallsNow | null;
  /** Everything that is left of the run; null where that can't be said. */
  readonly forecast: Forecast | null;
  /** When the run has to stop, if a person or the job says so, or that comes before the end; null otherwise, and where it is not known. */
  readonly deadlineMs: number | null;
  /** How much of the whole run is done, from 0 to 1 and by calls; null where that can't be said. */
  readonly share: number | null;
  /** By the machine's clock. */
  readonly nowMs: number;
}

export interface Progress {
  /** A line worth reading once. */
  note(text: string): void;
  /** Shows from now on what `look` gives, which is called a few times a second at most, until `end`. */
  watch(look: () => RunView): void;
  /**
   * Shows beside it, until `end`, what a person has asked of the run meanwhile, such as a pause; null for nothing. Of a run that stands still
   * nobody can say when it ends.
   */
  steer(text: string | null, standsStill?: boolean): void;
  end(): void;
}
