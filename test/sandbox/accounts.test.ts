/** The rules of creating, reading and patching accounts, each with a request the bank takes and one it refuses. */
import { expect } from "chai";
import { type Sandbox, startSandbox } from "../../src/sandbox/start-sandbox.ts";
import { CONSENT, CREDIT, CROWD, createBody, DISCLOSURE, NOTICE, REPORT, SEED } from "./bank-seed.ts";
import { type Caller, complaintsOf, openCaller } from "./caller.ts";

const WITH_CREDIT = { product_name: "Card", credit: CREDIT };
const UNDERWRITTEN = { capabilities: ["credit_with_underwriting"], details: WITH_CREDIT };
const BUSINESS = { account_holders: ["entity_biz", "entity_sole"], authorized_signers: ["entity_ann"] };
const without = (member: keyof typeof CREDIT) => ({ ...CREDIT, [member]: undefined });
const credit = (changes: object) => ({ details: { product_name: "Card", credit: { ...CREDIT, ...changes } } });
const holders = (...account_holders: string[]) => ({ entities: { account_holders } });
const notice = (changes: object) => ({
  details: { product_name: "Card", adverse_action_notice: { ...NOTICE, ...changes } },
});

/** What is changed in a good create, and what the bank complains of; no complaint means that it is taken. */
const CREATES: [string, Record<string, unknown>, string?][] = [
  ["the least", {}],
  ["no capabilities", { capabilities: undefined }, "capabilities"],
  ["empty capabilities", { capabilities: [] }, "capabilities"],
  ["an unknown capability", { capabilities: ["deposit", "loan"] }, "capabilities[1]"],
  ["no entities", { entities: undefined }, "entities"],
  ["no holders", { entities: {} }, "entities.account_holders"],
  ["empty holders", holders(), "entities.account_holders"],
  ["20 holders", holders(...CROWD.slice(0, 20))],
  ["21 holders", holders(...CROWD.slice(0, 21)), "entities.account_holders"],
  ["a malformed holder", holders("person_1"), "entities.account_holders[0]"],
  ["an unknown holder", holders("entity_ann", "entity_nobody"), "entities.account_holders[1]"],
  ["an inactive holder", holders("entity_idle"), "entities.account_holders[0]"],
  ["mixed holders", holders("entity_ann", "entity_biz"), "entities.account_holders[1]"],
  ["businesses and sole proprietors together", { entities: BUSINESS }],
  ["a business without signer", holders("entity_biz"), "entities.authorized_signers"],
  [
    "a business as signer",
    { entities: { ...BUSINESS, authorized_signers: ["entity_sole"] } },
    "entities.authorized_signers[0]",
  ],
  [
    "a user without the role",
    { entities: { account_holders: ["entity_ann"], authorized_users: ["entity_idle"] } },
    "entities.authorized_users[0]",
  ],
  ["a user", { entities: { account_holders: ["entity_ann"], authorized_users: ["entity_bob"] } }],
  ["the holder type, which is derived", { entities: { ...BUSINESS, account_holder_type: "consumer" } }],
  ["no details", { details: undefined }, "details"],
  ["no product name", { details: {} }, "details.product_name"],
  ["a number as product name", { details: { product_name: 1 } }, "details.product_name"],
  ["no documents", { documents: undefined }, "documents"],
  ["both kinds of documents", { documents: [DISCLOSURE, CONSENT] }],
  ["the newest document type", { documents: [{ ...CONSENT, type: "business_license" }] }],
  ["a document without its instant", { documents: [{ ...CONSENT, type: "aan" }] }, "documents[0].displayed_at"],
  [
    "a consent with the other instant",
    { documents: [{ ...DISCLOSURE, type: CONSENT.type }] },
    "documents[0].consented_at",
  ],
  ["a document without id", { documents: [{ ...CONSENT, document_id: undefined }] }, "documents[0].document_id"],
  ["an unknown document type", { documents: [{ ...CONSENT, type: "poem" }] }, "documents[0].type"],
  [
    "an instant without zone",
    { documents: [{ ...CONSENT, consented_at: "2025-01-02T03:04:05" }] },
    "documents[0].consented_at",
  ],
  ["metadata of text", { metadata: { desk: "4" } }],
  ["metadata with a number", { metadata: { desk: 4 } }, "metadata.desk"],
  ["a client id", { client_account_id: "c-new" }],
  ["a client id that is a number", { client_account_id: 7 }, "client_account_id"],
  ["credit on a deposit account", { details: WITH_CREDIT }],
  ...Object.keys(CREDIT).map((member): [string, Record<string, unknown>, string] => [
    `credit without ${member}`,
    { details: { product_name: "Card", credit: without(member as keyof typeof CREDIT) } },
    `details.credit.${member}`,
  ]),
  ["an amount with a fraction", credit({ limit: 1.5 }), "details.credit.limit"],
  ["an amount as text", credit({ limit: "100" }), "details.credit.limit"],
  ["a limit above the highest", credit({ limit: 900_00 })],
  ["a flag as text", credit({ is_mla: "true" }), "details.credit.is_mla"],
  ["a currency in lower case", credit({ currency: "usd" }), "details.credit.currency"],
  ["a member credit doesn't know", credit({ apr: 3 }), "details.credit.apr"],
  ["SCRA with an end", credit({ scra: { start_date: "2025-01-01", end_date: "2025-02-01" } })],
  ["SCRA without a start", credit({ scra: { end_date: "2025-02-01" } }), "details.credit.scra.start_date"],
  [
    "SCRA on a day that doesn't exist",
    credit({ scra: { start_date: "2025-02-30" } }),
    "details.credit.scra.start_date",
  ],
  ["a report", credit({ report: REPORT })],
  ["a report without score", credit({ report: { ...REPORT, score: undefined } }), "details.credit.report.score"],
  ["a score below 300", credit({ report: { ...REPORT, score: 299 } }), "details.credit.report.score"],
  ["a score of 850", credit({ report: { ...REPORT, score: 850 } })],
  ["a score above 850", credit({ report: { ...REPORT, score: 851 } }), "details.credit.report.score"],
  ["an unknown bureau", credit({ report: { ...REPORT, source: "innovis" } }), "details.credit.report.source"],
  ["a notice", notice({})],
  ["a notice without reason", notice({ reason: undefined }), "details.adverse_action_notice.reason"],
  ["a notice by pigeon", notice({ delivery_method: "pigeon" }), "details.adverse_action_notice.delivery_method"],
  ["underwriting with its application", { ...UNDERWRITTEN, application_id: "application_ann" }],
  ["underwriting without application", UNDERWRITTEN, "application_id"],
  [
    "underwriting without credit",
    { capabilities: ["credit_with_underwriting"], application_id: "application_ann" },
    "details.credit",
  ],
  ["no underwriting, no application", { capabilities: ["credit_without_underwriting"], details: WITH_CREDIT }],
  ["a malformed application", { application_id: "app-1" }, "application_id"],
  ["an unknown application", { application_id: "application_none" }, "application_id"],
  ["a declined application", { ...UNDERWRITTEN, application_id: "application_declined" }, "application_id"],
  ["a declined application without underwriting", { application_id: "application_declined" }],
  ["an application of the other kind", { ...UNDERWRITTEN, application_id: "application_biz" }, "application_id"],
  [
    "an application of nobody here",
    { ...UNDERWRITTEN, ...holders("entity_bob"), application_id: "application_ann" },
    "application_id",
  ],
];

