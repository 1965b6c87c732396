/**
 * A finding: one line of what `tieout doctor` saw: a part of the surroundings, how it is, and what to do about it. Never has a secret or a cell.
 */
import type { FatalError } from "../errors/fatal-error.ts";
import { toLine } from "../text/to-line.ts";

/** good: as it should be. poor: a run works, and a night may be worse for it. bad: a run cannot work. */
export type Judgement = "good" | "poor" | "bad";

export type DoctorPart =
  | "environment"
  | "ledger"
  | "job"
  | "source"
  | "results"
  | "archive"
  | "bank"
  | "schedule"
  | "notify";

export interface DoctorFinding {
  readonly part: DoctorPart;
  /** Of a part that each job has for itself. */
  readonly job?: string;
  readonly word: Judgement;
  readonly text: string;
  /** What to do; there whenever it is not good. */
  readonly next?: string;
}

/** A finding whose part is said elsewhere. */
export type Remark = Pick<DoctorFinding, "word" | "text" | "next">;

export const good = (text: string): Remark => ({ word: "good", text });
export const poor = (text: string, next: string): Remark => ({ word: "poor", text, next });
export const bad = (text: string, next: string): Remark => ({ word: "bad", text, next });

/** What would end a run is bad, with the next step that the run would say. */
export function badOf({ message, hint }: FatalError): Remark {
  return bad(toLine(message), hint);
}
