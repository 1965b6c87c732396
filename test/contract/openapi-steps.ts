/**
 * The calls that the OpenAPI test makes of the sandbox: every endpoint with every status it can produce, and every kind
 * of object in the answers. Data only; each step has a bank of its own.
 */
import type { Fault } from "../../src/sandbox/server/faults.ts";
import { CONSENT, CREDIT, createBody, DISCLOSURE, NOTICE, REPORT } from "../sandbox/bank-seed.ts";

export interface Step {
  readonly call: string;
  readonly status: number;
  readonly body?: unknown;
  readonly key?: string | null;
  /** The scope of the token; all when absent. */
  readonly scope?: string;
  readonly authorization?: string;
  readonly fault?: Fault;
  /** Another body that has been sent under the same key before. */
  readonly earlierBody?: unknown;
}

const A = "/v0/accounts";
const DETAILS = { product_name: "Card", credit: { ...CREDIT, scra: { start_date: "2025-01-01" }, report: REPORT } };
const RICH = createBody({
  application_id: "application_ann",
  capabilities: ["deposit", "credit_with_underwriting", "credit_without_underwriting"],
  details: { ...DETAILS, adverse_action_notice: NOTICE },
  documents: [DISCLOSURE, CONSENT],
  metadata: { desk: "4" },
  client_account_id: "c-new",
});
const BATCH = { relationship_type: "authorized_user", entity_ids: ["entity_ann"] };
const REMOVE = `DELETE ${A}/account_ann/entity_relationships/entity_bob`;

/** Per endpoint: a call that is taken, the same with a bad parameter, of something unknown, and one that is refused. */
interface Endpoint {
  readonly good: string;
  readonly body?: unknown;
  readonly malformed?: string;
  readonly unknown?: string;
  readonly refused?: { readonly call?: string; readonly body?: unknown };
  /** A scope that isn't enough. */
  readonly otherScope: string;
}

const ENDPOINTS: readonly Endpoint[] = [
  { good: `POST ${A}`, body: RICH, refused: { body: {} }, otherScope: "account/read" },
  {
    good: `GET ${A}/account_idle`,
    malformed: `GET ${A}/x`,
    unknown: `GET ${A}/account_none`,
    otherScope: "entity/read",
  },
  {
    good: `GET ${A}?client_account_id=c-ann`,
    malformed: `GET ${A}`,
    otherScope: "entity/read",
  },
  {
    good: `PATCH ${A}/account_ann`,
    body: { details: DETAILS },
    malformed: `PATCH ${A}/x`,
    unknown: `PATCH ${A}/account_none`,
    refused: { body: { capabilities: [] } },
    otherScope: "account/read",
  },
  {
    good: `POST ${A}/account_shut/activate`,
    malformed: `POST ${A}/x/activate`,
    unknown: `POST ${A}/account_none/activate`,
    refused: { call: `POST ${A}/account_ann/activate` },
    otherScope: "account/read",
  },
  {
    good: `POST ${A}/account_ann/deactivate`,
    body: { status_reason: "frozen" },
    malformed: `POST ${A}/x/deactivate`,
    unknown: `POST ${A}/account_none/deactivate`,
    refused: { call: `POST ${A}/account_idle/deactivate` },
    otherScope: "account/read",
  },
  {
    good: `POST ${A}/account_idle/close`,
    body: { status_reason: "client_closed" },
    malformed: `POST ${A}/x/close`,
    unknown: `POST ${A}/account_none/close`,
    refused: { call: `POST ${A}/account_ann/close` },
    otherScope: "account/read",
  },
  {
    good: `GET ${A}/account_crowd/entity_relationships`,
    malformed: `GET ${A}/account_crowd/entity_relationships?limit=0`,
    unknown: `GET ${A}/account_none/entity_relationships`,
    otherScope: "entity/read",
  },
  {
    good: `POST ${A}/account_ann/entity_relationships/batch`,
    body: BATCH,
    malformed: `POST ${A}/x/entity_relationships/batch`,
    unknown: `POST ${A}/account_none/entity_relationships/batch`,
    refused: { body: { ...BATCH, entity_ids: ["entity_none"] } },
    otherScope: "account/read",
  },
  {
    good: `${REMOVE}?relationship_type=authorized_user`,
    malformed: REMOVE,
    unknown: `${REMOVE}?relationship_type=authorized_signer`,
    refused: { call: `DELETE ${A}/account_ann/entity_relationships/entity_ann?relationship_type=account_holder` },
    otherScope: "account/read",
  },
  {
    good: "GET /v0/entities/entity_ann",
    malformed: "GET /v0/entities/x",
    unknown: "GET /v0/entities/entity_none",
    otherScope: "account/read",
  },
  {
    good: "GET /v0/entities?client_customer_id=cust-ann",
    malformed: "GET /v0/entities",
    unknown: "GET /v0/entities?client_customer_id=none",
    otherScope: "account/read",
  },
  {
    good: "GET /v0/applications/application_ann",
    malformed: "GET /v0/applications/x",
    unknown: "GET /v0/applications/application_none",
    otherScope: "account/read",
  },
];