/** The account patched, the body, and the complaint if there is one. */
const PATCHES: [string, string, Record<string, unknown>, string?][] = [
  ["the product name", "account_ann", { details: { product_name: "New" } }],
  ["nothing", "account_ann", {}],
  ["an inactive account", "account_idle", { metadata: { desk: "5" } }],
  ["a closed account", "account_shut", { metadata: { desk: "5" } }, "id"],
  ["a capability more", "account_ann", { capabilities: ["credit_without_underwriting", "deposit"] }],
  ["a capability less", "account_ann", { capabilities: ["credit_without_underwriting"] }, "capabilities"],
  ["no capability", "account_ann", { capabilities: [] }, "capabilities"],
  ["some of the credit", "account_idle", { details: { credit: { limit: 1 } } }],
  ["an unknown member of credit", "account_idle", { details: { credit: { apr: 1 } } }, "details.credit.apr"],
  [
    "part of a report",
    "account_idle",
    { details: { credit: { report: { score: 700 } } } },
    "details.credit.report.source",
  ],
  [
    "part of a notice",
    "account_idle",
    { details: { adverse_action_notice: { reason: "x" } } },
    "details.adverse_action_notice.delivered_at",
  ],
  [
    "an SCRA end alone",
    "account_idle",
    { details: { credit: { scra: { end_date: "2025-02-01" } } } },
    "details.credit.scra.start_date",
  ],
  ["metadata with a list", "account_ann", { metadata: { desk: [] } }, "metadata.desk"],
  [
    "a document without its instant",
    "account_ann",
    { documents: [{ document_id: "d", type: "aan" }] },
    "documents[0].displayed_at",
  ],
  ["the status", "account_ann", { status: "closed" }, "status"],
  ["the entities", "account_ann", { entities: { account_holders: ["entity_bob"] } }, "entities"],
  ["the client id", "account_ann", { client_account_id: "other" }, "client_account_id"],
  ["an application", "account_ann", { application_id: "application_declined" }],
  ["an unknown application", "account_ann", { application_id: "application_none" }, "application_id"],
  [
    "underwriting added, whole",
    "account_ann",
    {
      capabilities: ["deposit", "credit_with_underwriting"],
      application_id: "application_ann",
      details: { credit: CREDIT },
    },
  ],
  [
    "underwriting added without application",
    "account_idle",
    { capabilities: ["deposit", "credit_with_underwriting"] },
    "application_id",
  ],
  [
    "underwriting added without credit",
    "account_ann",
    { capabilities: ["deposit", "credit_with_underwriting"], application_id: "application_ann" },
    "details.credit",
  ],
];

