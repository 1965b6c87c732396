/**
 * Progress: what a run says of itself while it works. Who prints it for people or machines is in cli/output/; a cell value never
 * goes in.
 */
import type { Forecast } from "./forecast.ts";

/** Of how many, and how long the rest will take where that can be said. */
export interface Extent {
  readonly of: number;
  readonly forecast?: Forecast;
  /** Now, by the machine's clock. */
  readonly nowMs: number;
}

export interface Outlook extends Extent {
  readonly forecast: Forecast;
}

export interface Progress {
  /** A line worth reading once. */
  note(text: string): void;
  /** N rows or changes have passed this stage. `look` is called whenever the line is written. */
  count(stage: string, done: number, look?: () => Extent): void;
  /** Clears a line that is being rewritten. */
  end(): void;
}
