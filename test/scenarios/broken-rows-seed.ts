/**
 * What the broken rows are made of: the bank they meet, sound cells for each kind of new account, and raw requests that
 * make the same mistake over the REST API. Data and builders only; nothing here runs.
 */
import type { Code } from "../../src/errors/codes/codes.ts";
import type { JobInput } from "../../src/job.ts";
import type { SandboxSeed, SeedAccount } from "../../src/sandbox/state/seed.ts";

/** A row by column name; "" for an empty cell. */
export type Cells = Readonly<Record<string, string>>;

/** A call with `:id` for the row's account, and the status that the contract gives it. */
export interface RawRequest {
  readonly call: string;
  readonly body: unknown;
  readonly status: 400 | 404 | 422;
}

/** Its name, the code it must end with, its cells over those of the theme, and the same mistake as a request. */
export type BrokenRow = readonly [name: string, code: Code, cells: Cells, request?: RawRequest];

/** Rows about one matter, in one file. Each is about a new account, or about an account of its own that is like `on`. */
export interface Theme {
  readonly name: string;
  readonly on?: keyof typeof ACCOUNTS;
  readonly job?: Partial<JobInput>;
  /** Cells that every row has. */
  readonly base: Cells;
  /** Cells that mend nothing, since nothing is broken: each of these rows is applied. */
  readonly sound: readonly Cells[];
  readonly broken: readonly BrokenRow[];
}

export const CROWD = Array.from({ length: 22 }, (_, i) => `entity_crowd${i}`);
const ALL_ROLES = (["account_holder", "authorized_signer", "authorized_user"] as const).map((name) => ({
  name,
  status: "active" as const,
}));
const application = (id: string, account_holder_type: "consumer" | "commercial", holder: string) => ({
  id: `application_${id}`,
  entities: { account_holder_type, account_holders: [holder] },
});

export const SEED: SandboxSeed = {
  entities: [
    ...["entity_ann", "entity_bob", ...CROWD].map((id) => ({ id })),
    { id: "entity_biz", type: "business", role_details: ALL_ROLES },
    { id: "entity_sole", type: "sole_prop", role_details: ALL_ROLES },
    { id: "entity_idle", role_details: ALL_ROLES.map(({ name }) => ({ name, status: "inactive" })) },
    { id: "entity_bare", role_details: [] },
  ],
  applications: [
    application("ann", "consumer", "entity_ann"),
    application("bob", "consumer", "entity_bob"),
    application("odd", "commercial", "entity_ann"),
    { ...application("declined", "consumer", "entity_ann"), status: "declined" },
    { ...application("canceled", "consumer", "entity_ann"), status: "canceled" },
  ],
};

/** Credit as the API takes it. */
export const CREDIT = {
  is_secured: false,
  is_mla: false,
  underwriting_grade: "A",
  currency: "USD",
  available_credit: 10_000,
  limit: 20_000,
  max_limit: 30_000,
};
export const REPORT = { score: 700, pulled_at: "2025-03-04T11:22:00Z", source: "equifax" } as const;
export const NOTICE = { delivered_at: "2025-03-04T11:22:00Z", reason: "late", delivery_method: "email" } as const;
export const TERMS = { document_id: "d1", type: "terms_of_use", displayed_at: "2025-03-04T11:22:00Z" };
export const ESIGN = { document_id: "d2", type: "esign_agreement", consented_at: "2025-03-04T11:22:00Z" };

/** The same as cells. */
export const NEW: Cells = { capabilities: "deposit", account_holders: "entity_ann", product_name: "Card" };
export const CREDIT_CELLS: Cells = Object.fromEntries(
  Object.entries(CREDIT).map(([column, value]) => [column, String(value)]),
);
export const REPORT_CELLS: Cells = {
  credit_score: String(REPORT.score),
  credit_pulled_at: REPORT.pulled_at,
  credit_report_source: REPORT.source,
};
export const NOTICE_CELLS: Cells = {
  aan_delivered_at: NOTICE.delivered_at,
  aan_reason: NOTICE.reason,
  aan_delivery_method: NOTICE.delivery_method,
};

const OPEN = { relationships: { account_holder: ["entity_ann"] } };

/** The accounts that rows may be about; each row has one of its own, under an id of its own. */
export const ACCOUNTS = {
  deposit: OPEN,
  card: {
    ...OPEN,
    capabilities: ["deposit", "credit_without_underwriting"],
    details: { product_name: "Card", credit: CREDIT },
  },
  inactive: { ...OPEN, status: "inactive", status_reason: "dormant" },
  closed: { ...OPEN, status: "closed", status_reason: "paid_off", details: { product_name: "Card", credit: CREDIT } },
  papers: { ...OPEN, documents: [{ document_id: "d0", type: "terms_of_use" }] },
  commercial: { relationships: { account_holder: ["entity_biz"], authorized_signer: ["entity_ann"] } },
  crowd: { relationships: { account_holder: CROWD.slice(0, 19), authorized_user: CROWD.slice(0, 20) } },
} as const satisfies Readonly<Record<string, Omit<SeedAccountLike, "id">>>;

/** An account of the seed, which a builder copies before the bank may change it. */
type SeedAccountLike = { readonly [Member in keyof SeedAccount]: unknown };

/** A create that is sound but for `changes`. */
export function create(changes: Readonly<Record<string, unknown>>): RawRequest {
  const body = {
    capabilities: ["deposit"],
    entities: { account_holders: ["entity_ann"] },
    details: { product_name: "Card" },
    documents: [],
    ...changes,
  };
  return { call: "POST /v0/accounts", body, status: 422 };
}

/** Creates that are sound but for one part; a member that is undefined isn't sent. */
export const entities = (changes: object) => create({ entities: { account_holders: ["entity_ann"], ...changes } });
export const documents = (...list: readonly unknown[]) => create({ documents: list });
export const credit = (changes: object) =>
  create({ details: { product_name: "Card", credit: { ...CREDIT, ...changes } } });
export const report = (changes: object) => credit({ report: { ...REPORT, ...changes } });
export const scra = (changes: object) => credit({ scra: changes });
export const notice = (changes: object) =>
  create({ details: { product_name: "Card", adverse_action_notice: { ...NOTICE, ...changes } } });
export const underwritten = (changes: object) =>
  create({
    application_id: "application_ann",
    capabilities: ["credit_with_underwriting"],
    details: { product_name: "Card", credit: CREDIT },
    ...changes,
  });

/** Changes of the row's account. */
export const patch = (body: object): RawRequest => ({ call: "PATCH /v0/accounts/:id", body, status: 422 });
export const deactivate = (status_reason?: string): RawRequest => transition("deactivate", status_reason);
export const close = (status_reason?: string): RawRequest => transition("close", status_reason);
export const add = (relationship_type: string, ...entity_ids: readonly unknown[]): RawRequest => ({
  call: "POST /v0/accounts/:id/entity_relationships/batch",
  body: { relationship_type, entity_ids },
  status: 422,
});
export const remove = (relationship_type: string, entity: string): RawRequest => ({
  call: `DELETE /v0/accounts/:id/entity_relationships/${entity}?relationship_type=${relationship_type}`,
  body: undefined,
  status: 422,
});
/** A patch of an account whose id is given as it stands in a path. */
export const patchOf = (id: string, status: 400 | 404): RawRequest => ({
  call: `PATCH /v0/accounts/${encodeURIComponent(id)}`,
  body: {},
  status,
});

function transition(kind: string, status_reason?: string): RawRequest {
  return { call: `POST /v0/accounts/:id/${kind}`, body: { status_reason }, status: 422 };
}
