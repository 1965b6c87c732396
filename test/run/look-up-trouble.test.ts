/**
 * A look-up that answers, and then doesn't: its trouble costs the row that it was for, and holds none.
 */
import { expect } from "chai";
import type { BankReply, BankRequest } from "../../src/bank/transport.ts";
import type { SandboxSeed } from "../../src/sandbox/state/seed.ts";
import { play } from "../recovery/matrix/play.ts";

const bankOf = (accounts: number): SandboxSeed => ({
  accounts: Array.from({ length: accounts }, (_, index) => ({
    id: `account_${index + 1}`,
    client_account_id: `c${index + 1}`,
    details: { product_name: "Checking" },
  })),
});
const fileOf = (accounts: number, product: string) =>
  `client_account_id,product_name\n${Array.from({ length: accounts }, (_, index) => `c${index + 1},${product}\n`).join("")}`;
const isLookUp = ({ path }: { readonly path: string }) => /^\/v0\/accounts\?client_account_id=/.test(path);

describe("a look-up in trouble", () => {
  it("fails the row whose answer never comes whole, once others have come", async () => {
    let lookUps = 0;
    const drip = (reply: BankReply, request: BankRequest): BankReply => {
      if (!isLookUp(request) || ++lookUps <= 2) return reply;
      return { kind: "no_response", sent: true, status: 200, reason: "timed out after 1000 ms" };
    };
    const job = { concurrency: { reads: 1, writes: 1 } };
    const { rows, exits } = await play(
      { name: "drip", seed: bankOf(3), csv: fileOf(3, "Checking 2"), job },
      { alter: drip, attempts: 3 },
    );
    expect(rows).to.deep.equal([
      "2 applied [] patch=applied",
      "3 applied [] patch=applied",
      "4 failed [bank_answer_unreadable] ",
    ]);
    expect(exits).to.deep.equal([3]);
  });

  for (const [what, fault] of [
    ["a web page", "page"],
    ["a firewall's page", "403_page"],
  ] as const) {
    it(`asks again where ${what} came among 20 that run side by side, even before any other has answered`, async () => {
      for (const spared of [0, 7, 19]) {
        let lookUps = 0;
        const { rows, exits } = await play(
          { name: what, seed: bankOf(20), csv: fileOf(20, "Checking"), job: {} },
          {
            arrange: (bank) =>
              bank.failNext(
                fault,
                1,
                ({ path, query }) =>
                  path === "/v0/accounts" && query.client_account_id !== undefined && ++lookUps > spared,
              ),
          },
        );
        expect(rows.map((row) => row.split(" ")[1])).to.deep.equal(Array(20).fill("unchanged"));
        expect(exits).to.deep.equal([0]);
      }
    });
  }
});
