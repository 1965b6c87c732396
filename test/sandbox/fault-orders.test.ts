/** Faults as a file orders them: whose turn it is, by number and by chance, and what joins what. */
import { expect } from "chai";
import { type FaultOrder, Faults } from "../../src/sandbox/server/faults.ts";
import { startSandbox } from "../../src/sandbox/start-sandbox.ts";
import type { SandboxRequest } from "../../src/sandbox/state/journal.ts";
import { SEED } from "./bank-seed.ts";
import { openCaller } from "./caller.ts";

const request = (n: number, method = "GET"): SandboxRequest => ({
  method,
  path: `/v0/accounts/account_${n}`,
  query: {},
  requestId: "req_1",
  status: 0,
  at: 0,
});

/** The numbers of the requests that are struck, of so many in that order. */
function struck(orders: readonly FaultOrder[], requests: readonly SandboxRequest[]): number[] {
  const faults = new Faults();
  for (const order of orders) faults.add(order);
  return requests.flatMap((one, index) => (faults.take(one).order === undefined ? [] : [index + 1]));
}

const many = (count: number) => Array.from({ length: count }, (_, index) => request(index + 1));

describe("sandbox fault orders", () => {
  for (const [what, order, expected] of [
    ["every one", {}, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]],
    ["so many", { count: 2 }, [1, 2]],
    ["those after", { after: 7 }, [8, 9, 10]],
    ["a burst", { after: 4, count: 3 }, [5, 6, 7]],
    ["each third", { every: 3 }, [3, 6, 9]],
    ["each third of those after", { after: 2, every: 3, count: 2 }, [5, 8]],
    ["none", { count: 0 }, []],
  ] as const) {
    it(`strike ${what}`, () => {
      expect(struck([{ fault: "503", ...order }], many(10))).to.deep.equal(expected);
    });
  }

  it("count only what matches", () => {
    const mixed = Array.from({ length: 10 }, (_, index) => request(index, index % 2 === 0 ? "GET" : "PATCH"));
    const order = {
      fault: "503",
      after: 1,
      every: 2,
      match: ({ method }: SandboxRequest) => method === "PATCH",
    } as const;
    expect(struck([order], mixed)).to.deep.equal([6, 10]);
  });

  it("strike by chance about as often as they say, and the same ones whatever the order of arrival", () => {
    const order: FaultOrder = { fault: "503", chance: 0.1 };
    const once = struck([order], many(2_000));
    expect(once.length).to.be.within(150, 250);
    const backwards = struck([order], many(2_000).reverse()).map((index) => 2_001 - index);
    expect(backwards.sort((a, b) => a - b)).to.deep.equal(once);
    expect(struck([{ ...order, seed: 2 }], many(2_000))).to.not.deep.equal(once);
  });

  it("give the same request a new chance each time it comes, and two orders alike fates of their own", () => {
    const again = struck(
      [{ fault: "503", chance: 0.5 }],
      Array.from({ length: 100 }, () => request(1)),
    );
    expect(again.length).to.be.within(30, 70);
    const both = struck(
      [
        { fault: "503", chance: 0.5 },
        { fault: "503", chance: 0.5 },
      ],
      many(1_000),
    );
    expect(both.length).to.be.within(700, 800);
  });

  it("let slowness join whatever else strikes, and count by fault", () => {
    const faults = new Faults();
    faults.add({ fault: "slow", ms: 20 });
    faults.add({ fault: "slow", ms: 5, after: 1 });
    faults.add({ fault: "429", count: 1 });
    faults.add({ fault: "503", count: 1 });
    faults.add({ fault: "reset", after: 9 });
    expect(
      many(3)
        .map((one) => faults.take(one))
        .map(({ order, delayMs }) => [order?.fault, delayMs]),
    ).to.deep.equal([
      ["429", 20],
      ["503", 25],
      [undefined, 25],
    ]);
    expect(faults.struck).to.deep.equal({ slow: 5, "429": 1, "503": 1, reset: 0 });
  });

  it("reach the caller: the wait that is asked for, the end of every token, and a late one that lands by itself", async () => {
    const isPatch = ({ method }: SandboxRequest) => method === "PATCH";
    const faults: FaultOrder[] = [
      { fault: "429", count: 1, retryAfterSeconds: 7 },
      { fault: "503", count: 1, retryAfterSeconds: 8 },
      { fault: "token_expired", count: 1 },
      { fault: "late", count: 1, ms: 30, match: isPatch },
    ];
    await using bank = await startSandbox({ seed: SEED, faults });
    const [call, other] = [await openCaller(bank), await openCaller(bank)];
    const read = (by = call) => by("GET /v0/accounts/account_ann");
    expect((await read()).headers.get("retry-after")).to.equal("7");
    expect((await read()).headers.get("retry-after")).to.equal("8");
    expect([(await read()).status, (await read(other)).status]).to.deep.equal([401, 401]);
    const fresh = await openCaller(bank);
    expect((await read(fresh)).status).to.equal(200);
    const startedMs = performance.now();
    const late = await fresh("PATCH /v0/accounts/account_ann", { body: { details: { product_name: "New" } } });
    expect([late.status, bank.effects.length]).to.deep.equal([200, 1]);
    expect(performance.now() - startedMs).to.be.at.least(29);
    expect(bank.struck).to.deep.equal({ "429": 1, "503": 1, token_expired: 1, late: 1 });
  });
});
