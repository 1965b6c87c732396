/**
 * The fields of a request to the bank model: a body in, the same body out when the contract allows every member of it.
 * Throws RefusedByBank otherwise; knows nothing of the account that is there.
 */
import {
  type Account,
  CAPABILITIES,
  type Capability,
  CONSENT_DOCUMENT_TYPES,
  DELIVERY_METHODS,
  DISCLOSURE_DOCUMENT_TYPES,
  REPORT_SOURCES,
} from "../../src/account.ts";

/** Why the bank takes no such call. */
export class RefusedByBank extends Error {}

export function refuse(why: string): never {
  throw new RefusedByBank(why);
}

type Check = (value: unknown) => void;
export type Body = Readonly<Record<string, unknown>>;

const that =
  (isRight: (value: unknown) => boolean, what: string): Check =>
  (value) => {
    if (!isRight(value)) refuse(`${JSON.stringify(value)} is not ${what}`);
  };
const matching = (pattern: RegExp, what: string) =>
  that((value) => typeof value === "string" && pattern.test(value), what);
const oneOf = (words: readonly string[]) => that((value) => words.includes(value as string), `one of ${words}`);

const text: Check = that((value) => typeof value === "string" && value !== "", "a text");
const flag: Check = that((value) => typeof value === "boolean", "true or false");
const amount: Check = that(Number.isSafeInteger, "a whole amount in minor units");
const day: Check = matching(/^\d{4}-\d\d-\d\d$/, "a day");
const instant: Check = matching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/, "an instant with a zone");

/** An object of these members and no other, with the required ones. */
function object(members: Readonly<Record<string, Check>>, required: readonly string[]): Check {
  return (value) => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return refuse("not an object");
    for (const name of required) if (!Object.hasOwn(value, name)) refuse(`${name} is missing`);
    for (const [name, member] of Object.entries(value)) {
      if (!Object.hasOwn(members, name)) refuse(`${name} is not known`);
      members[name]?.(member);
    }
  };
}

function list(item: Check, least: number, most = Number.POSITIVE_INFINITY): Check {
  return (value) => {
    if (!Array.isArray(value)) return refuse("not a list");
    if (value.length < least || value.length > most) refuse(`a list of ${value.length}, not ${least} to ${most}`);
    value.forEach(item);
  };
}

const whole = (members: Readonly<Record<string, Check>>) => object(members, Object.keys(members));

const PLAIN_CREDIT = {
  is_secured: flag,
  is_mla: flag,
  underwriting_grade: text,
  currency: matching(/^[A-Z]{3}$/, "a currency"),
  available_credit: amount,
  limit: amount,
  max_limit: amount,
};
const CREDIT = {
  ...PLAIN_CREDIT,
  scra: object({ start_date: day, end_date: day }, ["start_date"]),
  report: whole({
    score: that((value) => Number.isInteger(value) && Number(value) >= 300 && Number(value) <= 850, "a score"),
    pulled_at: instant,
    source: oneOf(REPORT_SOURCES),
  }),
};
const NOTICE = whole({ delivered_at: instant, reason: text, delivery_method: oneOf(DELIVERY_METHODS) });

const details = (creditRequires: readonly string[], requires: readonly string[]) =>
  object({ product_name: text, credit: object(CREDIT, creditRequires), adverse_action_notice: NOTICE }, requires);

const DOCUMENT_BASE = { document_id: text, type: text, version: text };
const CONSENT = object({ ...DOCUMENT_BASE, consented_at: instant }, ["document_id", "type", "consented_at"]);
const DISCLOSURE = object({ ...DOCUMENT_BASE, displayed_at: instant }, ["document_id", "type", "displayed_at"]);

const document: Check = (value) => {
  const { type } = value as { type: string };
  if ((CONSENT_DOCUMENT_TYPES as readonly string[]).includes(type)) return CONSENT(value);
  if ((DISCLOSURE_DOCUMENT_TYPES as readonly string[]).includes(type)) return DISCLOSURE(value);
  refuse(`${type} is no type of document`);
};

const metadata: Check = (value) => {
  for (const [name, one] of Object.entries(value as object)) if (typeof one !== "string") refuse(`${name} is not text`);
};

const FIELDS = {
  application_id: matching(/^application_\w+$/, "an application id"),
  capabilities: list(oneOf(CAPABILITIES), 1),
  documents: list(document, 0),
  metadata,
};

const entityId = matching(/^entity_\S{1,33}$/, "an entity id");
/** At most 20 of one relationship (contract, "The account"). */
export const MOST_ENTITIES = 20;
export const entityIds = (least: number) => list(entityId, least, MOST_ENTITIES);

const CREATE = object(
  {
    ...FIELDS,
    client_account_id: text,
    entities: object(
      { account_holders: entityIds(1), authorized_signers: entityIds(0), authorized_users: entityIds(0) },
      ["account_holders"],
    ),
    details: details(Object.keys(PLAIN_CREDIT), ["product_name"]),
  },
  ["capabilities", "entities", "details", "documents"],
);
const PATCH = object({ ...FIELDS, details: details([], []) }, []);

type Fields = Pick<Account, "application_id" | "details" | "metadata" | "documents"> & {
  readonly capabilities?: readonly Capability[];
};

export interface CreateBody extends Fields {
  readonly client_account_id?: string;
  readonly capabilities: readonly Capability[];
  readonly entities: Readonly<Partial<Record<"account_holders" | "authorized_signers" | "authorized_users", string[]>>>;
}

// The checks leave exactly these members, each of its type.
export function checkCreate(body: Body): CreateBody {
  CREATE(body);
  return body as unknown as CreateBody;
}

export function checkPatch(body: Body): Fields {
  PATCH(body);
  return body as Fields;
}
