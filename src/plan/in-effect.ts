/**
 * Whether an operation whose answer was lost has taken effect, judged by what the bank holds afterwards (contract,
 * "Settling a doubt"). Pure; makes no calls, and knows no keys and times.
 */
import { type Account, REASONS_OF_STATUS, type Relationships, type RelationshipType, type Status } from "../account.ts";
import { isInstant, sameInstant } from "../instant.ts";
import type { Actual } from "./actual.ts";
import { RELATIONSHIP_COLUMNS } from "./diff/diff-relationships.ts";
import { sameSet } from "./diff/same-set.ts";
import { sameMoment, sameText } from "./diff/same-text.ts";
import type { Operation, OperationKind } from "./operation.ts";

/** The status that a transition leads to. */
export const STATUS_AFTER: Readonly<Partial<Record<Operation["kind"], Status>>> = {
  activate: "active",
  deactivate: "inactive",
  close: "closed",
};

/** The kinds that are judged by the account's relationships too. */
export const RELATIONSHIP_KINDS: readonly OperationKind[] = ["create", "add_relationships", "remove_relationship"];

/**
 * Whether all that the operation asks for is there, whoever brought it. For a create: whether it is this very account. The
 * account is one that was read after the doubt.
 */
export function isInEffect({ kind, body }: Operation, { account, relationships }: Actual): boolean {
  const wanted = body === "" ? {} : (JSON.parse(body) as Record<string, unknown>);
  switch (kind) {
    case "create":
      return isCreated(wanted, account, relationships);
    case "patch":
      return agrees(wanted, account);
    case "add_relationships":
      return (wanted.entity_ids as string[]).every((id) => holds(relationships, wanted.relationship_type, id));
    case "remove_relationship":
      return !holds(relationships, wanted.relationship_type, wanted.entity_id as string);
    case "activate":
    case "deactivate":
    case "close":
      return isInStatus(STATUS_AFTER[kind], wanted.status_reason, account);
  }
}

/** Status and reason belong together, except that a bank may leave out the only reason that `active` has. */
function isInStatus(status: Status | undefined, reason: unknown, account: Account): boolean {
  if (status === undefined || account.status !== status) return false;
  return reason === undefined || account.status_reason === reason || REASONS_OF_STATUS[status].length === 1;
}

function isCreated(body: Record<string, unknown>, account: Account, relationships: Relationships | null): boolean {
  const { entities, ...rest } = body as { entities: Partial<Record<string, string[]>> };
  const isSame = (Object.entries(RELATIONSHIP_COLUMNS) as [RelationshipType, string][]).every(([type, column]) =>
    sameSet(entities[column] ?? [], relationships?.[type] ?? []),
  );
  return isSame && agrees(rest, account);
}

function holds(relationships: Relationships | null, type: unknown, id: string): boolean {
  return relationships?.[type as RelationshipType]?.includes(id) === true;
}

/** Free text, which a bank may keep in a form of its own, by the name of its member; and all that metadata holds. */
const TEXTS: readonly string[] = ["product_name", "underwriting_grade", "reason", "version"];

/**
 * Every member that was sent is there, if need be in the bank's own form: instants as instants, lists as sets, documents
 * in any order, objects by member. `isText`: whether a string is free text.
 */
function agrees(sent: unknown, held: unknown, isText = false): boolean {
  if (Array.isArray(sent))
    return Array.isArray(held) ? agreeAsLists(sent, held) : sent.length === 0 && held === undefined;
  if (typeof sent === "object" && sent !== null) {
    if (typeof held !== "object" || held === null) return Object.keys(sent).length === 0;
    return Object.entries(sent).every(([name, value]) =>
      agrees(value, own(held, name), isText || name === "metadata" || TEXTS.includes(name)),
    );
  }
  if (sent === held) return true;
  if (typeof sent !== "string" || typeof held !== "string") return false;
  if (isInstant(sent) && (sameInstant(sent, held) || sameMoment(sent, held))) return true;
  return isText && sameText(sent, held);
}

function agreeAsLists(sent: readonly unknown[], held: readonly unknown[]): boolean {
  if (sent.every((item) => typeof item === "string")) return sameSet(sent, held as string[]);
  return sent.length === held.length && sent.every((item) => held.some((other) => agrees(item, other)));
}

function own(of: object, name: string): unknown {
  return Object.hasOwn(of, name) ? Reflect.get(of, name) : undefined;
}