describe("sandbox accounts", () => {
  let bank: Sandbox;
  let call: Caller;
  beforeEach(async () => {
    bank = await startSandbox({ seed: SEED });
    call = await openCaller(bank);
  });
  afterEach(() => bank.close());

  for (const [what, changes, complaint] of CREATES) {
    it(`${complaint === undefined ? "creates" : "refuses to create"} with ${what}`, async () => {
      const said = await call("POST /v0/accounts", { body: createBody(changes) });
      if (complaint === undefined) {
        expect(said.status, said.text).to.equal(200);
        expect(bank.accounts.has(said.json.id)).to.equal(true);
        expect(bank.effects).to.have.length(1);
        return;
      }
      expect(said.status, said.text).to.equal(422);
      expect(said.json.code).to.equal("parameters_invalid");
      expect(complaintsOf(said)).to.include(complaint);
      expect(bank.accounts).to.have.property("size", SEED.accounts.length);
      expect(bank.effects).to.have.length(0);
    });
  }

  it("answers a create with the whole account but for the client id, which GET by id shows", async () => {
    const { json } = await call("POST /v0/accounts", {
      body: createBody({ client_account_id: "c-9", entities: BUSINESS }),
    });
    expect(json).to.include({ status: "active", status_reason: "active" });
    expect(json.entities).to.deep.equal({ account_holder_type: "commercial" });
    expect(json).to.not.have.any.keys("client_account_id", "relationships", "application_id");
    const read = await call(`GET /v0/accounts/${json.id}`);
    expect(read.json).to.deep.equal({ ...json, client_account_id: "c-9" });
  });

  for (const [what, id, body, complaint] of PATCHES) {
    it(`${complaint === undefined ? "patches" : "refuses to patch"} ${what}`, async () => {
      const before = JSON.stringify(bank.accounts.get(id));
      const said = await call(`PATCH /v0/accounts/${id}`, { body });
      expect(said.status, said.text).to.equal(complaint === undefined ? 200 : 422);
      if (complaint === undefined) return expect(bank.effects.map(({ kind }) => kind)).to.deep.equal(["patch"]);
      expect(complaintsOf(said)).to.include(complaint);
      return expect(JSON.stringify(bank.accounts.get(id))).to.equal(before);
    });
  }

  it("keeps the details and credit that a patch leaves out, and replaces groups, metadata and documents", async () => {
    const body = {
      details: { credit: { limit: 5, scra: { start_date: "2025-01-01" } } },
      metadata: { floor: "2" },
      documents: [DISCLOSURE],
    };
    const { json } = await call("PATCH /v0/accounts/account_idle", { body });
    expect(json.details).to.deep.equal({
      product_name: "Card",
      credit: { ...CREDIT, limit: 5, scra: { start_date: "2025-01-01" } },
      adverse_action_notice: NOTICE,
    });
    expect(json.metadata).to.deep.equal({ floor: "2" });
    expect(json.documents).to.deep.equal([DISCLOSURE]);
    expect(json).to.include({ status: "inactive", status_reason: "dormant" });
  });

  for (const method of ["GET", "PATCH"]) {
    it(`answers ${method} of a malformed id with 400 and of an unknown one with 404`, async () => {
      const sent = method === "PATCH" ? { body: {} } : {};
      const malformed = await call(`${method} /v0/accounts/acct-1`, sent);
      expect(malformed.status).to.equal(400);
      expect(malformed.json).to.include({ code: "parameters_invalid", status: "400", instance: "/v0/accounts/acct-1" });
      expect(malformed.json.invalid_parameters[0]).to.have.property("parameter", "id");
      const unknown = await call(`${method} /v0/accounts/account_none`, sent);
      expect(unknown.status).to.equal(404);
      expect(unknown.json.invalid_parameters[0]).to.have.property("name", "id");
    });
  }

  for (const [what, body] of [
    ["half an object", '{"a":'],
    ["a list", "[]"],
    ["nothing", undefined],
  ] as const) {
    it(`answers a body that is ${what} with 400 payload_invalid`, async () => {
      const said = await call("POST /v0/accounts", { body });
      expect(said).to.deep.include({ status: 400 });
      expect(said.json.code).to.equal("payload_invalid");
    });
  }

  it("reads entities and applications", async () => {
    const statuses: [string, number][] = [
      ["/v0/entities/entity_ann", 200],
      ["/v0/entities/person", 400],
      ["/v0/entities/entity_none", 404],
      ["/v0/entities?client_customer_id=cust-ann", 200],
      ["/v0/entities?client_customer_id=none", 404],
      ["/v0/entities", 400],
      ["/v0/applications/application_ann", 200],
      ["/v0/applications/app", 400],
      ["/v0/applications/application_none", 404],
    ];
    for (const [path, status] of statuses) expect((await call(`GET ${path}`)).status, path).to.equal(status);
    const { json } = await call("GET /v0/entities?client_customer_id=cust-ann");
    expect(json.id).to.equal("entity_ann");
    expect(json.role_details).to.deep.include({ name: "authorized_signer", status: "active" });
    expect((await call("GET /v0/applications/application_declined")).json.status).to.equal("declined");
  });
});
