/**
 * Accounts, relationships and plans for the planner's tables in one line each.
 */
import type { Account, Relationships } from "../../src/account.ts";
import type { Plan } from "../../src/plan/operation.ts";
import { planChange } from "../../src/plan/plan-change.ts";
import type { Desired } from "../../src/read/change.ts";

export const NOTICE = {
  delivered_at: "2026-01-31T09:30:00Z",
  reason: "paid in full",
  delivery_method: "email",
} as const;

/** The columns of a row that give that notice. */
export const NOTICE_COLUMNS: Desired = {
  aan_delivered_at: NOTICE.delivered_at,
  aan_reason: NOTICE.reason,
  aan_delivery_method: NOTICE.delivery_method,
};

export const REPORT = { score: 700, pulled_at: "2026-01-31T09:30:00Z", source: "equifax" } as const;

/** What a row must give for a new account without credit. */
export const NEW: Desired = {
  client_account_id: "c1",
  capabilities: ["deposit"],
  account_holders: ["entity_1"],
  product_name: "A",
};

/** An active consumer account unless told. */
export function accountWith(over: Partial<Account> = {}): Account {
  return {
    id: "account_1",
    client_account_id: "c1",
    status: "active",
    status_reason: "active",
    capabilities: ["deposit"],
    entities: { account_holder_type: "consumer" },
    details: { product_name: "A" },
    metadata: {},
    documents: [],
    ...over,
  };
}

/** `account_holder` entity_1 unless told. */
export function relationshipsWith(over: Partial<Relationships> = {}): Relationships {
  return { account_holder: ["entity_1"], authorized_signer: [], authorized_user: [], ...over };
}

/** `count` entities, numbered from `first`. */
export function entities(first: number, count: number): string[] {
  return Array.from({ length: count }, (_, n) => `entity_${first + n}`);
}

/** A plan with removal on. `actual` is null for a new account. */
export function plan(desired: Desired, actual: Account | null, relationships = relationshipsWith()): Plan {
  const settings = { removeRelationships: true, defaults: {} };
  return planChange(desired, actual && { account: actual, relationships }, settings);
}

/** The kinds of the operations in order; else the plan's own kind, and the codes of its issues. */
export function wordsOf(made: Plan): string {
  if (made.kind === "operations") return made.operations.map(({ kind }) => kind).join(", ");
  if (made.kind === "unchanged") return made.kind;
  return `${made.kind}: ${[...new Set(made.issues.map(({ code }) => code))].join(", ")}`;
}
