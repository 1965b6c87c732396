/**
 * The shape of a rule about one code, and rules that are about one cell: a rejected row, an accepted one, and the message.
 */
import type { Cells, RunTrial, Trial } from "./trial.ts";

export interface Rule {
  readonly rejects: Trial;
  readonly accepts: Trial;
  /** What is wrong, and what is expected. */
  readonly says: RegExp;
}

/** The same, where only a run can tell. */
export interface RunRule {
  readonly rejects: RunTrial;
  readonly accepts: RunTrial;
  readonly says: RegExp;
}

/** One row, found by its client_account_id. */
export const one = (what: string, cells: Cells, rest: Omit<Trial, "what" | "rows"> = {}): Trial => ({
  what,
  rows: [{ client_account_id: "c1", ...cells }],
  ...rest,
});

export const cell = (
  column: string,
  says: RegExp,
  [bad, rejected]: [string, string],
  [good, accepted]: [string, string],
) => ({
  rejects: one(bad, { [column]: rejected }),
  accepts: one(good, { [column]: accepted }),
  says,
});
