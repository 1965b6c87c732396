/**
 * Operation: one call that changes the bank, as planned. And what a plan says of one change as a whole.
 */
import type { Issue } from "../errors/issue.ts";

/** In the order in which one row's operations go out; the status transition is the last. */
export const OPERATION_KINDS = [
  "create",
  "activate",
  "patch",
  "add_relationships",
  "remove_relationship",
  "deactivate",
  "close",
] as const;
export type OperationKind = (typeof OPERATION_KINDS)[number];

/** What a job limits: operations by kind, and the patches that remove all documents of an account, which cannot be undone. */
export const GUARD_KINDS = ["clear_documents", ...OPERATION_KINDS] as const;
export type GuardKind = (typeof GUARD_KINDS)[number];

/** Operations of a kind for one product_name, that which the row wants or else the bank has, such as `patch Everyday`. */
export type KindOfProduct = `${OperationKind} ${string}`;
export type ProductCounts = Readonly<Record<KindOfProduct, number>>;

/** What no later call undoes: no account can be removed again, the bank calls closing terminal, and documents that are removed are gone. */
export const IRREVERSIBLE_KINDS: readonly GuardKind[] = ["clear_documents", "create", "close"];

/**
 * `step` counts from 1 within the change. `body` is the exact JSON text that is sent, byte for byte; "" for activate,
 * which has none. A `remove_relationship` sends no body either: its JSON `{entity_id, relationship_type}` says which.
 */
export interface Operation {
  readonly step: number;
  readonly kind: OperationKind;
  readonly body: string;
}

/** One managed field that differs, by column name, with both sides as text for people; "" for none. */
export interface Difference {
  readonly field: string;
  readonly actual: string;
  readonly desired: string;
}

/**
 * What is planned for one change. `operations` is never empty; `notes` are for the operator and hold nothing up. `invalid`
 * is a new account for which the row lacks something.
 */
export type Plan =
  | {
      readonly kind: "operations";
      readonly operations: readonly Operation[];
      readonly differences: readonly Difference[];
      readonly notes: readonly Issue[];
    }
  | { readonly kind: "unchanged"; readonly notes: readonly Issue[] }
  | {
      readonly kind: "refused" | "invalid";
      readonly issues: readonly Issue[];
      readonly differences: readonly Difference[];
    };
