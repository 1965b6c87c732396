/**
 * Seeds: the entities, applications and accounts that a stand-in starts with. A seed file's text or short objects come
 * in, whole objects with the defaults filled in go out; a mistake in a file is one line that says where.
 */
import { HOLDER_TYPES, RELATIONSHIP_TYPES, type RelationshipType, STATUSES } from "../../account.ts";
import {
  type EntityKind,
  holderTypeOf,
  type SandboxAccount,
  type SandboxApplication,
  type SandboxEntity,
} from "./bank-state.ts";
import { isAccountId, isApplicationId, isEntityId, isObject } from "./fields.ts";

export type SeedEntity = Partial<SandboxEntity> & { id: string };
export type SeedApplication = Partial<SandboxApplication> & { id: string; entities: SandboxApplication["entities"] };
export type SeedAccount = Partial<Omit<SandboxAccount, "relationships">> & {
  id: string;
  relationships?: Partial<Record<RelationshipType, string[]>>;
};

/** What a seed may hold; every list may be absent. */
export interface SandboxSeed {
  entities?: readonly SeedEntity[];
  applications?: readonly SeedApplication[];
  accounts?: readonly SeedAccount[];
}

/** A seed file that can't be used; `message` is one line for people. */
export class SeedError extends Error {
  override name = "SeedError";
}

const ENTITY_KINDS: readonly EntityKind[] = ["individual", "business", "sole_prop"];

/** The seed in a file's text, checked but not yet filled in. `name` is what the error line calls the file. */
export function parseSeed(text: string, name: string): SandboxSeed {
  const fail = (where: string, what: string): never => {
    throw new SeedError(`${name}: ${where} ${what}`);
  };
  const lists = parseJson(text);
  if (!isObject(lists)) return fail("the file", "must be a JSON object");
  const ids = new Set<string>();
  for (const [kind, isId] of [
    ["entities", isEntityId],
    ["applications", isApplicationId],
    ["accounts", isAccountId],
  ] as const) {
    const list = lists[kind] ?? [];
    if (!Array.isArray(list)) return fail(kind, "must be a list");
    for (const [i, one] of list.entries()) {
      const where = `${kind}[${i}]`;
      if (!isObject(one)) return fail(where, "must be an object");
      const { id } = one;
      if (typeof id !== "string" || !isId(id)) return fail(`${where}.id`, `is ${show(id)}, not an id of this kind`);
      if (ids.has(id)) return fail(`${where}.id`, `${show(id)} occurs twice`);
      ids.add(id);
      const wrong = CHECKS[kind](one, ids);
      if (wrong !== undefined) return fail(`${where}.${wrong.member}`, wrong.what);
    }
  }
  return lists;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

interface Wrong {
  readonly member: string;
  readonly what: string;
}

/** Per list, the first thing wrong with one of its objects; `ids` are those read before it. */
const CHECKS: Record<keyof SandboxSeed, (one: Record<string, unknown>, ids: ReadonlySet<string>) => Wrong | undefined> =
  {
    entities: ({ type }) => oneOf("type", type ?? "individual", ENTITY_KINDS),
    applications: ({ status, entities }, ids) => {
      const { account_holder_type, account_holders }: Record<string, unknown> = { ...Object(entities) };
      return (
        oneOf("status", status ?? "approved", ["approved", "declined", "canceled"]) ??
        oneOf("entities.account_holder_type", account_holder_type, HOLDER_TYPES) ??
        knownEntities("entities.account_holders", account_holders, ids)
      );
    },
    accounts: ({ status, relationships }, ids) => {
      const wrong = oneOf("status", status ?? "active", STATUSES);
      if (wrong !== undefined) return wrong;
      for (const [type, list] of Object.entries(Object(relationships ?? {}))) {
        const found =
          oneOf("relationships", type, RELATIONSHIP_TYPES) ?? knownEntities(`relationships.${type}`, list, ids);
        if (found !== undefined) return found;
      }
      return undefined;
    },
  };

function oneOf(member: string, value: unknown, words: readonly string[]): Wrong | undefined {
  if (typeof value === "string" && words.includes(value)) return undefined;
  return { member, what: `is ${show(value)}; it must be one of ${words.join(", ")}` };
}

function knownEntities(member: string, value: unknown, ids: ReadonlySet<string>): Wrong | undefined {
  if (!Array.isArray(value)) return { member, what: "must be a list of entity ids" };
  const unknown = value.find((id) => !ids.has(id));
  return unknown === undefined
    ? undefined
    : { member, what: `names ${show(unknown)}, which is not in the list of entities` };
}

function show(value: unknown): string {
  return JSON.stringify(value) ?? "missing";
}

/** A whole entity: an individual, active in every role its kind may have, unless the seed says otherwise. */
export function seedEntity(seed: SeedEntity, nowMs = Date.now()): SandboxEntity {
  const at = new Date(nowMs).toISOString();
  const type = seed.type ?? "individual";
  const roles = type === "individual" ? RELATIONSHIP_TYPES : (["account_holder"] as const);
  const identification_details = { type: "us_entity" };
  return {
    type,
    created_at: at,
    updated_at: at,
    role_details: roles.map((name) => ({ name, status: "active" })),
    ...(type === "individual"
      ? { individual_details: { first_name: "Ada", last_name: "Example", identification_details } }
      : { business_details: { name: "Example Trading", identification_details, address_details: {} } }),
    ...(type === "sole_prop" && { sole_proprietor: { entity_id: `${seed.id.slice(0, 34)}_owner` } }),
    metadata: {},
    ...seed,
  };
}

/** A whole application, approved unless the seed says otherwise. */
export function seedApplication(seed: SeedApplication, nowMs = Date.now()): SandboxApplication {
  const at = new Date(nowMs).toISOString();
  return { created_at: at, updated_at: at, status: "approved", metadata: {}, ...seed };
}

/**
 * A whole account: an active deposit account unless the seed says otherwise. Its holder type is derived from the
 * first holder when `entities` is absent and that entity is known.
 */
export function seedAccount(
  seed: SeedAccount,
  entities: ReadonlyMap<string, SandboxEntity>,
  nowMs = Date.now(),
): SandboxAccount {
  const at = new Date(nowMs).toISOString();
  const { relationships, ...own } = seed;
  const holder = entities.get(relationships?.account_holder?.[0] ?? "");
  return {
    created_at: at,
    updated_at: at,
    status: "active",
    status_reason: "active",
    capabilities: ["deposit"],
    ...(holder !== undefined && { entities: { account_holder_type: holderTypeOf(holder.type) } }),
    details: { product_name: "Everyday" },
    metadata: {},
    documents: [],
    ...own,
    relationships: {
      account_holder: relationships?.account_holder ?? [],
      authorized_signer: relationships?.authorized_signer ?? [],
      authorized_user: relationships?.authorized_user ?? [],
    },
  };
}
