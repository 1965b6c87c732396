/**
 * Which columns are which members of `details.credit`, and of the groups that are given whole or not at all (contract, "The
 * account"). Pure.
 */
import type { Credit } from "../../account.ts";
import { sameInstant } from "../../instant.ts";
import type { Desired } from "../../read/change.ts";

/** Members of `details.credit` that belong to no group, each under its own column name. */
export const PLAIN_CREDIT_FIELDS = [
  "is_secured",
  "is_mla",
  "underwriting_grade",
  "currency",
  "available_credit",
  "limit",
  "max_limit",
] as const satisfies readonly (keyof Credit & keyof Desired)[];

/** A column beside its member in an all-or-nothing group (contract, "The account"). */
export interface Member {
  readonly column: keyof Desired;
  readonly member: string;
  readonly same?: (desired: string, actual: unknown) => boolean;
}

export const REPORT_MEMBERS: readonly Member[] = [
  { column: "credit_score", member: "score" },
  { column: "credit_pulled_at", member: "pulled_at", same: sameInstant },
  { column: "credit_report_source", member: "source" },
];
export const NOTICE_MEMBERS: readonly Member[] = [
  { column: "aan_delivered_at", member: "delivered_at", same: sameInstant },
  { column: "aan_reason", member: "reason" },
  { column: "aan_delivery_method", member: "delivery_method" },
];
export const SCRA_MEMBERS: readonly Member[] = [
  { column: "scra_start_date", member: "start_date" },
  { column: "scra_end_date", member: "end_date" },
];

/** The group's members that the row gives, by member name; `undefined` when it gives none. */
export function groupOf(desired: Desired, members: readonly Member[]): Record<string, unknown> | undefined {
  const given = members.filter(({ column }) => desired[column] !== undefined);
  if (given.length === 0) return undefined;
  return Object.fromEntries(given.map(({ column, member }) => [member, desired[column]]));
}
