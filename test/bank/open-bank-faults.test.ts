/**
 * The whole client against a stand-in that misbehaves: what goes out again, how often, and with what effect.
 */
import { expect } from "chai";
import { CREATE, verdict, withBank } from "./with-bank.ts";

describe("openBank under faults", () => {
  const WRITE_FAULTS = [
    ["429", "transient bank_rate_limited 429", 0],
    ["500", "unknown bank_error 500", 0],
    ["reset", "unknown outcome_unknown 0", 0],
    ["timeout_before", "unknown outcome_unknown 0", 0],
    ["500_after", "unknown bank_error 500", 1],
    ["reset_after", "unknown outcome_unknown 0", 1],
    ["timeout_after", "unknown outcome_unknown 0", 1],
    ["cut_after", "unknown bank_answer_unreadable 200", 1],
    ["garbled_after", "unknown bank_answer_unreadable 200", 1],
    ["403", "stop bank_forbidden 403", 0],
    ["403_page", "unknown gateway_refused 403", 0],
    ["403_page_after", "unknown gateway_refused 403", 1],
    ["204_after", "unknown gateway_refused 204", 1],
    ["401", "ok", 1],
  ] as const;
  for (const [fault, expected, effects] of WRITE_FAULTS) {
    it(`a write that meets ${fault} goes out once, and then again with the same effect`, () =>
      withBank(
        async ({ bank, sandbox }) => {
          sandbox.failNext(fault);
          expect(verdict(await bank.createAccount(CREATE, "k1"))).to.equal(expected);
          expect(sandbox.writes).to.have.length(fault === "401" ? 2 : 1);
          expect(sandbox.effects).to.have.length(effects);
          expect(verdict(await bank.createAccount(CREATE, "k1"))).to.equal("ok");
          expect(sandbox.effects).to.have.length(1);
        },
        {},
        { callTimeoutMs: 300 },
      ));
  }

  for (const fault of ["429", "500", "503", "reset", "timeout_before", "401", "403_page"] as const) {
    it(`a read that meets ${fault} is tried again`, () =>
      withBank(
        async ({ bank, sandbox }) => {
          sandbox.failNext(fault, fault === "401" ? 1 : 2);
          expect(verdict(await bank.fetchAccount("account_1"))).to.equal("ok");
        },
        {},
        { callTimeoutMs: 300 },
      ));
  }

  it("gives a read up after the attempts", () =>
    withBank(async ({ bank, sandbox, changes }) => {
      sandbox.failNext("503", 9);
      expect(verdict(await bank.fetchAccount("account_1"))).to.equal("transient bank_error 503");
      expect(sandbox.requests.filter(({ method }) => method === "GET")).to.have.length(3);
      expect(changes.map(({ requestsPerSecond }) => requestsPerSecond)).to.deep.equal([500, 250, 125]);
    }));

  it("tries the token endpoint again too, but no more often than the attempts", () =>
    withBank(async ({ bank, sandbox }) => {
      const isToken = ({ path }: { readonly path: string }) => path === "/v1/oauth/token";
      sandbox.failNext("500", 2, isToken);
      expect(verdict(await bank.authenticate())).to.equal("ok");
      sandbox.revokeTokens();
      sandbox.failNext("500", 99, isToken);
      expect(verdict(await bank.fetchAccount("account_1"))).to.equal("transient bank_error 500");
      expect(sandbox.requests.filter(isToken)).to.have.length(6);
    }));

  it("takes a 404 of the token endpoint for no word on what was asked for", () =>
    withBank(async ({ bank, sandbox }) => {
      await bank.authenticate();
      sandbox.revokeTokens();
      sandbox.failNext("404", 99, ({ path }) => path === "/v1/oauth/token");
      const answers = [
        await bank.fetchAccount("account_1"),
        await bank.fetchRelationships("account_1"),
        await bank.fetchByClientAccountId("c-1"),
        await bank.fetchEntity("entity_1"),
        await bank.fetchApplication("application_1"),
        await bank.fetchByClientCustomerId("c-1"),
        await bank.fetchByClientApplicationId("c-1"),
        await bank.createAccount(CREATE, "k1"),
        await bank.patchAccount("account_1", "{}", "k2"),
        await bank.removeRelationship("account_1", "entity_1", "account_holder"),
      ];
      expect(answers.map(verdict)).to.deep.equal(Array(10).fill("stop bank_unreachable 404"));
    }));

  it("renews a revoked token once for many calls", () =>
    withBank(async ({ bank, sandbox }) => {
      await bank.authenticate();
      sandbox.revokeTokens();
      const answers = await Promise.all(Array.from({ length: 20 }, () => bank.fetchAccount("account_1")));
      expect(answers.map(verdict)).to.deep.equal(Array(20).fill("ok"));
      expect(sandbox.requests.filter(({ path }) => path === "/v1/oauth/token")).to.have.length(2);
    }));
});
