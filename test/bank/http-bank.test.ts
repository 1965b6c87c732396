/**
 * The typed methods: what each sends, and what it makes of every kind of answer.
 */
import { expect } from "chai";
import type { Answer, BankApi } from "../../src/bank/bank-api.ts";
import { HttpBank } from "../../src/bank/http-bank.ts";
import { answer, type ScriptedReply, scriptTransport, silence } from "./scripted-transport.ts";
import { REST, verdict } from "./with-bank.ts";

const ID = "account_1";

function setUp(...replies: readonly [ScriptedReply, ...ScriptedReply[]]) {
  const script = scriptTransport(...replies);
  const authenticate = async () => ({ ok: true, value: null, status: 200 }) as const;
  return {
    bank: new HttpBank({ transport: script.send, authenticate, ...REST }),
    requests: script.requests,
  };
}

const WRITES: Readonly<Record<string, (bank: BankApi) => Promise<Answer<unknown>>>> = {
  createAccount: (bank) => bank.createAccount('{"a":1}', "k"),
  patchAccount: (bank) => bank.patchAccount(ID, '{"a":1}', "k"),
  activateAccount: (bank) => bank.activateAccount(ID, "k"),
  deactivateAccount: (bank) => bank.deactivateAccount(ID, '{"a":1}', "k"),
  closeAccount: (bank) => bank.closeAccount(ID, '{"a":1}', "k"),
  addRelationships: (bank) => bank.addRelationships(ID, '{"a":1}', "k"),
  removeRelationship: (bank) => bank.removeRelationship(ID, "entity_a/b c", "account_holder"),
};

describe("HttpBank: what it sends", () => {
  const body = '{"a":1}';
  const EXPECTED: Readonly<Record<string, object>> = {
    createAccount: { call: "write", method: "POST", path: "/v0/accounts", body, key: "k" },
    patchAccount: { call: "write", method: "PATCH", path: "/v0/accounts/account_1", body, key: "k" },
    activateAccount: { call: "write", method: "POST", path: "/v0/accounts/account_1/activate", key: "k" },
    deactivateAccount: { call: "write", method: "POST", path: "/v0/accounts/account_1/deactivate", body, key: "k" },
    closeAccount: { call: "write", method: "POST", path: "/v0/accounts/account_1/close", body, key: "k" },
    addRelationships: {
      call: "batch",
      method: "POST",
      path: "/v0/accounts/account_1/entity_relationships/batch",
      body,
      key: "k",
    },
    removeRelationship: {
      call: "write",
      method: "DELETE",
      path: "/v0/accounts/account_1/entity_relationships/entity_a%2Fb%20c?relationship_type=account_holder",
    },
  };
  for (const [name, call] of Object.entries(WRITES)) {
    it(name, async () => {
      const { bank, requests } = setUp(answer(200, { id: ID, account_id: ID, objects: [] }));
      expect(verdict(await call(bank))).to.equal("ok");
      expect(requests).to.deep.equal([EXPECTED[name]]);
    });
  }

  const LOOK_UP = { call: "read", method: "GET", path: "/v0/accounts?client_account_id=a%26b%3Dc%20%C3%A9%EF%BF%BD" };

  it("GETs, with ids encoded", async () => {
    const { bank, requests } = setUp(404);
    await bank.fetchAccount("account_1?x=/../#");
    await bank.fetchRelationships(ID);
    await bank.fetchByClientAccountId("a&b=c é\ud800");
    expect(requests.map(({ route: _, ...request }) => request)).to.deep.equal([
      { call: "read", method: "GET", path: "/v0/accounts/account_1%3Fx%3D%2F..%2F%23" },
      { call: "read", method: "GET", path: "/v0/accounts/account_1/entity_relationships?limit=100" },
      LOOK_UP,
    ]);
  });
});

