/**
 * A model of the bank in memory, made from the contract alone: an account and one operation come in, the account
 * afterwards goes out. Throws RefusedByBank for everything that the bank would refuse; never changes what it is given.
 */
import {
  type Account,
  type Capability,
  type HolderType,
  REASONS_OF_STATUS,
  RELATIONSHIP_TYPES,
  type Relationships,
  type RelationshipType,
  type Status,
  type StatusReason,
} from "../../src/account.ts";
import type { Operation } from "../../src/plan/operation.ts";
import { type Body, checkCreate, checkPatch, entityIds, MOST_ENTITIES, refuse } from "./model-fields.ts";

/** `account` is null until it is created. */
export interface BankModel {
  readonly account: Account | null;
  readonly relationships: Relationships;
}

export const EMPTY_BANK: BankModel = {
  account: null,
  relationships: { account_holder: [], authorized_signer: [], authorized_user: [] },
};

/** Which statuses each call starts from, and where it leads (contract, "Endpoints we use"). */
const STATUS_CALLS = {
  activate: { from: ["inactive", "closed"], to: "active" },
  deactivate: { from: ["active"], to: "inactive" },
  close: { from: ["active", "inactive"], to: "closed" },
} as const satisfies Record<string, { from: readonly Status[]; to: Status }>;

/** In the model an entity whose id begins like this is a business, every other one an individual. */
export const BUSINESS_PREFIX = "entity_b";

export function applyOperation(model: BankModel, { kind, body }: Pick<Operation, "kind" | "body">): BankModel {
  if (kind === "create") return create(model, parse(body));
  const { account, relationships } = model;
  if (account === null) return refuse("there is no such account");
  switch (kind) {
    case "patch":
      return { account: patch(account, parse(body)), relationships };
    case "add_relationships":
      return { account, relationships: addRelationships(account, relationships, parse(body)) };
    case "remove_relationship":
      return { account, relationships: removeRelationship(account, relationships, parse(body)) };
    case "activate":
      if (body !== "") refuse("activate has no body");
      return { account: moveTo(account, kind, "active"), relationships };
    case "deactivate":
    case "close":
      return { account: moveTo(account, kind, reasonOf(kind, parse(body))), relationships };
  }
}

function parse(body: string): Body {
  const parsed: unknown = JSON.parse(body);
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) return refuse("the body is no object");
  return parsed as Body;
}

function create(model: BankModel, body: Body): BankModel {
  if (model.account !== null) refuse("there is an account already");
  const { entities, ...fields } = checkCreate(body);
  const relationships: Relationships = {
    account_holder: entities.account_holders ?? [],
    authorized_signer: entities.authorized_signers ?? [],
    authorized_user: entities.authorized_users ?? [],
  };
  const account_holder_type = holderTypeOf(relationships.account_holder);
  if (account_holder_type === "commercial" && relationships.authorized_signer.length === 0) {
    refuse("a commercial account needs an authorized signer");
  }
  const account: Account = {
    ...fields,
    id: "account_new",
    status: "active",
    status_reason: "active",
    entities: { account_holder_type },
  };
  checkUnderwriting(account, undefined);
  return { account, relationships };
}

/** Details and credit merge by member; groups in them, documents, metadata and capabilities are replaced whole. */
function patch(before: Account, body: Body): Account {
  if (before.status === "closed") refuse("a closed account takes no patch");
  const fields = checkPatch(body);
  const lost = before.capabilities?.find((held) => fields.capabilities && !fields.capabilities.includes(held));
  if (lost !== undefined) refuse(`${lost} cannot be removed`);
  const { credit: heldCredit } = before.details ?? {};
  const { credit: sentCredit } = fields.details ?? {};
  const details = {
    ...before.details,
    ...fields.details,
    ...(sentCredit && { credit: { ...heldCredit, ...sentCredit } }),
  };
  const account: Account = { ...before, ...fields, ...(fields.details && { details }) };
  checkUnderwriting(account, before.capabilities);
  return account;
}

/** Asked of an account that comes to be underwritten, in whichever way. */
function checkUnderwriting(account: Account, before: readonly Capability[] | undefined): void {
  const isUnderwritten = (capabilities: readonly Capability[] = []) =>
    capabilities.includes("credit_with_underwriting");
  if (!isUnderwritten(account.capabilities) || isUnderwritten(before)) return;
  if (account.application_id === undefined) refuse("credit_with_underwriting needs an application");
  if (account.details?.credit === undefined) refuse("credit_with_underwriting needs credit");
}

function moveTo(account: Account, kind: keyof typeof STATUS_CALLS, reason: StatusReason): Account {
  const { from, to } = STATUS_CALLS[kind];
  if (!(from as readonly unknown[]).includes(account.status)) refuse(`no ${kind} from ${account.status}`);
  const { closed_at: _, ...details } = account.details ?? {};
  const { delivered_at, reason: why, delivery_method } = details.adverse_action_notice ?? {};
  if (reason === "client_closed" && !(delivered_at && why && delivery_method)) refuse("client_closed needs a notice");
  return {
    ...account,
    status: to,
    status_reason: reason,
    details: to === "closed" ? { ...details, closed_at: "2026-06-01T00:00:00Z" } : details,
  };
}

function reasonOf(kind: "deactivate" | "close", { status_reason, ...others }: Body): StatusReason {
  if (Object.keys(others).length > 0) refuse(`${kind} takes a reason only`);
  const reason = REASONS_OF_STATUS[STATUS_CALLS[kind].to].find((word) => word === status_reason);
  return reason ?? refuse(`${status_reason} is no reason to ${kind}`);
}

function addRelationships(account: Account, held: Relationships, body: Body): Relationships {
  const { relationship_type, entity_ids, ...others } = body;
  if (Object.keys(others).length > 0) refuse("relationships have a type and ids only");
  const type = openType(account, relationship_type);
  entityIds(1)(entity_ids);
  const ids = [...new Set([...held[type], ...(entity_ids as string[])])];
  if (ids.length > MOST_ENTITIES) refuse(`${ids.length} of ${type} are too many`);
  if (type === "account_holder") holderTypeOf(ids);
  return { ...held, [type]: ids };
}

function removeRelationship(account: Account, held: Relationships, body: Body): Relationships {
  const { relationship_type, entity_id, ...others } = body;
  if (Object.keys(others).length > 0) refuse("a relationship has a type and an id only");
  const type = openType(account, relationship_type);
  const left = held[type].filter((id) => id !== entity_id);
  if (left.length === held[type].length) refuse("there is no such relationship");
  const isCommercial = holderTypeOf(held.account_holder) === "commercial";
  if (left.length === 0 && (type === "account_holder" || (type === "authorized_signer" && isCommercial))) {
    refuse(`the last ${type} stays`);
  }
  return { ...held, [type]: left };
}

/** The type, of an account that takes changes. */
function openType(account: Account, given: unknown): RelationshipType {
  if (account.status === "closed") refuse("a closed account takes no change");
  return RELATIONSHIP_TYPES.find((type) => type === given) ?? refuse(`${given} is no relationship`);
}

/** Individuals and businesses never hold one account together. */
function holderTypeOf(ids: readonly string[]): HolderType {
  const businesses = ids.filter((id) => id.startsWith(BUSINESS_PREFIX)).length;
  if (businesses > 0 && businesses < ids.length) refuse("the holders are of two kinds");
  return businesses > 0 ? "commercial" : "consumer";
}
