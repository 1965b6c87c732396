/**
 * An account, a row or the body of a patch in, the same as a flat map out: a path to each single value, with instants as
 * moments and lists as one path for each member. So two of them compare value by value, however they are written.
 */
import { type Account, RELATIONSHIP_TYPES, type Relationships } from "../../src/account.ts";
import type { Desired } from "../../src/read/change.ts";

/** Path → value. A member of a list has its own path. */
export type Leaves = ReadonlyMap<string, string>;

const NO_RELATIONSHIPS: Relationships = { account_holder: [], authorized_signer: [], authorized_user: [] };

/** Everything that a row may give, except ids that only name the account. */
export function leavesOf(account: Omit<Account, "id">, relationships: Relationships = NO_RELATIONSHIPS): Leaves {
  const { application_id, status, status_reason, capabilities, details, metadata, documents } = account;
  const leaves = new Map<string, string>();
  const walk = (path: string, value: unknown): void => {
    if (value === undefined) return;
    if (typeof value === "object" && value !== null) {
      for (const [name, member] of Object.entries(value)) walk(`${path}.${name}`, member);
    } else leaves.set(path, path.endsWith("_at") ? momentOf(String(value)) : JSON.stringify(value));
  };
  const { closed_at: _, ...managed } = details ?? {};
  walk("application_id", application_id);
  walk("status", status);
  walk("status_reason", status_reason);
  walk("details", managed);
  walk("metadata", metadata);
  for (const capability of capabilities ?? []) leaves.set(`capabilities.${capability}`, "held");
  for (const { document_id, type, ...members } of documents ?? [])
    walk(`documents.${document_id}.${type}`, { type, ...members });
  for (const type of RELATIONSHIP_TYPES) for (const id of relationships[type]) leaves.set(`${type}.${id}`, "held");
  return leaves;
}

/** Where each column of one value lies in the account. */
const PLACES = {
  product_name: ["product_name"],
  is_secured: ["credit", "is_secured"],
  is_mla: ["credit", "is_mla"],
  underwriting_grade: ["credit", "underwriting_grade"],
  currency: ["credit", "currency"],
  available_credit: ["credit", "available_credit"],
  limit: ["credit", "limit"],
  max_limit: ["credit", "max_limit"],
  scra_start_date: ["credit", "scra", "start_date"],
  scra_end_date: ["credit", "scra", "end_date"],
  credit_score: ["credit", "report", "score"],
  credit_pulled_at: ["credit", "report", "pulled_at"],
  credit_report_source: ["credit", "report", "source"],
  aan_delivered_at: ["adverse_action_notice", "delivered_at"],
  aan_reason: ["adverse_action_notice", "reason"],
  aan_delivery_method: ["adverse_action_notice", "delivery_method"],
} as const satisfies Partial<Record<keyof Desired, readonly string[]>>;

export type DetailColumn = keyof typeof PLACES;
export const DETAIL_COLUMNS = Object.keys(PLACES) as readonly DetailColumn[];

/** The value of a column in the account's details; `undefined` when the bank has none. */
export function valueAt(account: Account, column: DetailColumn): unknown {
  let value: unknown = account.details;
  for (const name of PLACES[column]) value = (value as Record<string, unknown> | undefined)?.[name];
  return value;
}

/** What a row asks the account to have. An active account's reason is always the same, so it asks for none. */
export function leavesWanted(desired: Desired): Leaves {
  const { application_id, capabilities, metadata, documents, status, status_reason } = desired;
  const wanted = new Map(
    leavesOf(
      {
        ...(application_id !== undefined && { application_id }),
        ...(capabilities && { capabilities }),
        ...(metadata && { metadata }),
        ...(documents && { documents }),
        ...(status && { status }),
        ...(status_reason && status !== "active" && { status_reason }),
      },
      {
        account_holder: desired.account_holders ?? [],
        authorized_signer: desired.authorized_signers ?? [],
        authorized_user: desired.authorized_users ?? [],
      },
    ),
  );
  for (const column of DETAIL_COLUMNS) {
    const value = desired[column];
    const path = ["details", ...PLACES[column]].join(".");
    if (value !== undefined) wanted.set(path, path.endsWith("_at") ? momentOf(String(value)) : JSON.stringify(value));
  }
  return wanted;
}

/** Paths whose values are not the same on both sides, those that only one side has included. */
export function pathsThatDiffer(left: Leaves, right: Leaves): string[] {
  return [...new Set([...left.keys(), ...right.keys()])].filter((path) => left.get(path) !== right.get(path));
}

function momentOf(instant: string): string {
  return new Date(instant).toISOString();
}
