/**
 * Seeds: the entities, applications and accounts that a stand-in starts with. Short objects come in, whole objects with
 * the defaults filled in go out.
 */
import { RELATIONSHIP_TYPES, type RelationshipType } from "../../account.ts";
import { holderTypeOf, type SandboxAccount, type SandboxApplication, type SandboxEntity } from "./bank-state.ts";

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
