/** What stands before every call: the token and its scopes, the rate, and the idempotency key. */
import { expect } from "chai";
import { type Sandbox, type SandboxOptions, startSandbox } from "../../src/sandbox/start-sandbox.ts";
import { createBody, SEED } from "./bank-seed.ts";
import { askToken, openCaller } from "./caller.ts";

/** Each call, the scope that is just enough, and a body if it takes one. */
const CALLS: [string, string, object?][] = [
  ["POST /v0/accounts", "account/read_write", createBody()],
  ["GET /v0/accounts/account_ann", "account/read"],
  ["GET /v0/accounts?client_account_id=c-ann", "account/read"],
  ["PATCH /v0/accounts/account_ann", "account/read_write", {}],
  ["POST /v0/accounts/account_idle/activate", "account/read_write"],
  ["POST /v0/accounts/account_ann/deactivate", "account/read_write", { status_reason: "dormant" }],
  ["POST /v0/accounts/account_ann/close", "account/read_write", { status_reason: "paid_off" }],
  ["GET /v0/accounts/account_ann/entity_relationships", "account/read"],
  [
    "POST /v0/accounts/account_ann/entity_relationships/batch",
    "account/read_write",
    { relationship_type: "authorized_user", entity_ids: ["entity_ann"] },
  ],
  [
    "DELETE /v0/accounts/account_ann/entity_relationships/entity_bob?relationship_type=authorized_user",
    "account/read_write",
  ],
  ["GET /v0/entities/entity_ann", "entity/read"],
  ["GET /v0/entities?client_customer_id=cust-ann", "entity/read"],
  ["GET /v0/applications/application_ann", "application/read"],
];
const KEYED = CALLS.filter(([call]) => /^(POST|PATCH)/.test(call));

/** What is wrong with a request for a token. */
const BAD_TOKENS: [string, Record<string, unknown>][] = [
  ["another grant type", { grant_type: "password" }],
  ["an unknown client", { client_id: "somebody" }],
  ["a wrong secret", { client_secret: "guess" }],
  ["no secret", { client_secret: undefined }],
  ["an unknown scope", { scope: "account/read moon/read" }],
  ["a scope that is a list", { scope: ["account/read"] }],
  ["an empty scope", { scope: "" }],
];

