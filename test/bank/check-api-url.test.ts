/**
 * Which addresses of the API are taken, and that a refusal names no secret in one.
 */
import { expect } from "chai";
import { checkApiUrl } from "../../src/bank/check-api-url.ts";
import { FatalError } from "../../src/errors/fatal-error.ts";

describe("checkApiUrl", () => {
  for (const [text, expected] of [
    ["https://api.lead.bank", "https://api.lead.bank"],
    ["https://api.lead.bank/", "https://api.lead.bank"],
    ["HTTPS://API.lead.bank:443//", "https://api.lead.bank"],
    ["https://proxy.example/lead/", "https://proxy.example/lead"],
    ["http://127.0.0.1:8080/", "http://127.0.0.1:8080"],
    ["http://127.9.9.9", "http://127.9.9.9"],
    ["http://localhost:1", "http://localhost:1"],
    ["http://[::1]:1", "http://[::1]:1"],
  ] as const) {
    it(`takes ${text}`, () => expect(checkApiUrl(text)).to.equal(expected));
  }

  for (const text of [
    "",
    "  ",
    "api.lead.bank",
    "localhost:8080",
    "http://api.lead.bank",
    "http://127.0.0.1.example",
    "http://localhost.example",
    "ftp://127.0.0.1",
    "file:///etc/passwd",
    "https://user:hunter2@api.lead.bank",
    "https://hunter2@api.lead.bank",
    "https://api.lead.bank?token=hunter2",
    "https://api.lead.bank#hunter2",
  ]) {
    it(`refuses "${text}"`, () => {
      const refuse = () => checkApiUrl(text);
      expect(refuse)
        .to.throw(FatalError, /^LEAD_API_URL /)
        .with.property("code", "env_missing");
      expect(refuse).to.not.throw(/hunter2/);
    });
  }
});
