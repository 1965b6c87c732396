/** The three status calls: every pair of status and call, the reasons, and the notice that client_closed needs. */
import { expect } from "chai";
import { type Sandbox, startSandbox } from "../../src/sandbox/start-sandbox.ts";
import { NOTICE, SEED } from "./bank-seed.ts";
import { type Caller, complaintsOf, openCaller } from "./caller.ts";

const REASON = { activate: undefined, deactivate: "frozen", close: "paid_off" } as const;

/** Account, call, and the status afterwards; without one the call is not possible. */
const PAIRS: [string, keyof typeof REASON, string?][] = [
  ["account_ann", "activate"],
  ["account_ann", "deactivate", "inactive"],
  ["account_ann", "close", "closed"],
  ["account_idle", "activate", "active"],
  ["account_idle", "deactivate"],
  ["account_idle", "close", "closed"],
  ["account_shut", "activate", "active"],
  ["account_shut", "deactivate"],
  ["account_shut", "close"],
];

/** Call, reason, and whether it fits. */
const REASONS: ["deactivate" | "close", unknown, boolean][] = [
  ["deactivate", "dormant", true],
  ["deactivate", "other", true],
  ["deactivate", "paid_off", false],
  ["deactivate", undefined, false],
  ["close", "entity_closed", true],
  ["close", "charged_off", true],
  ["close", "canceled", true],
  ["close", "dormant", false],
  ["close", 3, false],
];

describe("sandbox status calls", () => {
  let bank: Sandbox;
  let call: Caller;
  beforeEach(async () => {
    bank = await startSandbox({ seed: SEED, now: () => Date.parse("2025-03-04T05:06:07Z") });
    call = await openCaller(bank);
  });
  afterEach(() => bank.close());

  const change = (id: string, kind: keyof typeof REASON, status_reason: unknown = REASON[kind]) =>
    call(`POST /v0/accounts/${id}/${kind}`, kind === "activate" ? {} : { body: { status_reason } });

  for (const [id, kind, status] of PAIRS) {
    it(`${status === undefined ? "refuses to" : "lets"} ${kind} ${id}`, async () => {
      const said = await change(id, kind);
      if (status === undefined) {
        expect(said.status).to.equal(422);
        expect(said.json.code).to.equal("invalid_status_transition");
        expect(bank.effects).to.have.length(0);
        return;
      }
      expect(said.status, said.text).to.equal(200);
      expect(said.json).to.include({ id, status, status_reason: REASON[kind] ?? "active" });
      expect(said.json.updated_at).to.equal("2025-03-04T05:06:07.000Z");
      expect(said.json.details.closed_at).to.equal(status === "closed" ? "2025-03-04T05:06:07.000Z" : undefined);
      expect(bank.effects).to.deep.include({
        kind,
        accountId: id,
        idempotencyKey: bank.requests.at(-1)?.idempotencyKey,
        at: bank.requests.at(-1)?.at,
      });
    });
  }

  for (const [kind, reason, fits] of REASONS) {
    it(`${fits ? "takes" : "refuses"} ${String(reason)} as the reason to ${kind}`, async () => {
      const said = await call(`POST /v0/accounts/account_ann/${kind}`, { body: { status_reason: reason } });
      expect(said.status).to.equal(fits ? 200 : 422);
      if (!fits) expect(complaintsOf(said)).to.deep.equal(["status_reason"]);
    });
  }

  it("closes as client_closed only when the account has a notice", async () => {
    const early = await change("account_ann", "close", "client_closed");
    expect(early.status).to.equal(422);
    expect(complaintsOf(early)).to.deep.equal(["details.adverse_action_notice"]);
    await call("PATCH /v0/accounts/account_ann", { body: { details: { adverse_action_notice: NOTICE } } });
    expect((await change("account_ann", "close", "client_closed")).status).to.equal(200);
  });

  it("answers a malformed id with 400, an unknown one with 404 and a missing body with 400", async () => {
    expect((await change("acct", "activate")).status).to.equal(400);
    expect((await change("account_none", "close")).status).to.equal(404);
    expect((await call("POST /v0/accounts/account_ann/close")).json.code).to.equal("payload_invalid");
  });
});
