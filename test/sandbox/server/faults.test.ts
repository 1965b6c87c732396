/** Faults on order: what the caller sees, and whether the bank has processed the request. */
import { expect } from "chai";
import { FAULTS, type Fault } from "../../../src/sandbox/server/faults.ts";
import { type Sandbox, startSandbox } from "../../../src/sandbox/start-sandbox.ts";
import type { SandboxRequest } from "../../../src/sandbox/state/journal.ts";
import { createBody, SEED } from "../bank-seed.ts";
import { type Caller, openCaller } from "../caller.ts";

/** What is seen of a create: a status, or "cut" for a connection that breaks; and the effects it has had. */
const SEEN: Partial<Record<Fault, [number | "cut", number]>> = {
  "401": [401, 0],
  "403": [403, 0],
  "404": [404, 0],
  "409": [409, 0],
  "429": [429, 0],
  "500": [500, 0],
  "502": [502, 0],
  "503": [503, 0],
  "504": [504, 0],
  page: [200, 0],
  "403_page": [403, 0],
  reset: ["cut", 0],
  "500_after": [500, 1],
  "503_after": [503, 1],
  "403_page_after": [403, 1],
  "204_after": [204, 1],
  reset_after: ["cut", 1],
  cut_after: ["cut", 1],
  garbled_after: [200, 1],
  token_expired: [401, 0],
  slow: [200, 1],
};
/** Those that leave the caller waiting, and the effects they have had by then. */
const SILENT: Partial<Record<Fault, number>> = { timeout_before: 0, timeout_after: 1, late: 0 };

const isCreate = ({ path, method }: SandboxRequest) => method === "POST" && path === "/v0/accounts";

describe("sandbox faults", () => {
  let bank: Sandbox;
  let call: Caller;
  beforeEach(async () => {
    bank = await startSandbox({ seed: SEED });
    call = await openCaller(bank);
  });
  afterEach(() => bank.close());

  const create = () => call("POST /v0/accounts", { body: createBody(), key: "k-1" });

  it("are all looked at here", () => {
    expect(Object.keys({ ...SEEN, ...SILENT })).to.have.members([...FAULTS]);
  });

  for (const [fault, [status, effects]] of Object.entries(SEEN)) {
    it(`${fault}: ${status} with ${effects} effects, and then all is well`, async () => {
      bank.failNext(fault as Fault);
      const seen = await create().then(
        (said) => said.status,
        () => "cut",
      );
      expect(seen).to.equal(status);
      expect(bank.effects).to.have.length(effects);
      if (fault === "token_expired") call = await openCaller(bank);
      const again = await create();
      expect(again.status, again.text).to.equal(200);
      expect(again.json.id).to.match(/^account_\w+$/);
      expect(bank.effects).to.have.length(1);
    });
  }

  for (const [fault, effects] of Object.entries(SILENT)) {
    it(`${fault}: silence with ${effects} effects, until the bank closes`, async () => {
      bank.failNext(fault as Fault, 1, isCreate);
      const waiting = create().then(
        () => "answered",
        () => "cut",
      );
      // Others are answered meanwhile.
      while (bank.writes.length === 0) await call("GET /v0/accounts/account_ann");
      expect(bank.effects).to.have.length(effects);
      await bank.close();
      expect(await waiting).to.equal("cut");
      expect(bank.effects).to.have.length(effects);
    });
  }

  it("late: arrives when it is let, after a second attempt, and makes two of one when the keys differ", async () => {
    bank.failNext("late", 1, isCreate);
    const first = create();
    while (bank.writes.length === 0) await call("GET /v0/accounts/account_ann");
    const second = await call("POST /v0/accounts", { body: createBody(), key: "k-2" });
    await bank.landLate();
    expect((await first).json.id).to.not.equal(second.json.id);
    expect(bank.effects.map(({ idempotencyKey }) => idempotencyKey)).to.deep.equal(["k-2", "k-1"]);
  });

  it("strike as often as ordered, in the order given, and only what they match", async () => {
    bank.failNext("503", 2, ({ method }) => method === "GET");
    bank.failNext("429");
    expect((await create()).status).to.equal(429);
    expect((await create()).status).to.equal(200);
    const read = async () => (await call("GET /v0/accounts/account_ann")).status;
    expect([await read(), await read(), await read()]).to.deep.equal([503, 503, 200]);
    bank.failNext("500", Number.POSITIVE_INFINITY);
    expect([await read(), await read()]).to.deep.equal([500, 500]);
    bank.clearFaults();
    expect(await read()).to.equal(200);
  });

  it("spare the token unless they match it", async () => {
    bank.failNext("500");
    await openCaller(bank);
    expect((await create()).status).to.equal(500);
    bank.failNext("503", 1, ({ path }) => path === "/v1/oauth/token");
    await openCaller(bank);
    expect(bank.requests.at(-1)?.status).to.equal(503);
  });
});
