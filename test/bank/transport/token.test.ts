/**
 * One token for all, renewed in time or when refused; and no secret in anything that leaves.
 */
import { expect } from "chai";
import { classify } from "../../../src/bank/classify.ts";
import { Secrets } from "../../../src/bank/secrets.ts";
import { TokenSource, withToken } from "../../../src/bank/transport/token.ts";
import type { BankReply, BankRequest } from "../../../src/bank/transport.ts";
import { FakeClock, settle } from "../../support/fake-clock.ts";
import { answer, scriptTransport, silence } from "../scripted-transport.ts";

const READ: BankRequest = { call: "read", method: "GET", path: "/v0/accounts/account_1" };
const WRITE: BankRequest = { call: "write", method: "POST", path: "/v0/accounts", body: "{}", key: "key-1" };
const SECRET = 'se"cret/1';

/** A bank that gives out token-1, token-2, … and answers a call by its token. */
function setUp(options: {
  grant?: (count: number) => BankReply | Promise<BankReply>;
  call?: (token: string, request: BankRequest) => BankReply | Promise<BankReply>;
  readSecret?: () => string;
}) {
  const clock = new FakeClock();
  const grant =
    options.grant ?? ((count: number) => answer(200, { access_token: `token-${count}`, expires_in: 1_000 }));
  let grants = 0;
  const script = scriptTransport((request) => {
    if (request.path !== "/v1/oauth/token") return options.call?.(request.token ?? "", request) ?? answer(200, {});
    grants += 1;
    return grant(grants);
  });
  const credentials = {
    clientId: "client-1",
    readSecret: options.readSecret ?? (() => SECRET),
    scopes: ["account/read", "entity/read"],
  };
  const secrets = new Secrets();
  secrets.add(SECRET);
  const network = secrets.around(script.send);
  const tokens = new TokenSource(network, credentials, clock, secrets);
  const send = withToken(tokens.stamp(network), tokens);
  const sent = () => script.requests.filter(({ path }) => path !== "/v1/oauth/token");
  return { clock, tokens, send, requests: script.requests, sent, grants: () => grants };
}

