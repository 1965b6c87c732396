/**
 * What the ledger keeps of guards: what a plan comes to, which guards have tripped, the changes that each holds, and who has approved it.
 */
import type { Issue } from "../errors/issue.ts";
import type { GuardName } from "../plan/guard-settings.ts";
import type { HeldBy, PlanFigures } from "../plan/judge-guards.ts";
import type { ProductCounts } from "../plan/operation.ts";
import type { Run } from "./run.ts";

/** A guard that has tripped. */
export interface TrippedGuard {
  readonly guard: GuardName;
  readonly figure: number;
  readonly allowed: number;
  /** What the results say of each row that it holds. */
  readonly issue: Issue;
  readonly holds: HeldBy;
}

/** Who has released what a guard held, of a figure up to `max`. */
export interface Approval {
  readonly max: number;
  /** The operating-system user, as that says. */
  readonly by: string;
  readonly reason: string;
  readonly atMs: number;
}

/** A guard that has tripped in a run. */
export interface GuardOfRun {
  readonly guard: GuardName;
  readonly figure: number;
  readonly allowed: number;
  /** Changes that it has held, and those of them that it has not released. */
  readonly held: number;
  readonly holding: number;
  readonly atMs: number;
  /** The last one, if there was any. */
  readonly approval: Approval | null;
}

export interface GuardsLedger {
  /** All of the run but skipped ones that no guard has held; a patch that clears documents counts as both. */
  countOperations(run: Run): Promise<PlanFigures["operations"]>;
  /** The same by kind and product: the commonest of them, a thousand at most. */
  countProducts(run: Run): Promise<ProductCounts>;
  /** How many accounts its rows name. */
  countAccounts(run: Run): Promise<number>;
  /** How many planned changes a guard that holds such ones would hold, those included that guards have held. */
  countPlanned(run: Run, by: HeldBy): Promise<number>;
  /**
   * Records that these guards have tripped. Every planned change that one of them holds is `held`, with the issue of each guard that holds it,
   * unless something of it was sent or the guard has released it before. A part at a time, and can be repeated: the figure of a guard counts
   * what is held, so a run that has died amid this is judged as before.
   */
  hold(run: Run, tripped: readonly TrippedGuard[], atMs: number): Promise<void>;
  /** Those that have tripped, in the order of their names. */
  list(run: Run): Promise<readonly GuardOfRun[]>;
  /** The guards that have held the change, in the order of their names, and whether each has released it. */
  listHolds(run: Run, change: number): Promise<readonly { readonly guard: GuardName; readonly released: boolean }[]>;
  /** Records who has approved what the guard holds. */
  approve(run: Run, guard: GuardName, approval: Approval): Promise<void>;
  /**
   * Releases what the guard holds; a change that another guard holds too stays held by that one. A run that has changes to send again waits
   * for a person to resume it. A part at a time; after a crash the guard still holds the rest. Resolves with how many changes are open again.
   */
  release(run: Run, guard: GuardName, atMs: number): Promise<number>;
  /** Opens all that guards still hold in a run that was abandoned, for it to be skipped; no guard holds it any more. */
  giveUp(run: Run): Promise<void>;
}
