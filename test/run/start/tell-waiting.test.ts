/** Files that wait behind one that was rejected or holds rows. */
import { expect } from "chai";
import { startSandbox } from "../../../src/sandbox/start-sandbox.ts";
import { openDesk } from "../../support/scenario.ts";
import { put, start, told } from "../source.ts";

const row = (product: string) => `account_id,product_name\naccount_1,${product}\n`;

describe("a file behind one that is to be seen to first", () => {
  it("is said to be left for a later start, and is taken by it", async () => {
    await using bank = await startSandbox({ seed: { accounts: [{ id: "account_1" }] } });
    await using desk = await openDesk({ durable: false });
    const notes: string[] = [];
    const progress = { note: (text: string) => void notes.push(text), watch() {}, steer() {}, end() {} };
    const left = () => notes.splice(0).filter((text) => text.includes("left for a later start"));
    await put(desk, "1.csv", "", 0);
    await put(desk, "2.csv", row("B"), 1);
    expect(told(await start(desk, bank, { context: { progress } }))).to.deep.equal(["1.csv file_empty"]);
    expect(left()).to.deep.equal(["2.csv is left for a later start: run run-1 of 1.csv is to be seen to first"]);
    expect(told(await start(desk, bank, { context: { progress } }))).to.deep.equal(["2.csv 1 applied"]);
    await put(desk, "3.csv", "", 2);
    expect(told(await start(desk, bank, { context: { progress } }))).to.deep.equal(["3.csv file_empty"]);
    expect(left(), "the last one").to.deep.equal([]);
  });
});
