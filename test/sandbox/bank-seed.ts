/** A small bank for the sandbox's tests: one entity of each kind and some that lack a role, applications and accounts. */
import type { SandboxSeed, SeedEntity } from "../../src/sandbox/state/seed.ts";

const crowd: SeedEntity[] = Array.from({ length: 30 }, (_, i) => ({ id: `entity_crowd${i}` }));

export const CROWD = crowd.map(({ id }) => id);

export const CREDIT = {
  is_secured: false,
  is_mla: false,
  underwriting_grade: "A",
  currency: "USD",
  available_credit: 100_00,
  limit: 200_00,
  max_limit: 300_00,
};
export const REPORT = { score: 700, pulled_at: "2025-01-02T03:04:05Z", source: "equifax" } as const;
export const NOTICE = {
  delivered_at: "2025-01-02T03:04:05+01:00",
  reason: "closed",
  delivery_method: "email",
} as const;
export const DISCLOSURE = { document_id: "d1", type: "terms_of_use", displayed_at: "2025-01-02T03:04:05Z" };
export const CONSENT = {
  document_id: "d2",
  type: "esign_agreement",
  consented_at: "2025-01-02T03:04:05Z",
  version: "v1",
};

export const SEED = {
  entities: [
    { id: "entity_ann", client_customer_id: "cust-ann" },
    { id: "entity_bob" },
    { id: "entity_biz", type: "business" },
    { id: "entity_sole", type: "sole_prop" },
    { id: "entity_idle", role_details: [{ name: "account_holder", status: "inactive" }] },
    ...crowd,
  ],
  applications: [
    { id: "application_ann", entities: { account_holder_type: "consumer", account_holders: ["entity_ann"] } },
    {
      id: "application_declined",
      status: "declined",
      entities: { account_holder_type: "consumer", account_holders: ["entity_ann"] },
    },
    {
      id: "application_canceled",
      status: "canceled",
      entities: { account_holder_type: "consumer", account_holders: ["entity_ann"] },
    },
    { id: "application_biz", entities: { account_holder_type: "commercial", account_holders: ["entity_biz"] } },
  ],
  accounts: [
    {
      id: "account_ann",
      client_account_id: "c-ann",
      relationships: { account_holder: ["entity_ann"], authorized_user: ["entity_bob"] },
    },
    {
      id: "account_biz",
      client_account_id: "c-biz",
      relationships: { account_holder: ["entity_biz"], authorized_signer: ["entity_ann"] },
    },
    {
      id: "account_idle",
      status: "inactive",
      status_reason: "dormant",
      details: { product_name: "Card", credit: CREDIT, adverse_action_notice: NOTICE },
      documents: [DISCLOSURE, CONSENT],
      metadata: { desk: "4" },
      relationships: { account_holder: ["entity_ann", "entity_bob"] },
    },
    {
      id: "account_shut",
      status: "closed",
      status_reason: "paid_off",
      details: { product_name: "Card", closed_at: "2025-01-02T03:04:05Z" },
      relationships: { account_holder: ["entity_ann"] },
    },
    {
      id: "account_crowd",
      relationships: { account_holder: CROWD.slice(0, 18), authorized_user: CROWD.slice(0, 20) },
    },
  ],
} satisfies SandboxSeed;

/** The body of a create that the bank takes. */
export function createBody(changes: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    capabilities: ["deposit"],
    entities: { account_holders: ["entity_ann"] },
    details: { product_name: "Everyday" },
    documents: [],
    ...changes,
  };
}
