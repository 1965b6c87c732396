/**
 * What the ledger keeps of plans: the operations and differences of each change, and what is left to do.
 */
import type { Issue } from "../errors/issue.ts";
import type { Kept } from "../plan/diff/kept.ts";
import type { Difference, Operation, OperationKind } from "../plan/operation.ts";
import type { Resolution } from "../plan/own-ids.ts";
import type { Desired } from "../read/change.ts";
import type { PlannedKinds } from "../report/plan-tally.ts";
import type { KeyedOperation, StoredOperation } from "./operations.ts";
import type { Page } from "./page.ts";
import type { Run } from "./run.ts";
import type { AccountOfChange, Verdict, Wants } from "./stored-change.ts";

/**
 * Rows of a change that get a word of their own as it is planned, and have no part in its operations; and what the change wants without
 * them. A row that has a word of its own already keeps it.
 */
export interface RowsApart {
  readonly ends: readonly (Verdict & { readonly rows: readonly number[] })[];
  readonly desired: Desired;
}

/** What planning a change came to: operations to send, or a verdict at once. */
export interface PlannedChange {
  readonly change: number;
  readonly accountId: string | null;
  readonly plannedAtMs: number;
  /** The touch count of the account when it was read; see `claim`. */
  readonly touch: number;
  /** What was seen, as JSON text, for `explain`; null for a new account. Kept unless the change is unchanged. */
  readonly seen: string | null;
  /** The product_name that the change wants, or else the bank has, in one short line; null for none, and where nothing is to be sent. */
  readonly product: string | null;
  /** Whether its look-up has left in the ledger what it saw. */
  readonly isLookedUp: boolean;
  /** What the own ids of its rows were resolved to, with those that could not be. */
  readonly resolutions: readonly Resolution[];
  readonly differences: readonly Difference[];
  readonly operations: readonly KeyedOperation[];
  /** Rows that are decided for themselves, if there are any. */
  readonly apart?: RowsApart;
  /** Notes when there are operations; the end when there are none. */
  readonly verdict: Verdict | { readonly word: null; readonly issues: readonly Issue[] };
}

/** A planned change with its operations, as apply works on it. */
export interface ChangeToApply extends AccountOfChange, Wants {
  /** 0 for one that comes from a plan, until this run has compared it with the account. */
  readonly plannedAtMs: number;
  readonly touch: number;
  readonly notes: readonly Issue[];
  readonly operations: readonly StoredOperation[];
  readonly kept: readonly Kept[];
  readonly resolutions: readonly Resolution[];
  /** How many processes have died while they worked on it. */
  readonly begun: number;
  /** How many of its calls the bank has answered for another account, over all processes. */
  readonly misanswered: number;
}

/** An operation of a plan as its hash has it. */
export interface OperationOfPlan extends Pick<Operation, "step" | "kind" | "body"> {
  readonly change: number;
  /** Of the change, as in AccountOfChange. */
  readonly key: string;
  readonly accountId: string | null;
}

export interface PlansLedger {
  /** Hot. The first plans of changes. Writes each with its operations, or with the end of its change. Reads nothing. */
  recordPlans(run: Run, plans: readonly PlannedChange[]): Promise<void>;
  /**
   * Replaces the operations of an earlier plan that were not sent; none that was sent may be open. The steps of `operations` must continue
   * those that are kept. An `accountId` of null leaves the known one.
   */
  recordPlanAgain(run: Run, plan: PlannedChange): Promise<void>;
  /**
   * Takes everything of a plan over into the run that applies it: what it has read, found, planned and ended, with the keys of its
   * operations. A part at a time; after a crash it goes on where it was.
   */
  copyPlan(plan: Run, run: Run): Promise<void>;
  /** Every operation of the run, in order: those behind that one, at most `limit`. */
  readOperations(
    run: Run,
    after: Pick<OperationOfPlan, "change" | "step">,
    limit: number,
  ): Promise<readonly OperationOfPlan[]>;
  /** Changes that have operations, whatever has become of them since, in order. */
  readPlannedKinds(run: Run, page: Page): Promise<readonly PlannedKinds[]>;
  /** What is left to do: changes by how far they are, up to `to` if given, and operations of planned ones that are not applied. */
  countOpen(
    run: Run,
    to?: number,
  ): Promise<{ readonly read: number; readonly found: number; readonly planned: number; readonly operations: number }>;
  /** Every planned change that has an operation of this kind, nothing of it sent yet, is done as `verdict`. */
  closePlanned(run: Run, kind: OperationKind, verdict: Verdict, atMs: number): Promise<number>;
  /** Every open change of which nothing is in doubt is done as `verdict`. */
  closeOpen(run: Run, verdict: Verdict, atMs: number): Promise<void>;
  /**
   * Hot. Planned changes with all that applying them needs. It reads them, since another process may have planned them; whoever is at
   * work on one claims it for itself.
   */
  takeToApply(run: Run, page: Page): Promise<readonly ChangeToApply[]>;
}
