/**
 * The look-up by client_account_id: what is an account, what is none, and what says nothing of the route.
 */
import { expect } from "chai";
import { HttpBank } from "../../src/bank/http-bank.ts";
import type { BankReply } from "../../src/bank/transport.ts";
import { answer, type ScriptedReply, scriptTransport, silence } from "./scripted-transport.ts";
import { REST, verdict } from "./with-bank.ts";

const ID = "account_1";

function setUp(...replies: readonly [ScriptedReply, ...ScriptedReply[]]) {
  const script = scriptTransport(...replies);
  const authenticate = async () => ({ ok: true, value: null, status: 200 }) as const;
  return { bank: new HttpBank({ transport: script.send, authenticate, ...REST }), requests: script.requests };
}

describe("HttpBank.fetchByClientAccountId", () => {
  it("tells what is known of it by now, whatever was known when the call began", async () => {
    const known = setUp(answer(200, "<html>"), answer(200, { objects: [] }), answer(200, "<html>"));
    const told = () => known.requests.map(({ route }) => route?.());
    await known.bank.fetchByClientAccountId("c-1");
    expect(told()).to.deep.equal(["lacks"]);
    await known.bank.fetchByClientAccountId("c-2");
    expect(told()).to.deep.equal(["has", "has"]);
    const page = await known.bank.fetchByClientAccountId("c-3");
    expect(verdict(page), "by now it is no lack").to.equal("transient bank_answer_unreadable 200");
    const none = setUp(answer(404, { code: "parameters_invalid" }));
    await none.bank.fetchByClientAccountId("c-1");
    expect(
      none.requests.map(({ route }) => route?.()),
      "a no proves nothing",
    ).to.deep.equal(["unknown"]);
  });

  it("is no lack once another look-up that began with it has answered", async () => {
    let answerPage = (_: BankReply) => {};
    const { bank } = setUp(
      () =>
        new Promise((resolve) => {
          answerPage = resolve;
        }),
      answer(200, { objects: [] }),
    );
    const early = bank.fetchByClientAccountId("c-1");
    await bank.fetchByClientAccountId("c-2");
    answerPage(answer(200, "<html>"));
    expect(verdict(await early)).to.equal("transient bank_answer_unreadable 200");
  });

  it("an answer that was cut says nothing of the route", async () => {
    const cut = { kind: "no_response", sent: true, status: 200, reason: "timed out" } as const;
    expect(verdict(await setUp(cut).bank.fetchByClientAccountId("c-1"))).to.equal(
      "transient bank_answer_unreadable 200",
    );
  });

  const FOUND: readonly (readonly [string, ScriptedReply, readonly string[], boolean])[] = [
    ["one account", answer(200, { id: ID }), [ID], false],
    ["a list of none", answer(200, { objects: [], has_more: false }), [], true],
    ["a list of one", answer(200, { objects: [{ id: ID }] }), [ID], true],
    [
      "a list of two",
      answer(200, { objects: [{ id: ID }, { id: "account_2" }], has_more: true }),
      [ID, "account_2"],
      true,
    ],
    ["one account twice", answer(200, { objects: [{ id: ID }, { id: ID }] }), [ID], true],
    ["a 404 in the bank's own words", answer(404, { code: "parameters_invalid", title: "No." }), [], false],
  ];
  for (const [name, reply, ids, listed] of FOUND) {
    it(name, async () => {
      const found = await setUp(reply).bank.fetchByClientAccountId("c-1");
      expect(found).to.deep.include({ ok: true, value: { ids, listed } });
    });
  }

  const NEVER_NONE: readonly (readonly [string, ScriptedReply, string])[] = [
    ["a 404 without a body", 404, "refused lookup_unproven 404"],
    ["a 404 web page", answer(404, "<html>"), "refused lookup_unproven 404"],
    ["a gateway's 404", answer(404, { message: "no Route matched", statusCode: 404 }), "refused lookup_unproven 404"],
    ["another's problem", answer(404, { title: "Not Found", status: 404, detail: "x" }), "refused lookup_unproven 404"],
    ["a 405", answer(405, { code: "method_not_allowed" }), "refused lookup_unproven 405"],
    ["a web page", answer(200, "<html>"), "refused lookup_unproven 200"],
    ["an empty body", 200, "refused lookup_unproven 200"],
    ["an empty object", answer(200, {}), "refused lookup_unproven 200"],
    ["a bare list", answer(200, []), "refused lookup_unproven 200"],
    ["null", answer(200, "null"), "refused lookup_unproven 200"],
    ["a list under another name", answer(200, { data: [] }), "refused lookup_unproven 200"],
    ["a list of something else", answer(200, { objects: [{ id: "entity_1" }] }), "refused lookup_unproven 200"],
    ["an empty list that goes on", answer(200, { objects: [], has_more: true }), "refused lookup_unproven 200"],
    ["one of more", answer(200, { objects: [{ id: ID }], has_more: true }), "refused lookup_unproven 200"],
    ["a 204", 204, "transient gateway_refused 204"],
    ["a redirect", 302, "transient gateway_refused 302"],
    ["a 400", answer(400, { code: "parameters_invalid" }), "refused bank_refused 400"],
    ["a 410", answer(410, { code: "gone" }), "refused bank_refused 410"],
    ["a 403 page", answer(403, "<html>"), "transient gateway_refused 403"],
    ["a 403", answer(403, { code: "scope_missing" }), "stop bank_forbidden 403"],
    ["a 429", 429, "transient bank_rate_limited 429"],
    ["a 500", 500, "transient bank_error 500"],
    ["silence", silence(true), "transient bank_unreachable 0"],
  ];
  for (const [name, reply, expected] of NEVER_NONE) {
    it(`${name} is never none`, async () => {
      expect(verdict(await setUp(reply).bank.fetchByClientAccountId("c-1"))).to.equal(expected);
    });
  }
});
