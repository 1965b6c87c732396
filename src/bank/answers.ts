/**
 * The content of a whole 200: an account, a look-up, a page of relationships, checked as far as the client relies on it.
 * Takes parsed JSON, gives the value, or `undefined` when it isn't that. Members it doesn't know stay.
 */
import {
  type Account,
  type Application,
  ENTITY_TYPES,
  type Entity,
  RELATIONSHIP_TYPES,
  type RelationshipType,
} from "../account.ts";
import { isRecord } from "../text/json.ts";
import type { LookUp } from "./bank-api.ts";
import { findUnsendable } from "./find-unsendable.ts";

const ACCOUNT_ID = /^account_\w+$/;

/** One relationship of an account, of a type that is managed here. */
export interface Relationship {
  readonly entityId: string;
  readonly type: RelationshipType;
}

/** `cursor` is given when there is a further page. */
export interface RelationshipPage {
  readonly relationships: readonly Relationship[];
  readonly cursor?: string;
}

/**
 * "Whole and valid" is JSON with an `id` of the pattern (contract, "The look-up must prove itself"), and the id asked
 * for, if one was. A member that is null counts as absent, and one that should hold others must be able to.
 */
export function parseAccount(json: unknown, expectedId?: string): Account | undefined {
  if (!isRecord(json) || !isAccountId(json.id)) return undefined;
  if (expectedId !== undefined && json.id !== expectedId) return undefined;
  const account = withoutNulls(json) as Readonly<Record<string, unknown>>;
  const maps = [account.details, account.entities, account.metadata];
  const lists = [account.capabilities, account.documents];
  const fits =
    maps.every((value) => value === undefined || isRecord(value)) &&
    lists.every((value) => value === undefined || Array.isArray(value));
  return fits ? (account as unknown as Account) : undefined;
}

/** An account as `parseAccount` takes it, and what of it a PATCH could not send back; `text` is what `json` was parsed from. */
export function parseReadAccount(json: unknown, text: string, expectedId: string): Account | undefined {
  const parsed = parseAccount(json, expectedId);
  if (parsed === undefined) return undefined;
  const unsendable = findUnsendable(text);
  if (unsendable.length === 0 && parsed.unsendable === undefined) return parsed;
  // A member of our own must not be set by a member of the bank's with the same name.
  const { unsendable: _, ...account } = parsed;
  return unsendable.length > 0 ? { ...account, unsendable } : account;
}

/** The entity asked for: its id, a type that is known here, and roles if it has any. */
export function parseEntity(json: unknown, expectedId?: string): Entity | undefined {
  if (!isRecord(json) || !isIdOf("entity", json.id, expectedId)) return undefined;
  const { id, type, role_details, client_customer_id } = withoutNulls(json) as Readonly<Record<string, unknown>>;
  const isKnown = (ENTITY_TYPES as readonly unknown[]).includes(type);
  const hasRoles = role_details === undefined || (Array.isArray(role_details) && role_details.every(isRecord));
  return isKnown && hasRoles
    ? ({ id, type, ...(role_details !== undefined && { role_details }), ...ownId({ client_customer_id }) } as Entity)
    : undefined;
}

/** The application asked for, as far as accounts depend on it. */
export function parseApplication(json: unknown, expectedId?: string): Application | undefined {
  if (!isRecord(json) || !isIdOf("application", json.id, expectedId)) return undefined;
  const { id, status, entities, client_application_id } = withoutNulls(json) as Readonly<Record<string, unknown>>;
  const holders = isRecord(entities) ? entities.account_holders : undefined;
  const fits =
    (status === undefined || typeof status === "string") &&
    (entities === undefined || isRecord(entities)) &&
    (holders === undefined || Array.isArray(holders));
  if (!fits) return undefined;
  const known = { ...(status !== undefined && { status }), ...(entities !== undefined && { entities }) };
  return { id, ...known, ...ownId({ client_application_id }) } as Application;
}

/** The id asked for, or any of its kind where none was. */
function isIdOf(kind: "entity" | "application", id: unknown, expectedId: string | undefined): boolean {
  return expectedId === undefined ? typeof id === "string" && id.startsWith(`${kind}_`) : id === expectedId;
}

/** The member where it is text. */
function ownId(member: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.values(member).every((id) => typeof id === "string") ? member : {};
}

/** One thing, or a list of them (contract, "Also known"); each as `parse` takes it. A list with further pages does not count. */
export function parseFound<Value>(
  json: unknown,
  parse: (json: unknown) => Value | undefined,
): readonly Value[] | undefined {
  const listed = isRecord(json) ? json.objects : json;
  if (!Array.isArray(listed)) {
    const one = parse(json);
    return one === undefined ? undefined : [one];
  }
  const found = listed.map(parse);
  if (found.includes(undefined)) return undefined;
  return isRecord(json) && json.has_more === true && found.length < 2 ? undefined : (found as Value[]);
}

/** One account, or a list of accounts (contract, "Endpoints we use"). A list with further pages does not count. */
export function parseLookUp(json: unknown): LookUp | undefined {
  if (!isRecord(json)) return undefined;
  if (isAccountId(json.id)) return { ids: [json.id], listed: false };
  if (!Array.isArray(json.objects)) return undefined;
  const ids = json.objects.map((object: unknown) => (isRecord(object) ? object.id : undefined));
  if (!ids.every(isAccountId)) return undefined;
  const distinct = [...new Set(ids)];
  return json.has_more === true && distinct.length < 2 ? undefined : { ids: distinct, listed: true };
}

/** The account that relationships were added to. */
export function parseAddedTo(json: unknown): string | undefined {
  return isRecord(json) && isAccountId(json.account_id) ? json.account_id : undefined;
}

/** Relationships of a type unknown here are left out: nothing of ours compares or changes them. */
export function parseRelationshipPage(json: unknown): RelationshipPage | undefined {
  if (!isRecord(json) || !Array.isArray(json.objects)) return undefined;
  const relationships: Relationship[] = [];
  for (const object of json.objects as unknown[]) {
    if (!isRecord(object) || typeof object.entity_id !== "string") return undefined;
    const type = RELATIONSHIP_TYPES.find((known) => known === object.relationship_type);
    if (type !== undefined) relationships.push({ entityId: object.entity_id, type });
  }
  if (json.has_more !== true) return { relationships };
  return typeof json.cursor === "string" && json.cursor !== "" ? { relationships, cursor: json.cursor } : undefined;
}

function isAccountId(value: unknown): value is string {
  return typeof value === "string" && ACCOUNT_ID.test(value);
}

/** The value itself where it holds none, which most do: no copy is made of those. */
function withoutNulls(value: unknown): unknown {
  if (!holdsNull(value)) return value;
  if (Array.isArray(value)) return value.filter((item) => item !== null).map(withoutNulls);
  if (!isRecord(value)) return value;
  const given = Object.entries(value).filter(([, member]) => member !== null);
  return Object.fromEntries(given.map(([name, member]) => [name, withoutNulls(member)]));
}

function holdsNull(value: unknown): boolean {
  if (typeof value !== "object") return false;
  return value === null || Object.values(value).some(holdsNull);
}
