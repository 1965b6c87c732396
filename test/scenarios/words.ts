/**
 * Whole files as a table: csv, expected words, codes and operations, and how the one bank of all of them looks after.
 */
import { expect } from "chai";
import type { JobInput } from "../../src/job.ts";
import type { Sandbox } from "../../src/sandbox/start-sandbox.ts";
import type { SandboxSeed } from "../../src/sandbox/state/seed.ts";
import { CREDIT } from "./broken-rows-seed.ts";

const NOTICE = { delivered_at: "2026-01-02T03:04:05Z", reason: "closed", delivery_method: "email" } as const;

export const SEED: SandboxSeed = {
  entities: [{ id: "entity_ann" }, { id: "entity_bob" }, { id: "entity_biz", type: "business" }],
  accounts: [
    {
      id: "account_1",
      client_account_id: "c1",
      details: { product_name: "Old", credit: CREDIT },
      relationships: { account_holder: ["entity_ann"] },
    },
    {
      id: "account_2",
      client_account_id: "c2",
      status: "inactive",
      status_reason: "dormant",
      relationships: { account_holder: ["entity_ann"] },
    },
    {
      id: "account_3",
      client_account_id: "c3",
      status: "closed",
      status_reason: "paid_off",
      relationships: { account_holder: ["entity_ann"] },
    },
    {
      id: "account_4",
      client_account_id: "c4",
      capabilities: ["deposit", "credit_without_underwriting"],
      relationships: { account_holder: ["entity_ann"] },
    },
  ],
};

export interface Scenario {
  readonly name: string;
  readonly csv: readonly string[];
  readonly words: readonly string[];
  /** `kind=state` in order of sending. */
  readonly operations?: readonly string[];
  readonly codes?: readonly string[];
  readonly job?: Partial<JobInput>;
  readonly after?: (bank: Sandbox) => void;
}

const CREATE =
  "client_account_id,capabilities,account_holders,product_name,status,status_reason,aan_delivered_at,aan_reason,aan_delivery_method";

export const SCENARIOS: readonly Scenario[] = [
  {
    name: "patches only what differs",
    csv: ["account_id,product_name,limit,max_limit", "account_1,Old,25000,30000"],
    words: ["applied"],
    operations: ["patch"],
    after: (bank) => {
      expect(bank.writes[0]?.body).to.deep.equal({ details: { credit: { limit: 25_000 } } });
    },
  },
  {
    name: "leaves an account that agrees",
    csv: ["account_id,product_name", "account_1,Old"],
    words: ["unchanged"],
    operations: [],
  },
  {
    name: "finds an account by its client_account_id",
    csv: ["client_account_id,product_name", "c1,New"],
    words: ["applied"],
    operations: ["patch"],
    after: (bank) => expect(bank.accounts.get("account_1")?.details?.product_name).to.equal("New"),
  },
  {
    name: "creates, and takes the new account to its status",
    csv: [
      CREATE,
      `n1,deposit,entity_ann,Card,,,,,`,
      `n2,deposit,entity_ann,Card,inactive,frozen,,,`,
      `n3,deposit,entity_ann,Card,closed,client_closed,${Object.values(NOTICE).join(",")}`,
    ],
    words: ["applied", "applied", "applied"],
    operations: ["create", "create", "create", "deactivate", "close"],
    after: (bank) => {
      const made = [...bank.accounts.values()].filter(({ client_account_id }) => client_account_id?.startsWith("n"));
      expect(made.map(({ status }) => status).sort()).to.deep.equal(["active", "closed", "inactive"]);
    },
  },
  {
    name: "moves statuses, and reopens only on the row's own request",
    csv: [
      "account_id,status,status_reason,correction",
      "account_1,inactive,frozen,",
      "account_2,active,,",
      "account_3,active,,true",
      "account_4,closed,paid_off,",
    ],
    words: ["applied", "applied", "applied", "applied"],
    operations: ["deactivate", "activate", "activate", "close"],
  },
  {
    name: "refuses what no call can close, and sends nothing for it",
    csv: [
      "account_id,status,status_reason,capabilities,product_name",
      "account_2,inactive,frozen,,",
      "account_3,active,,,",
      "account_3x,,,,X",
      "account_4,,,deposit,Y",
    ],
    words: ["refused", "refused", "refused", "refused"],
    codes: ["status_reason_differs", "account_closed", "account_not_found", "capability_removal"],
    operations: [],
  },
  {
    name: "tells what the bank refuses",
    csv: [CREATE, "n1,deposit,entity_nobody,Card,,,,,"],
    words: ["refused"],
    codes: ["bank_refused"],
    operations: ["create"],
  },
  {
    name: "sends nothing for invalid rows, and goes on with the others",
    csv: ["account_id,status,status_reason,product_name", "account_1,closed,,", "account_1x y,,,", "account_2,,,New"],
    words: ["invalid", "invalid", "applied"],
    codes: ["status_reason_missing", "id_malformed", ""],
    operations: ["patch"],
  },
  {
    name: "holds every row of a kind over its guard",
    csv: [
      "account_id,status,status_reason,product_name",
      "account_1,closed,paid_off,",
      "account_2,closed,paid_off,",
      "account_4,,,New",
    ],
    words: ["held", "held", "applied"],
    codes: ["guard", "guard", ""],
    operations: ["patch"],
    job: { guards: { close: { max: 1 } } },
  },
  {
    name: "folds rows that agree, tells contradictions, and takes the latest of those in time",
    csv: [
      "account_id,product_name,limit,effective_at",
      "account_1,New,,",
      "account_1,,25000,",
      "account_2,A,,",
      "account_2,B,,",
      "account_4,A,,2026-01-01T00:00:00Z",
      "account_4,B,,2026-01-02T00:00:00Z",
    ],
    words: ["applied", "applied", "invalid", "invalid", "skipped", "applied"],
    codes: ["", "", "contradiction", "contradiction", "superseded", ""],
    operations: ["patch", "patch"],
  },
  {
    name: "folds rows that meet at one account by id and by client id",
    csv: ["account_id,client_account_id,product_name,limit", "account_1,,New,", ",c1,,25000"],
    words: ["applied", "applied"],
    operations: ["patch"],
  },
  {
    name: "adds relationships, and notes those it leaves",
    csv: ["account_id,account_holders,authorized_users", "account_1,entity_bob,entity_bob"],
    words: ["applied"],
    operations: ["add_relationships", "add_relationships"],
    codes: ["extra_relationship"],
  },
  {
    name: "removes relationships when the job says so",
    csv: ["account_id,account_holders", "account_1,entity_bob"],
    words: ["applied"],
    operations: ["add_relationships", "remove_relationship"],
    job: { removeRelationships: true },
  },
  {
    name: "reads the bank's layout, decimals exact",
    csv: [
      "client_account_id|currency|client_product_name|credit_limit|max_credit_limit|generated_at",
      "c1|USD|Old|250.10|300.00|2026-01-01T00:00:00Z",
    ],
    words: ["applied"],
    operations: ["patch"],
    after: (bank) => expect(bank.accounts.get("account_1")?.details?.credit?.limit).to.equal(25_010),
  },
];
