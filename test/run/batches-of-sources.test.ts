/** Batches of two sources of one job that have the same name: neither corrects the other. */
import { join } from "node:path";
import { expect } from "chai";
import { startSandbox } from "../../src/sandbox/start-sandbox.ts";
import { openDesk } from "../support/scenario.ts";
import { put, start, told } from "./source.ts";

const file = (source: string, version: number) => `${source}/2026-11-25_account_V${version}.csv`;
const csv = (product: string, ...accounts: readonly number[]) =>
  `account_id,product_name,effective_at\n${accounts.map((n) => `account_${n},${product},2026-11-25T10:00:00Z\n`).join("")}`;

describe("batches of the same name in two sources", () => {
  it("are two: a row of the one is stale where the other has applied the account at that moment", async () => {
    await using bank = await startSandbox({ seed: { accounts: [{ id: "account_1" }, { id: "account_2" }] } });
    await using desk = await openDesk();
    const of = (name: string) => ({ name, folder: join(desk.folder, "in", name) });
    const job = { source: [of("cards"), of("loans")] };
    await put(desk, file("cards", 1), csv("Card", 1), 0);
    await put(desk, file("loans", 3), csv("Loan", 2), 0);
    expect(told(await start(desk, bank, { job }))).to.have.length(2);
    await put(desk, file("loans", 4), csv("New loan", 1, 2), 1);
    const [end] = await start(desk, bank, { job });
    expect(end && told([end])[0]).to.match(/ 1 skipped 1 applied$/);
    const products = [1, 2].map((n) => bank.accounts.get(`account_${n}`)?.details?.product_name);
    expect(products).to.deep.equal(["Card", "New loan"]);
  });
});
