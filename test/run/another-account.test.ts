/**
 * Writes that the bank answers for another account: never linked, never acted on, and settled by reading.
 */
import { expect } from "chai";
import type { BankReply, BankRequest } from "../../src/bank/transport.ts";
import type { SandboxSeed } from "../../src/sandbox/state/seed.ts";
import { type Disturbance, play } from "../recovery/matrix/play.ts";

const SEED: SandboxSeed = {
  entities: [{ id: "entity_ann" }],
  accounts: [1, 2].map((n) => ({
    id: `account_${n}`,
    client_account_id: `c${n}`,
    details: { product_name: "Old" },
    relationships: { account_holder: ["entity_ann"] },
  })),
};
/** A new account that is to be made inactive, beside a row that proves the look-up. */
const CREATE =
  "client_account_id,product_name,account_holders,capabilities,status,status_reason\n" +
  "c1,New,,,,\nn1,Card,entity_ann,deposit,inactive,dormant\n";
const PATCH = "account_id,product_name\naccount_1,New\naccount_2,New\n";

const isCreate = ({ method, path }: BankRequest) => method === "POST" && path === "/v0/accounts";
const isPatchOfTwo = ({ method, path }: BankRequest) => method === "PATCH" && path === "/v0/accounts/account_2";

/** The first `times` answers to such requests carry these members; `asked` gets the key of every one. */
function misanswer(isMeant: (request: BankRequest) => boolean, members: object, times: number, asked: string[] = []) {
  const alter = (reply: BankReply, request: BankRequest): BankReply => {
    if (!isMeant(request)) return reply;
    asked.push(request.key ?? "");
    if (reply.kind !== "response" || reply.status !== 200 || asked.length > times) return reply;
    return { ...reply, body: JSON.stringify({ ...JSON.parse(reply.body), ...members }) };
  };
  return { alter } satisfies Disturbance;
}

const told = async (csv: string, disturbance: Disturbance) => {
  const { rows, exits, effects } = await play({ name: "another", seed: SEED, csv, job: {} }, disturbance);
  return { rows, exits, effects };
};

describe("a write that is answered for another account", () => {
  for (const [what, members] of [
    ["another client_account_id", { id: "account_2", client_account_id: "c2" }],
    ["the id of an account known as another's, and no client_account_id", { id: "account_1", client_account_id: null }],
  ] as const) {
    it(`a create, with ${what}: the run stops, and the next start finds what was made, and acts on that`, async () => {
      const asked: string[] = [];
      expect(await told(CREATE, misanswer(isCreate, members, 1, asked))).to.deep.equal({
        rows: ["2 applied [] patch=applied", "3 applied [] create=applied; deactivate=applied"],
        exits: [2, 0],
        effects: ["create n1", "deactivate n1", "patch c1"],
      });
      expect(asked, "sent once").to.have.length(1);
    });
  }

  it("a patch, with another id: the run stops, and the next start sees that it was done", async () => {
    const asked: string[] = [];
    expect(await told(PATCH, misanswer(isPatchOfTwo, { id: "account_1" }, 1, asked))).to.deep.equal({
      rows: ["2 applied [] patch=applied", "3 applied [] patch=applied"],
      exits: [2, 0],
      effects: ["patch c1", "patch c2"],
    });
    expect(asked).to.have.length(1);
  });

  /** The bank does nothing, and answers for another account. */
  const undone = (isMeant: (request: BankRequest) => boolean, asked: string[]): Disturbance => ({
    arrange: (bank) =>
      bank.failNext("500", Number.POSITIVE_INFINITY, ({ method, path }) =>
        isMeant({ call: "write", method: method as "POST", path }),
      ),
    alter: (reply, request) => {
      if (!isMeant(request) || reply.kind !== "response") return reply;
      asked.push(request.key ?? "");
      return { ...reply, status: 200, body: '{"id":"account_x","client_account_id":"another"}' };
    },
  });
  for (const [what, csv, isMeant, row] of [
    ["create", CREATE, isCreate, "3 unknown [bank_answered_for_another] create=unknown; deactivate=skipped"],
    ["patch", PATCH, isPatchOfTwo, "3 unknown [bank_answered_for_another] patch=unknown"],
  ] as const) {
    it(`a ${what} that is not there: sent once more under another key, and a second such answer costs the row alone`, async () => {
      const asked: string[] = [];
      const { rows, exits, effects } = await told(csv, undone(isMeant, asked));
      expect(rows).to.deep.equal(["2 applied [] patch=applied", row]);
      expect(exits).to.deep.equal([2, 3]);
      expect(effects).to.deep.equal(["patch c1"]);
      expect(new Set(asked).size).to.equal(2);
      expect(asked).to.have.length(2);
    });
  }
});
