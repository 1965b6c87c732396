/**
 * Entities and applications through the typed methods: what is sent, what is made of an answer, and what is never none.
 */
import { expect } from "chai";
import type { Answer, BankApi } from "../../src/bank/bank-api.ts";
import { HttpBank } from "../../src/bank/http-bank.ts";
import { answer, type ScriptedReply, scriptTransport, silence } from "./scripted-transport.ts";
import { REST, verdict } from "./with-bank.ts";

function openOn(...replies: readonly [ScriptedReply, ...ScriptedReply[]]) {
  const { send: transport, requests } = scriptTransport(...replies);
  const authenticate = async () => ({ ok: true, value: null, status: 200 }) as const;
  return { bank: new HttpBank({ transport, authenticate, ...REST }), requests };
}

describe("HttpBank.fetchEntity and fetchApplication", () => {
  const none = answer(404, { code: "parameters_invalid", invalid_parameters: [{ name: "id", reason: "not_found" }] });
  const entity = { id: "entity_1", type: "business", role_details: [{ name: "account_holder", status: "active" }] };
  const application = { id: "application_1", status: "approved", entities: { account_holders: ["entity_1"] } };
  const CALLS = {
    fetchEntity: (bank: BankApi) => bank.fetchEntity("entity_1"),
    fetchApplication: (bank: BankApi) => bank.fetchApplication("application_1"),
  } satisfies Readonly<Record<string, (bank: BankApi) => Promise<Answer<unknown>>>>;

  it("are GETs, with ids encoded", async () => {
    const { bank, requests } = openOn(none);
    await bank.fetchEntity("entity_a/b?c");
    await bank.fetchApplication("application_1");
    expect(requests).to.deep.equal([
      { call: "read", method: "GET", path: "/v0/entities/entity_a%2Fb%3Fc" },
      { call: "read", method: "GET", path: "/v0/applications/application_1" },
    ]);
  });

  it("give what accounts depend on, without nulls and without what is personal", async () => {
    const person = { ...entity, metadata: null, business_details: { name: "Example Trading" } };
    const { bank } = openOn(answer(200, person), answer(200, { ...application, details: null, created_at: "now" }));
    expect(await bank.fetchEntity("entity_1")).to.deep.equal({ ok: true, value: entity, status: 200 });
    expect(await bank.fetchApplication("application_1")).to.deep.equal({ ok: true, value: application, status: 200 });
    const bare = openOn(answer(200, { ...entity, role_details: null }), answer(200, { id: "application_1" })).bank;
    expect(await bare.fetchEntity("entity_1")).to.have.deep.property("value", { id: "entity_1", type: "business" });
    expect(await bare.fetchApplication("application_1")).to.have.deep.property("value", { id: "application_1" });
  });

  for (const [name, call] of Object.entries(CALLS)) {
    it(`${name}: none is the bank's own word only`, async () => {
      expect(await call(openOn(none).bank)).to.deep.equal({ ok: true, value: null, status: 404 });
      for (const reply of [404, answer(404, "<html>"), answer(404, { title: "Not Found", status: 404 })] as const) {
        expect(verdict(await call(openOn(reply).bank))).to.equal("transient gateway_refused 404");
      }
    });

    it(`${name}: no failure is none`, async () => {
      for (const [reply, expected] of [
        [answer(400, { code: "parameters_invalid" }), "refused bank_refused 400"],
        [answer(403, { code: "scope_missing" }), "stop bank_forbidden 403"],
        [answer(403, "<html>"), "transient gateway_refused 403"],
        [429, "transient bank_rate_limited 429"],
        [500, "transient bank_error 500"],
        [silence(true), "transient bank_unreachable 0"],
      ] as const) {
        expect(verdict(await call(openOn(reply).bank))).to.equal(expected);
      }
    });
  }

  it("read no other's answer, and none that they cannot judge", async () => {
    const unreadable = "transient bank_answer_unreadable 200";
    for (const json of [
      {},
      "<html>",
      { ...entity, id: "entity_2" },
      { ...entity, type: "trust" },
      { ...entity, role_details: {} },
      { ...entity, role_details: ["x"] },
    ]) {
      expect(verdict(await openOn(answer(200, json)).bank.fetchEntity("entity_1"))).to.equal(unreadable);
    }
    for (const json of [
      {},
      { ...application, id: "application_2" },
      { ...application, status: 1 },
      { ...application, entities: [] },
      { ...application, entities: { account_holders: "entity_1" } },
    ]) {
      expect(verdict(await openOn(answer(200, json)).bank.fetchApplication("application_1"))).to.equal(unreadable);
    }
  });
});
