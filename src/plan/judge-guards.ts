/**
 * Judges a whole plan by the job's guards, before the first write: figures of the plan come in, the guards that it exceeds go out. Pure.
 */
import { counted, grouped } from "../text/counted.ts";
import { allowedOf, type GuardName, type GuardSettings } from "./guard-settings.ts";
import { GUARD_KINDS, type GuardKind } from "./operation.ts";

/** What a plan comes to. */
export interface PlanFigures {
  /** Accounts that the run's file names. */
  readonly accounts: number;
  readonly operations: Readonly<Record<GuardKind, number>>;
}

/** A guard that the plan exceeds; `why` says how, for a person. */
export interface Tripped {
  readonly guard: GuardName;
  readonly figure: number;
  readonly allowed: number;
  readonly why: string;
}

/** In words, for what is no operation of its own. */
const PLANNED: Partial<Record<GuardKind, (figure: number) => string>> = {
  clear_documents: (figure) => `removes all documents of ${counted(figure, "account")}`,
};

export function judgeGuards(settings: GuardSettings, { accounts, operations }: PlanFigures): Tripped[] {
  return GUARD_KINDS.flatMap((guard) => {
    const figure = operations[guard];
    const limit = allowedOf(settings, guard, accounts);
    if (limit === null || figure <= limit.allowed) return [];
    const { allowed, because } = limit;
    const planned = PLANNED[guard]?.(figure) ?? `has ${counted(figure, `${guard} operation`)}`;
    return [{ guard, figure, allowed, why: `the plan ${planned}, and ${grouped(allowed)} may be sent (${because})` }];
  });
}