describe("HttpBank: what it makes of a 200", () => {
  const USELESS: readonly unknown[] = [
    "",
    "<html>",
    '{"id":',
    "null",
    "[]",
    '"account_1"',
    {},
    { id: 1 },
    { id: "acct_1" },
  ];
  for (const [name, call] of Object.entries(WRITES)) {
    it(`${name}: unknown when it does not say what it should`, async () => {
      for (const json of [...USELESS, { objects: [{}] }, { account_id: "acct_2" }]) {
        const { bank } = setUp(answer(200, json));
        expect(verdict(await call(bank)), JSON.stringify(json)).to.equal("unknown bank_answer_unreadable 200");
      }
    });
  }

  const OTHER = { id: "account_2", account_id: "account_2", objects: [] };
  for (const [name, call] of Object.entries(WRITES)) {
    if (name === "createAccount" || name === "removeRelationship") continue;
    it(`${name}: stops the run, in doubt, when it answers for another account`, async () => {
      const another = await call(setUp(answer(200, OTHER)).bank);
      expect(verdict(another)).to.equal("stop bank_answered_for_another 200");
      expect(another).to.have.nested.property("failure.inDoubt", true);
    });
  }

  it("createAccount: stops the run, in doubt, when it answers with another client_account_id", async () => {
    const create = (body: string, given: object) =>
      setUp(answer(200, { id: ID, ...given })).bank.createAccount(body, "k");
    const another = "stop bank_answered_for_another 200";
    for (const [given, expected] of [
      [{}, "ok"],
      [{ client_account_id: null }, "ok"],
      [{ client_account_id: "c-1" }, "ok"],
      [{ client_account_id: "c-2" }, another],
      [{ client_account_id: "C-1" }, another],
      [{ client_account_id: "" }, another],
      [{ client_account_id: 1 }, another],
      [{ client_account_id: { toString: "c-1" } }, another],
    ] as const) {
      expect(verdict(await create('{"client_account_id":"c-1"}', given)), JSON.stringify(given)).to.equal(expected);
    }
    expect(verdict(await create('{"a":1}', { client_account_id: "c-1" })), "sent none").to.equal(another);
  });

  it("an account: transient when it does not say what it should", async () => {
    const misshapen = [
      { details: 1 },
      { documents: {} },
      { capabilities: "deposit" },
      { metadata: [] },
      { entities: "x" },
    ];
    for (const json of [...USELESS, { id: "account_2" }, ...misshapen.map((members) => ({ id: ID, ...members }))]) {
      const { bank } = setUp(answer(200, json));
      expect(verdict(await bank.fetchAccount(ID)), JSON.stringify(json)).to.equal(
        "transient bank_answer_unreadable 200",
      );
    }
  });

  it("an account with an id alone is whole; unknown members stay, and null counts as absent", async () => {
    expect(await setUp(answer(200, { id: ID })).bank.fetchAccount(ID)).to.deep.equal({
      ok: true,
      value: { id: ID },
      status: 200,
    });
    const { bank } = setUp(
      answer(200, { id: ID, new: { x: [1, null] }, details: { closed_at: null, product_name: "p" }, documents: null }),
    );
    expect(await bank.fetchAccount(ID)).to.deep.include({
      value: { id: ID, new: { x: [1] }, details: { product_name: "p" } },
    });
  });
});

