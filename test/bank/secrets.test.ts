/**
 * Secrets blotted out of whatever a bank says, in every form, and nothing else of it.
 */
import { expect } from "chai";
import { Secrets } from "../../src/bank/secrets.ts";
import type { BankReply } from "../../src/bank/transport.ts";
import { AWS_SECRET, CLIENT_SECRET, findCanaries } from "../secrets/canaries.ts";
import { answer, scriptTransport } from "./scripted-transport.ts";

const TOKEN = "ey.CnryToken/+=0123456789";

function known(): Secrets {
  const secrets = new Secrets();
  secrets.add(CLIENT_SECRET);
  secrets.add(AWS_SECRET);
  secrets.add("");
  secrets.addToken(TOKEN);
  return secrets;
}

async function through(reply: BankReply, path = "/v0/accounts/account_1"): Promise<BankReply> {
  return known().around(scriptTransport(reply).send)({ call: "read", method: "GET", path });
}

const FORMS: Readonly<Record<string, (secret: string) => string>> = {
  "as it is": (secret) => secret,
  "as a header": (secret) => `Bearer ${secret}`,
  "in JSON within JSON": (secret) => JSON.stringify({ secret }),
  "in a URL": (secret) => `https://bank.test/?a=1&secret=${encodeURIComponent(secret)}`,
  "in a form": (secret) => new URLSearchParams({ secret }).toString(),
  "in base64": (secret) => Buffer.from(secret).toString("base64"),
  "in base64 behind a name": (secret) => Buffer.from(`us:${secret}`).toString("base64"),
  "in base64url amid more": (secret) => Buffer.from(`xx${secret}:yy`).toString("base64url"),
};

describe("Secrets", () => {
  for (const [name, form] of Object.entries(FORMS)) {
    it(`are blotted out ${name}, in an error and in an account`, async () => {
      for (const secret of [CLIENT_SECRET, AWS_SECRET, TOKEN]) {
        const shown = { detail: form(secret), list: [{ [form(secret)]: 1 }] };
        const bodies = [JSON.stringify(shown), JSON.stringify(shown).replaceAll("C", "\\u0043"), `<p>${form(secret)}`];
        for (const status of [200, 400, 403, 500]) {
          for (const body of bodies) {
            const reply = await through(answer(status, status === 200 ? body : body.replace(/,"list".*]/, "")));
            if (reply.kind !== "response") expect.fail("no response");
            expect(reply.body, body).to.include("[secret]");
            expect(findCanaries(reply.body, [secret]), reply.body).to.deep.equal([]);
          }
        }
      }
    });
  }

  it("are blotted out of why an answer did not come", async () => {
    const reply = await through({ kind: "no_response", sent: true, status: 0, reason: `bad header ${TOKEN}` });
    expect(reply).to.include({ reason: "bad header [secret]" });
  });

  it("leave an account without one byte for byte, and say when they did not", async () => {
    const exact = '{"id":"account_1", "n":1.0,"big":12345678901234567890,"a":1,"a":2,"t":"\\u00e9\\/"}';
    expect(await through(answer(200, exact))).to.deep.equal(answer(200, exact));
    expect(await through(answer(200, { id: "account_1", echo: TOKEN }))).to.deep.equal({
      ...answer(200, { id: "account_1", echo: "[secret]" }),
      isBlotted: true,
    });
  });

  it("are no part of what an answer calls its request: such an id is dropped", async () => {
    for (const status of [200, 422])
      for (const requestId of [TOKEN, `req-${CLIENT_SECRET}`])
        expect(await through({ ...answer(status, {}), requestId } as BankReply)).to.deep.equal(answer(status, {}));
    const cut = { kind: "no_response", sent: true, status: 200, reason: "cut" } as const;
    expect(await through({ ...cut, requestId: TOKEN })).to.deep.equal(cut);
    expect(await through({ ...cut, requestId: "req-1" })).to.deep.equal({ ...cut, requestId: "req-1" });
  });

  it("leave the answer that brings a token", async () => {
    const granted = answer(200, { access_token: TOKEN });
    expect(await through(granted, "/v1/oauth/token")).to.deep.equal(granted);
  });

  it("too short to be told from a word are blotted out of errors only", async () => {
    const secrets = new Secrets();
    secrets.add("checking");
    const send = (reply: BankReply) =>
      secrets.around(scriptTransport(reply).send)({ call: "read", method: "GET", path: "/" });
    const account = answer(200, { id: "account_1", details: { product_name: "checking" } });
    expect(await send(account)).to.deep.equal(account);
    expect(await send(answer(400, { code: "x", detail: "checking" }))).to.deep.equal(
      answer(400, { code: "x", detail: "[secret]" }),
    );
  });

  it("remember the tokens of a long run, the latest fifty", () => {
    const secrets = known();
    for (let n = 1; n <= 60; n += 1) secrets.addToken(`a-token-of-the-run-${n}-`);
    expect(secrets.blot("a-token-of-the-run-11- a-token-of-the-run-60-")).to.equal("[secret] [secret]");
    expect(secrets.blot(CLIENT_SECRET)).to.equal("[secret]");
  });
});