describe("sandbox gates", () => {
  let bank: Sandbox;
  const start = async (options: SandboxOptions = {}) => {
    bank = await startSandbox({ seed: SEED, ...options });
    return bank;
  };
  afterEach(() => bank.close());

  describe("token", () => {
    it("is issued with the scopes asked for, and with all of them when none is named", async () => {
      await start();
      const { json } = await askToken(bank, { scope: "account/read entity/read" });
      expect(json).to.include({ token_type: "Bearer", scope: "account/read entity/read", expires_in: 86400 });
      expect((await askToken(bank)).json.scope).to.include("application/read");
      expect(JSON.stringify(bank.requests)).to.not.include(bank.clientSecret);
      expect(bank.requests[0]?.body).to.include({ scope: "account/read entity/read", client_id: bank.clientId });
    });

    for (const [what, wish] of BAD_TOKENS) {
      it(`is refused with 400 for ${what}`, async () => {
        await start();
        const said = await askToken(bank, wish);
        expect(said.status).to.equal(400);
        expect(said.json).to.have.all.keys("status", "code", "title", "detail");
        expect(said.json.status).to.equal(400);
      });
    }

    it("is refused for a scope that this client was not given", async () => {
      await start({ scopes: ["account/read_write"] });
      expect((await askToken(bank, { scope: "entity/read" })).status).to.equal(400);
      expect((await askToken(bank, { scope: "account/read" })).status).to.equal(200);
    });

    for (const [call, scope, body] of CALLS) {
      it(`with ${scope} opens ${call}, and others do not`, async () => {
        await start();
        const sent = body === undefined ? {} : { body };
        const others = ["account/read entity/read application/read", "account/read_write"]
          .join(" ")
          .split(" ")
          .filter((other) => !other.startsWith(scope))
          .join(" ");
        const barred = await (await openCaller(bank, others))(call, sent);
        expect(barred.status, barred.text).to.equal(403);
        const open = await (await openCaller(bank, scope))(call, sent);
        expect(open.status, open.text).to.equal(200);
      });

      it(`is needed for ${call}`, async () => {
        await start();
        const caller = await openCaller(bank);
        const sent = body === undefined ? {} : { body };
        for (const authorization of ["", "Bearer nonsense", "Basic abc"]) {
          expect((await caller(call, { ...sent, headers: { authorization } })).status).to.equal(401);
        }
        expect(bank.effects).to.have.length(0);
      });
    }

    it("read_write covers read, ends with its time, and can be revoked", async () => {
      let now = 1_000_000;
      await start({ now: () => now, tokenSeconds: 10 });
      let call = await openCaller(bank, "account/read_write");
      now += 9_999;
      expect((await call("GET /v0/accounts/account_ann")).status).to.equal(200);
      now += 1;
      expect((await call("GET /v0/accounts/account_ann")).status).to.equal(401);
      call = await openCaller(bank);
      bank.revokeTokens();
      expect((await call("GET /v0/accounts/account_ann")).status).to.equal(401);
    });
  });

  it("answers 429 beyond the rate, with Retry-After when told so, and refills with time", async () => {
    let now = 0;
    await start({ now: () => now, rate: { requestsPerSecond: 2, burst: 3, retryAfterSeconds: 7 } });
    const call = await openCaller(bank);
    const read = async () => (await call("GET /v0/accounts/account_ann")).status;
    expect([await read(), await read(), await read(), await read()]).to.deep.equal([200, 200, 200, 429]);
    now += 500;
    expect([await read(), await read()]).to.deep.equal([200, 429]);
    const said = await call("POST /v0/accounts", { body: createBody() });
    expect(said.json.code).to.equal("rate_limit_exceeded");
    expect(said.headers.get("retry-after")).to.equal("7");
    expect(bank.effects).to.have.length(0);
  });

  describe("idempotency key", () => {
    for (const [call, , body] of KEYED) {
      const sent = body === undefined ? {} : { body };
      const isBatch = call.endsWith("/batch");

      it(`is needed for ${call}, and replays without a second effect`, async () => {
        await start();
        const caller = await openCaller(bank);
        for (const key of [null, "", "k".repeat(256)]) {
          const missing = await caller(call, { ...sent, key });
          expect(missing.status).to.equal(400);
          expect(missing.json.code).to.equal("idempotency_error");
        }
        const first = await caller(call, { ...sent, key: "k-1" });
        expect(first.status, first.text).to.equal(200);
        const second = await caller(call, { ...sent, key: "k-1" });
        expect({ status: second.status, text: second.text }).to.deep.equal({ status: 200, text: first.text });
        expect(bank.effects).to.have.length(1);
        expect(bank.effects[0]).to.include({ idempotencyKey: "k-1" });
      });

      it(`with another body is ${isBatch ? 409 : 422} for ${call}`, async () => {
        await start();
        const caller = await openCaller(bank);
        await caller(call, { ...sent, key: "k-1" });
        const said = await caller(call, { body: { ...body, extra: 1 }, key: "k-1" });
        expect(said.status).to.equal(isBatch ? 409 : 422);
        expect(said.json.code).to.equal("idempotency_request_inconsistent");
        expect(bank.effects).to.have.length(1);
      });

      it(`still in flight is 409 for ${call}`, async () => {
        await start({ latencyMs: 40 });
        const caller = await openCaller(bank);
        const both = await Promise.all([1, 2].map(() => caller(call, { ...sent, key: "k-1" })));
        expect(both.map(({ status }) => status).sort()).to.deep.equal([200, 409]);
        expect((await caller(call, { ...sent, key: "k-1" })).status).to.equal(200);
        expect(bank.effects).to.have.length(1);
      });
    }

    it("belongs to one path", async () => {
      await start();
      const call = await openCaller(bank);
      await call("PATCH /v0/accounts/account_ann", { body: {}, key: "k-1" });
      const said = await call("PATCH /v0/accounts/account_biz", { body: {}, key: "k-1" });
      expect(said.json.code).to.equal("idempotency_request_inconsistent");
    });

    it("belongs to the exact bytes of the body", async () => {
      await start();
      const call = await openCaller(bank);
      await call("PATCH /v0/accounts/account_ann", { body: '{"metadata":{}}', key: "k-1" });
      const said = await call("PATCH /v0/accounts/account_ann", { body: '{ "metadata":{}}', key: "k-1" });
      expect(said.status).to.equal(422);
    });

    it("is not consumed by a 4xx", async () => {
      await start();
      const call = await openCaller(bank);
      const refused = await call("POST /v0/accounts", { body: createBody({ capabilities: [] }), key: "k-1" });
      expect(refused.status).to.equal(422);
      expect((await call("POST /v0/accounts", { body: createBody(), key: "k-1" })).status).to.equal(200);
    });

    it("is forgotten after its hours", async () => {
      let now = 0;
      await start({ now: () => now, keyHours: 2, tokenSeconds: 99_999 });
      const call = await openCaller(bank);
      const create = async () => (await call("POST /v0/accounts", { body: createBody(), key: "k-1" })).json.id;
      const first = await create();
      now += 2 * 3_600_000 - 1;
      expect(await create()).to.equal(first);
      now += 1;
      expect(await create()).to.not.equal(first);
      expect(bank.effects).to.have.length(2);
    });
  });
});