describe("withToken", () => {
  it("asks for no more than the given scopes, without a key, and changes nothing else of a request", async () => {
    const { send, requests } = setUp({});
    await send(WRITE);
    expect(requests[0])
      .to.include({ call: "read", method: "POST", path: "/v1/oauth/token" })
      .and.not.have.property("key");
    expect(JSON.parse(requests[0]?.body ?? "")).to.deep.equal({
      grant_type: "client_credentials",
      client_id: "client-1",
      client_secret: SECRET,
      scope: "account/read entity/read",
    });
    expect(requests[1]).to.deep.equal({ ...WRITE, token: "token-1" });
  });

  it("asks for the secret before each token, so that one that was replaced needs no restart", async () => {
    const given = ["the first secret", "the second secret"];
    const { clock, send, requests } = setUp({ readSecret: () => given.shift() ?? expect.fail("asked once more") });
    await send(READ);
    await send(READ);
    await clock.advance(900_000);
    await send(READ);
    const asked = requests.filter(({ path }) => path === "/v1/oauth/token");
    expect(asked.map(({ body = "" }) => JSON.parse(body).client_secret)).to.deep.equal([
      "the first secret",
      "the second secret",
    ]);
  });

  it("fetches one token for all callers at once", async () => {
    const { send, sent, grants } = setUp({});
    await Promise.all(Array.from({ length: 50 }, () => send(READ)));
    expect(grants()).to.equal(1);
    expect(sent()).to.have.length(50);
  });

  it("renews it once for all at 80 % of its life", async () => {
    const { clock, send, sent, grants } = setUp({});
    await send(READ);
    await clock.advance(799_000);
    await send(READ);
    expect(grants()).to.equal(1);
    await clock.advance(1_000);
    await Promise.all([send(READ), send(READ), send(READ)]);
    expect(grants()).to.equal(2);
    expect(sent().map(({ token }) => token)).to.deep.equal(["token-1", "token-1", "token-2", "token-2", "token-2"]);
  });

  for (const given of [undefined, null, "nonsense", 0, -1]) {
    it(`takes a day for a life of ${JSON.stringify(given)}`, async () => {
      const { clock, send, grants } = setUp({ grant: () => answer(200, { access_token: "t", expires_in: given }) });
      await send(READ);
      await clock.advance(86_400_000 * 0.8 - 1);
      await send(READ);
      expect(grants()).to.equal(1);
      await clock.advance(1);
      await send(READ);
      expect(grants()).to.equal(2);
    });
  }

  it("goes on with the old one while it lives and cannot be renewed, and asks again after a while", async () => {
    const grant = (count: number) =>
      count === 1 ? answer(200, { access_token: "old", expires_in: 1_000 }) : silence(true);
    const { clock, send, sent, grants } = setUp({ grant });
    await send(READ);
    await clock.advance(800_000);
    await send(READ);
    await send(READ);
    expect(grants()).to.equal(2);
    await clock.advance(30_000);
    await send(READ);
    expect(grants()).to.equal(3);
    expect(sent().map(({ token }) => token)).to.deep.equal(["old", "old", "old", "old"]);
    await clock.advance(170_000);
    expect(await send(WRITE))
      .to.include({ kind: "not_sent" })
      .and.nested.include({ "failure.kind": "transient" });
  });

  it("after a 401 renews it once for all callers, and each request goes out again as it was", async () => {
    const { send, sent, grants } = setUp({ call: (token) => answer(token === "token-1" ? 401 : 200, {}) });
    const replies = await Promise.all([send(WRITE), send(READ), send(WRITE), send(READ)]);
    for (const reply of replies) expect(reply).to.include({ status: 200 });
    expect(grants()).to.equal(2);
    const again = sent().filter(({ token }) => token === "token-2");
    expect(again.map(({ token: _, ...request }) => request)).to.have.deep.members([WRITE, READ, WRITE, READ]);
    await send(READ);
    expect(grants()).to.equal(2);
  });

  it("does not fetch again for a 401 that comes late, of a token already replaced", async () => {
    let refuseLate = (_: BankReply) => {};
    const late = new Promise<BankReply>((resolve) => {
      refuseLate = resolve;
    });
    let grants = 0;
    const script = scriptTransport((request, count) => {
      if (request.path === "/v1/oauth/token") {
        grants += 1;
        return answer(200, { access_token: `token-${grants}` });
      }
      return count === 2 ? late : answer(request.token === "token-1" ? 401 : 200);
    });
    const credentials = { clientId: "c", readSecret: () => SECRET, scopes: [] };
    const tokens = new TokenSource(script.send, credentials, new FakeClock(), new Secrets());
    const send = withToken(tokens.stamp(script.send), tokens);
    const first = send(READ);
    await settle();
    await send(READ);
    refuseLate(answer(401));
    expect(await first).to.include({ status: 200 });
    expect(grants).to.equal(2);
  });

  it("stops at a second 401 with a fresh token, after two tries", async () => {
    const { send, sent } = setUp({ call: () => answer(401, { code: "unauthorized" }) });
    const failed = classify(await send(WRITE), "write");
    expect(failed).to.nested.include({ "failure.kind": "stop", "failure.code": "bank_credentials_refused" });
    expect(sent().map(({ token }) => token)).to.deep.equal(["token-1", "token-2"]);
  });

  it("renews a token that the bank had taken from others however often it is refused", async () => {
    const other: BankRequest = { call: "read", method: "GET", path: "/v0/accounts/account_2" };
    let refusals = 0;
    let sendOther = async () => {};
    const { send, sent, grants } = setUp({
      async call(_, request) {
        if (request.path === other.path) return answer(200, {});
        if (refusals === 12) return answer(200, { id: "account_1" });
        refusals += 1;
        await sendOther();
        return answer(401);
      },
    });
    sendOther = async () => void (await send(other));
    expect(await send(READ)).to.include({ status: 200 });
    expect(grants()).to.equal(13);
    expect(sent().filter(({ path }) => path === READ.path)).to.have.length(13);
  });

  it("comes to an end with a call that is refused for ever", async () => {
    let sendOther = async () => {};
    const { send, sent } = setUp({
      async call(_, request) {
        if (request.path !== READ.path) return answer(200, {});
        await sendOther();
        return answer(401);
      },
    });
    sendOther = async () => void (await send({ ...READ, path: "/v0/accounts/account_2" }));
    expect(await send(READ)).to.include({ status: 401 });
    expect(sent().filter(({ path }) => path === READ.path)).to.have.length(101);
  });

  const GRANTS: readonly (readonly [string, BankReply, string, string])[] = [
    ["400", answer(400, { code: "parameters_invalid", detail: "Invalid client." }), "stop", "bank_credentials_refused"],
    ["401", answer(401), "stop", "bank_credentials_refused"],
    ["403", answer(403, { code: "source_ip_not_allowed" }), "stop", "bank_forbidden"],
    ["404, so the address is wrong", answer(404, "<html>"), "stop", "bank_unreachable"],
    ["429", answer(429), "transient", "bank_rate_limited"],
    ["500", answer(500), "transient", "bank_error"],
    ["nothing", silence(true), "transient", "bank_unreachable"],
    ["refused connection", silence(false), "transient", "bank_unreachable"],
    ["200 without a token", answer(200, { access_token: "" }), "transient", "bank_answer_unreadable"],
    [
      "200 with a token no header can carry",
      answer(200, { access_token: "a\nb" }),
      "transient",
      "bank_answer_unreadable",
    ],
    ["a web page", answer(200, "<html>"), "transient", "bank_answer_unreadable"],
  ];
  for (const [name, grant, kind, code] of GRANTS) {
    it(`sends nothing when the token endpoint answers ${name}`, async () => {
      const { send, sent } = setUp({ grant: () => grant });
      const reply = await send(WRITE);
      expect(reply).to.include({ kind: "not_sent" }).and.nested.include({ "failure.kind": kind, "failure.code": code });
      if (reply.kind !== "not_sent") expect.fail("it was sent");
      expect(reply.failure.message).to.match(/^no token: /);
      expect(reply.failure.outage, "an outage's, unless it is a definite no").to.equal(
        kind === "transient" || undefined,
      );
      expect(sent()).to.deep.equal([]);
    });
  }

  it("recovers after a failed fetch", async () => {
    const { send } = setUp({ grant: (count) => (count === 1 ? answer(500) : answer(200, { access_token: "t" })) });
    expect(await send(READ)).to.include({ kind: "not_sent" });
    expect(await send(READ)).to.include({ status: 200 });
  });

  it("names the scopes it has asked for where they may be what was refused, and says what came in a token's place", async () => {
    const told = async (status: number, body: unknown) =>
      JSON.stringify(await setUp({ grant: () => answer(status, body) }).send(READ));
    for (const status of [400, 401, 403, 422])
      expect(await told(status, "")).to.include("asked for the scopes account/read, entity/read");
    expect(await told(200, " <html>")).to.include("it is a web page, as a firewall");
    expect(await told(200, {})).to.include("it has no access_token that can be sent in a header");
  });

  it("says what to check where there is no token endpoint", async () => {
    for (const status of [301, 404, 405]) {
      for (const body of ["<html>", { code: "not_found" }, ""]) {
        if (status === 301 && typeof body === "object") continue;
        const reply = await setUp({ grant: () => answer(status, body) }).send(READ);
        expect(JSON.stringify(reply)).to.include("check LEAD_API_URL and its path");
      }
    }
  });

  it("lets neither token nor secret out in any message", async () => {
    const echo = (text: string) => ({
      code: `c ${text}`,
      detail: `you sent ${text}`,
      invalid_parameters: [{ name: text, reason: `not ${text}` }],
    });
    // As encoders write it that escape more than they must, as text within text, and as a part of a URL.
    const forms = [
      JSON.stringify(echo(SECRET)).replaceAll("c", "\\u0063"),
      JSON.stringify(echo(JSON.stringify({ client_secret: SECRET }))),
      JSON.stringify(echo(`?client_secret=${encodeURIComponent(SECRET)}`)),
      `<p>${SECRET}</p>`,
    ];
    for (const form of forms) {
      const told = JSON.stringify(await setUp({ grant: () => answer(400, form) }).send(WRITE));
      expect(told).to.not.match(/cret(\/|%2F)1/);
    }
    const outputs: string[] = [];
    for (const status of [400, 401, 403, 404, 429, 500]) {
      const atToken = setUp({ grant: () => answer(status, echo(SECRET)) });
      outputs.push(JSON.stringify(await atToken.send(WRITE)));
      const atCall = setUp({ call: (token) => answer(status, echo(`Bearer ${token}`)) });
      outputs.push(JSON.stringify(await atCall.send(WRITE)));
    }
    const cut = setUp({
      call: (token) => ({ kind: "no_response", sent: true, status: 0, reason: `bad header ${token}` }),
    });
    outputs.push(JSON.stringify(await cut.send(WRITE)));
    const ungranted = setUp({
      grant: () => ({ kind: "no_response", sent: true, status: 0, reason: `bad body ${SECRET}` }),
    });
    outputs.push(JSON.stringify(await ungranted.send(WRITE)));
    for (const output of outputs) {
      expect(output)
        .to.include("[secret]")
        .and.not.match(/token-\d/);
      expect(output).to.not.include("cret/1");
    }
  });
});
