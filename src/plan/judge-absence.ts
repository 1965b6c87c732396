/**
 * Judges what a snapshot lacks: whether the file has shrunk, and how many absent accounts a run would act on. Pure.
 */
import { counted, grouped } from "../text/counted.ts";
import { allowedOfSnapshot, type GuardSettings } from "./guard-settings.ts";
import type { PlanFigures, Tripped } from "./judge-guards.ts";

/** Accounts in scope that the job's snapshots held before, and those of them that this one lacks. */
export interface Shrinking {
  readonly before: number;
  readonly lost: number;
}

export interface Absence {
  /** Accounts that the snapshot names. */
  readonly named: number;
  /** No run has done so yet under the same settings, after a person had approved it. */
  readonly isFirst: boolean;
  /** The snapshot has shrunk, and nobody has approved that. */
  readonly shrinking: Shrinking | null;
}

/** The whole file waits: it may be a part of what was to come, with rows that are older than they look. */
export function judgeShrunk(settings: GuardSettings, { shrinking, absence }: PlanFigures): Tripped[] {
  const of = shrinking ?? absence?.shrinking ?? null;
  if (of === null) return [];
  const { before, lost: figure } = of;
  const { allowed, because } = allowedOfSnapshot(settings, "shrunk", before);
  if (figure <= allowed) return [];
  const why = `the snapshot lacks ${grouped(figure)} of the ${counted(before, "account")} that the last ones held, and it may lack ${grouped(allowed)} (${because})`;
  return [{ guard: "shrunk", figure, allowed, why, holds: { kind: "every" } }];
}

export function judgeAbsence(settings: GuardSettings, { absence, planned: figure }: PlanFigures): Tripped[] {
  if (absence == null || figure === 0) return [];
  const limit = allowedOfSnapshot(settings, "absent", absence.named);
  const allowed = absence.isFirst ? 0 : limit.allowed;
  if (figure <= allowed) return [];
  const because = absence.isFirst
    ? "a person must approve the first run that does so, and the first after scope or absent has changed"
    : `${grouped(allowed)} may be changed (${limit.because})`;
  const why = `the run changes ${counted(figure, "account")} that the snapshot lacks, and ${because}`;
  return [{ guard: "absent", figure, allowed, why, holds: { kind: "every" } }];
}
