/**
 * Answers that no bank should give, in whole runs: each costs the row that it is for, and no other row and no run.
 */
import { expect } from "chai";
import type { BankReply, BankRequest } from "../../src/bank/transport.ts";
import type { SandboxSeed } from "../../src/sandbox/state/seed.ts";
import { type Disturbance, play } from "../recovery/matrix/play.ts";

const SEED: SandboxSeed = {
  accounts: [1, 2].map((n) => ({
    id: `account_${n}`,
    client_account_id: `c${n}`,
    details: { product_name: "Old" },
    metadata: { a: "b" },
  })),
};
const BY_ID = "account_id,product_name\naccount_1,New\naccount_2,New\n";
const BY_LOOK_UP = "client_account_id,product_name\nc1,New\nc2,New\n";

const DEEP = `${"[".repeat(200_000)}${"]".repeat(200_000)}`;
const OBJECTS = `${'{"a":'.repeat(200_000)}1${"}".repeat(200_000)}`;

/** Alters every answer to such a request. */
function altering(
  isMeant: (request: BankRequest) => boolean,
  alter: (body: string) => string,
  status?: number,
): Disturbance {
  return {
    alter: (reply, request): BankReply => {
      if (reply.kind !== "response" || !isMeant(request)) return reply;
      return { ...reply, body: alter(reply.body), status: status ?? reply.status };
    },
  };
}

const withMember = (deep: string) => (body: string) => `${body.slice(0, -1)},"x":${deep}}`;
const isGetOfTwo = ({ method, path }: BankRequest) => method === "GET" && path === "/v0/accounts/account_2";
const isLookUpOfTwo = ({ path }: BankRequest) => path.endsWith("client_account_id=c2");
const isPatchOfTwo = ({ method, path }: BankRequest) => method === "PATCH" && path.endsWith("/account_2");

const told = async (csv: string, disturbance: Disturbance) => {
  const { rows, exits, effects } = await play({ name: "odd", seed: SEED, csv, job: {} }, disturbance);
  return { rows, exits, effects };
};

describe("answers that no bank should give", () => {
  for (const [what, deep] of [
    ["lists", DEEP],
    ["objects", OBJECTS],
  ] as const) {
    it(`an account nested 200,000 deep, ${what}: its row failed, the other applied`, async () => {
      expect(await told(BY_ID, altering(isGetOfTwo, withMember(deep)))).to.deep.equal({
        rows: ["2 applied [] patch=applied", "3 failed [bank_answer_unreadable] "],
        exits: [3],
        effects: ["patch c1"],
      });
    });

    it(`a look-up nested as deep, ${what}: its row failed, the other applied`, async () => {
      expect(await told(BY_LOOK_UP, altering(isLookUpOfTwo, withMember(deep)))).to.deep.equal({
        rows: ["2 applied [] patch=applied", "3 failed [bank_answer_unreadable] "],
        exits: [3],
        effects: ["patch c1"],
      });
    });

    it(`the answer to a PATCH nested as deep, ${what}: read instead, and applied once`, async () => {
      expect(await told(BY_ID, altering(isPatchOfTwo, withMember(deep)))).to.deep.equal({
        rows: ["2 applied [] patch=applied", "3 applied [] patch=applied"],
        exits: [0],
        effects: ["patch c1", "patch c2"],
      });
    });

    it(`an error body nested as deep, ${what}: in doubt, read instead`, async () => {
      const error = altering(isPatchOfTwo, () => `{"code":"parameters_invalid","x":${deep}}`, 422);
      expect((await told(BY_ID, error)).rows).to.deep.equal([
        "2 applied [] patch=applied",
        "3 applied [] patch=applied",
      ]);
    });
  }

  const ODD: readonly (readonly [string, string])[] = [
    ["a member named __proto__", '"__proto__":{"id":"account_9","status":"closed"}'],
    ["members named after methods", '"toString":1,"hasOwnProperty":null,"constructor":{"prototype":[]}'],
    ["numbers that no number holds", '"n":1e400,"m":-1e400,"d":123456789012345678901234567890'],
    ["half characters", '"\\ud800":"\\udfff"'],
    ["a member twice", '"x":1,"x":2'],
  ];
  for (const [what, members] of ODD) {
    it(`${what} in every answer: nothing is lost by it`, async () => {
      const every = altering(
        ({ path }) => path.startsWith("/v0/accounts/account_"),
        (body) => `${body.slice(0, -1)},${members}}`,
      );
      expect(await told(BY_ID, every)).to.deep.equal({
        rows: ["2 applied [] patch=applied", "3 applied [] patch=applied"],
        exits: [0],
        effects: ["patch c1", "patch c2"],
      });
    });
  }

  it("an account that repeats the token: none of it where it is ours to send back, and its row fails", async () => {
    const echo = (member: string): Disturbance => ({
      alter: (reply, request) => {
        if (reply.kind !== "response" || !isGetOfTwo(request)) return reply;
        const body = `${reply.body.slice(0, -1)},"${member}":{"echo":"Bearer ${request.token}"}}`;
        return { ...reply, body };
      },
    });
    expect((await told(BY_ID, echo("x_debug"))).rows).to.include("3 applied [] patch=applied");
    expect((await told(BY_ID, echo("metadata"))).rows).to.include("3 failed [bank_answer_unreadable] ");
  });

  const LIVES = ["{}", '{"toString":1}', "[1]", "1e99", "1e400", "1e-9", "-5", "true", '"soon"', '"1e99"'];
  for (const life of LIVES) {
    it(`a token that says it lives ${life}: the run is done`, async () => {
      const token = altering(
        ({ path }) => path === "/v1/oauth/token",
        (body) => body.replace(/"expires_in":\d+/, `"expires_in":${life}`),
      );
      expect((await told(BY_ID, token)).exits).to.deep.equal([0]);
    });
  }
});
