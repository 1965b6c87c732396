/**
 * Judges a whole plan by the job's guards, before the first write: figures of the plan come in, the guards that it trips go out, each with
 * what it holds. Pure.
 */
import { counted, grouped } from "../text/counted.ts";
import { allowedOf, type Freeze, type GuardName, type GuardSettings } from "./guard-settings.ts";
import { type Absence, judgeAbsence, judgeShrunk, type Shrinking } from "./judge-absence.ts";
import { judgeSize, type Size } from "./judge-size.ts";
import { GUARD_KINDS, type GuardKind, type KindOfProduct } from "./operation.ts";

/**
 * The planned changes that a guard holds: all, those with an operation of one of these kinds, or of these kinds for a product, or those of these
 * accounts.
 */
export type HeldBy =
  | { readonly kind: "every" }
  | { readonly kind: "kinds"; readonly kinds: readonly GuardKind[] }
  | { readonly kind: "products"; readonly products: readonly KindOfProduct[] }
  | { readonly kind: "accounts"; readonly ids: readonly string[] };

/** What a plan comes to. */
export interface PlanFigures {
  /** Accounts that the run's file names, and those of them that something is to be sent for. */
  readonly accounts: number;
  readonly planned: number;
  readonly operations: Readonly<Record<GuardKind, number>>;
  /** The ids of the accounts that are protected, and how many of `planned` are of these. */
  readonly protected: { readonly ids: readonly string[]; readonly planned: number };
  /** The window in which nothing is sent, if it is now. */
  readonly freeze: Freeze | null;
  /** The rows of the file, and what is usual; null for a file that is not to be compared. */
  readonly size: Size | null;
  /** Of a snapshot, what it lacks beside the last one; null for other files. */
  readonly shrinking?: Shrinking | null;
  /** Of a run that works on absent accounts; null for others. */
  readonly absence?: Absence | null;
}

/** A guard that has tripped; `why` says how, for a person. */
export interface Tripped {
  readonly guard: GuardName;
  readonly figure: number;
  readonly allowed: number;
  readonly why: string;
  readonly holds: HeldBy;
}

export function judgeGuards(settings: GuardSettings, figures: PlanFigures): Tripped[] {
  return [
    ...judgeKinds(settings, figures),
    ...judgeSize(settings, figures),
    ...judgeProtected(figures),
    ...judgeFreeze(figures),
    ...judgeShrunk(settings, figures),
    ...judgeAbsence(settings, figures),
  ];
}

/** In words, for what is no operation of its own. */
const PLANNED: Partial<Record<GuardKind, (figure: number) => string>> = {
  clear_documents: (figure) => `removes all documents of ${counted(figure, "account")}`,
};

function judgeKinds(settings: GuardSettings, { accounts, operations }: PlanFigures): Tripped[] {
  return GUARD_KINDS.flatMap((guard) => {
    const figure = operations[guard];
    const limit = allowedOf(settings, guard, accounts);
    if (limit === null || figure <= limit.allowed) return [];
    const { allowed, because } = limit;
    const planned = PLANNED[guard]?.(figure) ?? `has ${counted(figure, `${guard} operation`)}`;
    const why = `the plan ${planned}, and ${grouped(allowed)} may be sent (${because})`;
    return [{ guard, figure, allowed, why, holds: { kind: "kinds", kinds: [guard] } }];
  });
}

function judgeProtected({ protected: { ids, planned: figure } }: PlanFigures): Tripped[] {
  if (figure === 0) return [];
  const why = `the plan changes ${counted(figure, "account")} that the job protects, such as this one`;
  return [{ guard: "protected", figure, allowed: 0, why, holds: { kind: "accounts", ids } }];
}

function judgeFreeze({ freeze, planned: figure }: PlanFigures): Tripped[] {
  if (freeze === null || figure === 0) return [];
  const why = `${freeze.says}, and the plan changes ${counted(figure, "account")}`;
  return [{ guard: "freeze", figure, allowed: 0, why, holds: { kind: "every" } }];
}
