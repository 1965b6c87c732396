/**
 * The whole client against the stand-in over real sockets.
 */
import { expect } from "chai";
import { openBank } from "../../src/bank/open-bank.ts";
import { startSandbox } from "../../src/sandbox/start-sandbox.ts";
import { FakeClock } from "../support/fake-clock.ts";
import { rawAnswer, startRawServer } from "./transport/raw-server.ts";
import { CREATE, SEED, verdict, withBank } from "./with-bank.ts";

describe("openBank against the stand-in", () => {
  it("makes every call", () =>
    withBank(async ({ bank, sandbox }) => {
      expect(verdict(await bank.authenticate())).to.equal("ok");
      const created = await bank.createAccount(CREATE, "k1");
      if (!created.ok) expect.fail(created.failure.message);
      const { id } = created.value;
      const again = await bank.createAccount(CREATE, "k1");
      if (!again.ok) expect.fail(again.failure.message);
      // The same answer, to another request.
      expect({ ...again, requestId: created.requestId }).to.deep.equal(created);
      expect(again.requestId).to.match(/^req_/).and.not.equal(created.requestId);
      expect(await bank.fetchAccount(id)).to.nested.include({
        "value.client_account_id": "c-2",
        "value.status": "active",
      });
      expect(await bank.fetchByClientAccountId("c-2")).to.deep.include({ value: { ids: [id], listed: true } });
      expect(await bank.fetchByClientAccountId("c-3")).to.deep.include({ value: { ids: [], listed: true } });
      expect(await bank.patchAccount(id, '{"metadata":{"a":"é"}}', "k2")).to.nested.include({
        "value.metadata.a": "é",
      });
      const body = '{"relationship_type":"authorized_user","entity_ids":["entity_2"]}';
      expect(verdict(await bank.addRelationships(id, body, "k3"))).to.equal("ok");
      expect(await bank.fetchRelationships(id)).to.deep.include({
        value: { account_holder: ["entity_1"], authorized_signer: [], authorized_user: ["entity_2"] },
      });
      expect(verdict(await bank.removeRelationship(id, "entity_2", "authorized_user"))).to.equal("ok");
      const gone = await bank.removeRelationship(id, "entity_2", "authorized_user");
      expect(verdict(gone)).to.equal("refused bank_refused 404");
      expect(gone).to.have.nested.property("failure.parameter").that.is.oneOf(["entity_id", "relationship_type"]);
      const reason = (status_reason: string) => JSON.stringify({ status_reason });
      expect(await bank.deactivateAccount(id, reason("dormant"), "k4")).to.nested.include({
        "value.status": "inactive",
      });
      expect(await bank.activateAccount(id, "k5")).to.nested.include({ "value.status": "active" });
      expect(await bank.closeAccount(id, reason("canceled"), "k6")).to.nested.include({ "value.status": "closed" });
      expect(sandbox.effects.map(({ kind }) => kind)).to.deep.equal([
        "create",
        "patch",
        "add_relationships",
        "remove_relationship",
        "deactivate",
        "activate",
        "close",
      ]);
      expect(sandbox.requests.filter(({ path }) => path === "/v1/oauth/token")).to.have.length(1);
    }));

  it("passes the bank's refusals on", () =>
    withBank(async ({ bank }) => {
      expect(verdict(await bank.fetchAccount("account_none"))).to.equal("refused account_not_found 404");
      expect(verdict(await bank.fetchRelationships("account_none"))).to.equal("refused account_not_found 404");
      expect(verdict(await bank.patchAccount("account_1", '{"capabilities":[]}', "k1"))).to.equal(
        "refused bank_refused 422",
      );
      expect(verdict(await bank.createAccount(CREATE, ""))).to.equal("stop bank_key_rejected 400");
      expect(verdict(await bank.activateAccount("account_1", "k2"))).to.match(/^refused bank_refused/);
      await bank.createAccount(CREATE, "k3");
      expect(verdict(await bank.createAccount(CREATE.replace("c-2", "c-4"), "k3"))).to.equal(
        "stop bank_key_contradicted 422",
      );
      const add = (id: string) =>
        bank.addRelationships("account_1", `{"relationship_type":"authorized_user","entity_ids":["${id}"]}`, "k4");
      expect(verdict(await add("entity_2"))).to.equal("ok");
      expect(verdict(await add("entity_1"))).to.equal("stop bank_key_contradicted 409");
    }));

  it("tells a call still in flight, on the batch endpoint too", () =>
    withBank(
      async ({ bank }) => {
        const body = '{"relationship_type":"authorized_user","entity_ids":["entity_2"]}';
        for (const call of [
          () => bank.createAccount(CREATE, "k1"),
          () => bank.addRelationships("account_1", body, "k2"),
        ]) {
          const verdicts = (await Promise.all([call(), call()])).map(verdict).sort();
          expect(verdicts).to.deep.equal(["ok", "unknown bank_in_flight 409"]);
        }
      },
      { latencyMs: 100 },
    ));

  const LOOKUPS = [
    ["object", "c-1", "account_1"],
    ["ignores_filter", "c-none", "account_1"],
  ] as const;
  for (const [lookup, asked, id] of LOOKUPS) {
    it(`look-up: ${lookup} names ${id} and claims no list`, () =>
      withBank(
        async ({ bank }) => {
          const found = await bank.fetchByClientAccountId(asked);
          expect(found).to.nested.include({ ok: true, "value.ids[0]": id });
        },
        { lookup },
      ));
  }

  it("look-up: a web page is never none, and a missing route never a list", async () => {
    await withBank(
      async ({ bank }) => expect(verdict(await bank.fetchByClientAccountId("c-1"))).to.match(/lookup_unproven/),
      { lookup: "html" },
    );
    await withBank(
      async ({ bank }) => {
        const answer = await bank.fetchByClientAccountId("c-1");
        if (answer.ok) expect(answer.value).to.deep.equal({ ids: [], listed: false });
        else expect(answer.failure.code).to.equal("lookup_unproven");
      },
      { lookup: "absent" },
    );
  });

  it("stops at wrong credentials and at a missing scope, saying neither token nor secret", async () => {
    const secret = "a-wrong-secret";
    await withBank(
      async ({ bank, sandbox }) => {
        for (const answer of [await bank.authenticate(), await bank.createAccount(CREATE, "k1")]) {
          expect(verdict(answer)).to.match(/^stop bank_credentials_refused 40[01]$/);
          expect(JSON.stringify(answer)).to.not.include(secret);
        }
        expect(sandbox.writes).to.deep.equal([]);
      },
      {},
      { clientSecret: secret },
    );
    await withBank(
      async ({ bank }) => expect(verdict(await bank.createAccount(CREATE, "k1"))).to.equal("stop bank_forbidden 403"),
      {},
      { scopes: ["account/read"] },
    );
  });

  it("says that the bank can't be reached", () =>
    withBank(
      async ({ bank }) => {
        expect(verdict(await bank.authenticate())).to.equal("transient bank_unreachable 0");
        expect(verdict(await bank.createAccount(CREATE, "k1"))).to.equal("transient bank_unreachable 0");
      },
      {},
      { apiUrl: "http://127.0.0.1:1" },
    ));

  it("keeps a secret that the bank echoes out of messages", async () => {
    await using server = await startRawServer((socket, count) => {
      const echo = (text: string) => JSON.stringify({ code: "x", detail: `got ${text}` });
      const grant = JSON.stringify({ access_token: "t0p-s3cret", expires_in: 60 });
      socket.write(count === 1 ? rawAnswer(200, grant) : rawAnswer(422, echo("Bearer t0p-s3cret")));
    });
    await withBank(
      async ({ bank }) => {
        const answer = await bank.createAccount(CREATE, "k1");
        expect(answer).to.have.nested.property("failure.message", "x: got Bearer [secret]");
      },
      {},
      { apiUrl: server.url },
    );
  });

  it("ends calls that wait for their turn when it closes, and closes twice", async () => {
    await using sandbox = await startSandbox({ seed: SEED });
    const clock = new FakeClock();
    const { url: apiUrl, clientId, clientSecret } = sandbox;
    const bank = openBank(
      {
        apiUrl,
        clientId,
        clientSecret,
        scopes: ["account/read_write"],
        requestsPerSecond: 1,
        burst: 2,
        caps: { reads: 2, writes: 2 },
        callTimeoutMs: 2_000,
        attempts: 3,
      },
      { clock, random: () => 0.5 },
    );
    expect(verdict(await bank.fetchAccount("account_1"))).to.equal("ok");
    const waiting = [bank.fetchAccount("account_1"), bank.createAccount(CREATE, "k1")];
    await clock.advance(500);
    await Promise.all([bank.close(), bank.close()]);
    const verdicts = (await Promise.all(waiting)).map(verdict);
    expect(verdicts).to.deep.equal(["transient stopped 0", "transient stopped 0"]);
    expect(sandbox.writes).to.deep.equal([]);
  });
});