function stepsOf({ good, body, malformed, unknown, refused, otherScope }: Endpoint): Step[] {
  const sent = body === undefined ? {} : { body };
  const call = { call: good, ...sent };
  const isKeyed = /^(POST|PATCH)/.test(good);
  const steps: Step[] = [
    { ...call, status: 200 },
    { ...call, status: 401, authorization: "Bearer nonsense" },
    { ...call, status: 403, scope: otherScope },
    { ...call, status: 403, fault: "403" },
    { ...call, status: 429, fault: "429" },
    { ...call, status: 500, fault: "500" },
    { ...call, status: 503, fault: "503" },
  ];
  if (malformed !== undefined) steps.push({ call: malformed, ...sent, status: 400 });
  if (unknown !== undefined) steps.push({ call: unknown, ...sent, status: 404 });
  if (refused !== undefined) steps.push({ ...call, ...refused, status: 422 });
  if (body !== undefined) steps.push({ call: good, body: "{", status: 400 });
  if (isKeyed) {
    const status = good.endsWith("/batch") ? 409 : 422;
    steps.push({ ...call, status: 400, key: null });
    steps.push({ ...call, status: 409, fault: "409" });
    steps.push({ ...call, status, earlierBody: body ?? "{}", body: { ...Object(body), extra: 1 } });
  }
  return steps;
}

/** What no endpoint's own steps show: the token, the other kinds of object, the last page, and the look-up's none. */
const OTHERS: readonly Step[] = [
  { call: "POST /v1/oauth/token", status: 400, body: { grant_type: "password" } },
  { call: "POST /v1/oauth/token", status: 400, body: "{" },
  ...["account_ann", "account_biz", "account_shut"].map((id) => ({ call: `GET ${A}/${id}`, status: 200 })),
  ...["entity_biz", "entity_sole", "entity_idle"].map((id) => ({ call: `GET /v0/entities/${id}`, status: 200 })),
  ...["application_biz", "application_declined", "application_canceled"].map((id) => ({
    call: `GET /v0/applications/${id}`,
    status: 200,
  })),
  { call: `GET ${A}/account_ann/entity_relationships`, status: 200 },
  { call: `${REMOVE.replace("account_ann", "account_none")}?relationship_type=authorized_user`, status: 404 },
  { call: `GET ${A}?client_account_id=c-none`, status: 200 },
];

export const STEPS: readonly Step[] = [...ENDPOINTS.flatMap(stepsOf), ...OTHERS];

/** The answers that the OpenAPI document does not describe, each with the line of the contract that gives it. */
export const UNDESCRIBED: Readonly<Record<string, string>> = {
  "GET /v0/accounts 200": "Endpoints: newest addition, not in the OpenAPI document; an account object or a list",
  "GET /v0/accounts 400": "Errors: 400 the request is wrong",
  "GET /v0/accounts 401": "Errors: 401 token missing, expired or revoked",
  "GET /v0/accounts 403": "Endpoints: scope account/read or read_write",
  "GET /v0/accounts 429": "Errors: 429 rate_limit_exceeded",
  "GET /v0/accounts 500": "Errors: 500, 503 try again",
  "GET /v0/accounts 503": "Errors: 500, 503 try again",
  "get /v0/accounts/{id}/entity_relationships 403": "Endpoints: scope account/read or read_write",
  "delete /v0/accounts/{id}/entity_relationships/{entity_id} 403": "Endpoints: scope account/read_write",
  "get /v0/entities/{id} 401": "Errors: 401 token missing, expired or revoked",
  "get /v0/entities/{id} 403": "Endpoints: scope entity/read",
  "get /v0/entities 401": "Errors: 401 token missing, expired or revoked",
  "get /v0/entities 403": "Endpoints: scope entity/read",
  ...Object.fromEntries(
    ["post /v0/accounts", "patch /v0/accounts/{id}", "activate", "deactivate", "close"].map((call) => [
      `${call.includes(" ") ? call : `post /v0/accounts/{id}/${call}`} 409`,
      "Errors: 409 same key still being processed",
    ]),
  ),
  ...Object.fromEntries(
    [
      "post /v0/accounts",
      "get /v0/accounts/{id}",
      "patch /v0/accounts/{id}",
      "post /v0/accounts/{id}/activate",
      "post /v0/accounts/{id}/deactivate",
      "post /v0/accounts/{id}/close",
      "get /v0/accounts/{id}/entity_relationships",
      "post /v0/accounts/{id}/entity_relationships/batch",
      "delete /v0/accounts/{id}/entity_relationships/{entity_id}",
      "get /v0/applications/{id}",
    ].map((call) => [`${call} 503`, "Errors: 500, 503 try again"]),
  ),
};