describe("HttpBank: failures", () => {
  for (const [name, call] of Object.entries(WRITES)) {
    it(`${name} goes out once, whatever comes back`, async () => {
      for (const [reply, expected] of [
        [500, "unknown bank_error 500"],
        [429, "transient bank_rate_limited 429"],
        [409, "unknown bank_in_flight 409"],
        [
          answer(409, { code: "conflict" }),
          name === "addRelationships" ? "stop bank_key_contradicted 409" : "unknown bank_in_flight 409",
        ],
        [answer(403, { code: "scope_missing" }), "stop bank_forbidden 403"],
        [answer(403, "<html>"), "unknown gateway_refused 403"],
        [answer(404, "<html>"), "unknown gateway_refused 404"],
        [answer(201, { id: ID }), "unknown gateway_refused 201"],
        [204, "unknown gateway_refused 204"],
        [307, "unknown gateway_refused 307"],
        [answer(400, { code: "payload_invalid" }), "refused bank_refused 400"],
        [silence(true), "unknown outcome_unknown 0"],
        [silence(false), "transient bank_unreachable 0"],
      ] as const) {
        const { bank, requests } = setUp(reply);
        expect(verdict(await call(bank))).to.equal(expected);
        expect(requests).to.have.length(1);
      }
    });
  }

  const notFound = (...names: readonly string[]) =>
    answer(404, {
      code: "parameters_invalid",
      invalid_parameters: names.map((name) => ({ name, reason: "not_found" })),
    });

  it("tells a missing account from another 404", async () => {
    for (const [reply, expected] of [
      [notFound("id"), "refused account_not_found 404"],
      [notFound(), "refused account_not_found 404"],
      [notFound("entity_id", "relationship_type"), "refused bank_refused 404"],
    ] as const) {
      expect(verdict(await setUp(reply).bank.fetchAccount(ID))).to.equal(expected);
      expect(verdict(await setUp(reply).bank.fetchRelationships(ID))).to.equal(expected);
      expect(verdict(await setUp(reply).bank.patchAccount(ID, "{}", "k"))).to.equal(expected);
      expect(verdict(await setUp(reply).bank.removeRelationship(ID, "entity_1", "account_holder"))).to.equal(expected);
    }
    expect(verdict(await setUp(notFound("application_id")).bank.createAccount("{}", "k"))).to.equal(
      "refused bank_refused 404",
    );
  });

  it("names the relationship that is not there", async () => {
    const gone = await setUp(notFound("entity_id", "relationship_type")).bank.removeRelationship(ID, "entity_1", "x");
    expect(gone).to.nested.include({ "failure.parameter": "entity_id", "failure.status": 404 });
  });
});

describe("HttpBank.fetchRelationships", () => {
  const related = (entity_id: string, relationship_type: string) => ({ entity_id, relationship_type });

  it("follows the pages and sorts them by type", async () => {
    const { bank, requests } = setUp(
      answer(200, {
        objects: [related("entity_1", "account_holder"), related("entity_2", "authorized_user")],
        has_more: true,
        cursor: "a b/1",
      }),
      answer(200, {
        objects: [
          related("entity_3", "account_holder"),
          related("entity_1", "account_holder"),
          related("entity_9", "new"),
        ],
        has_more: false,
      }),
    );
    expect(await bank.fetchRelationships(ID)).to.deep.equal({
      ok: true,
      value: { account_holder: ["entity_1", "entity_3"], authorized_signer: [], authorized_user: ["entity_2"] },
      status: 200,
    });
    expect(requests[1]?.path).to.equal(
      "/v0/accounts/account_1/entity_relationships?limit=100&starting_after=a%20b%2F1",
    );
  });

  it("gives no half of a list", async () => {
    const page = answer(200, { objects: [related("entity_1", "account_holder")], has_more: true, cursor: "c" });
    expect(verdict(await setUp(page, 500).bank.fetchRelationships(ID))).to.equal("transient bank_error 500");
    for (const broken of [
      { objects: [], has_more: true },
      { objects: [], has_more: true, cursor: "" },
      { objects: [{ relationship_type: "account_holder" }], has_more: false },
      { objects: {}, has_more: false },
      {},
    ]) {
      const { bank } = setUp(page, answer(200, broken));
      expect(verdict(await bank.fetchRelationships(ID))).to.equal("transient bank_answer_unreadable 200");
    }
  });

  it("does not follow pages for ever", async () => {
    const { bank, requests } = setUp(answer(200, { objects: [], has_more: true, cursor: "c" }));
    expect(verdict(await bank.fetchRelationships(ID))).to.equal("transient bank_answer_unreadable 200");
    expect(requests).to.have.length(20);
  });
});
