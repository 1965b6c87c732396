/**
 * How many GETs planning takes: what a look-up has fetched is what the plan is made from.
 */
import { expect } from "chai";
import { type Sandbox, startSandbox } from "../../src/sandbox/start-sandbox.ts";
import { type Desk, openDesk } from "../support/scenario.ts";

const CSV = ["client_account_id,account_holders,product_name", "c1,,New", "c2,,Everyday", "c3,entity_bob,New", ""].join(
  "\n",
);

const startBank = (accounts: number) =>
  startSandbox({
    seed: {
      entities: [{ id: "entity_ann" }, { id: "entity_bob" }],
      accounts: Array.from({ length: accounts }, (_, index) => ({
        id: `account_${index + 1}`,
        client_account_id: `c${index + 1}`,
        relationships: { account_holder: ["entity_ann"] },
      })),
    },
  });

const gets = ({ requests }: Sandbox) => requests.filter(({ method }) => method === "GET").map(({ path }) => path);

const of = (paths: readonly string[], name: string) => paths.filter((path) => path.includes(name));

/** A hundred accounts, of which a file changes ten: how many calls its rows take, the token apart. */
const CALLS: readonly {
  readonly file: string;
  readonly columns: string;
  readonly row: (n: number) => string;
  readonly calls: number;
}[] = [
  { file: "by account_id", columns: "account_id", row: (n) => `account_${n}`, calls: 110 },
  { file: "by client_account_id that no run has met", columns: "client_account_id", row: (n) => `c${n}`, calls: 210 },
  {
    file: "by client_account_id, with holders",
    columns: "client_account_id,account_holders",
    row: (n) => `c${n},entity_ann`,
    calls: 310,
  },
];

describe("the calls of a plan", () => {
  let bank: Sandbox;
  let desk: Desk;

  beforeEach(async () => {
    bank = await startBank(3);
    desk = await openDesk({ durable: false });
  });
  afterEach(async () => {
    await desk[Symbol.asyncDispose]();
    await bank.close();
  });

  it("are a look-up and one GET for each account found by client_account_id, and one more for holders", async () => {
    const { rows } = await desk.run(bank, CSV);
    expect(rows.map(({ result }) => result)).to.deep.equal(["applied", "unchanged", "applied"]);
    const paths = gets(bank);
    expect(of(paths, "account_1")).to.have.length(1);
    expect(of(paths, "account_2")).to.have.length(1);
    expect(of(paths, "account_3")).to.have.length(2);
    expect(paths).to.have.length(7);
  });

  it("take the account anew where it was looked up longer ago than a plan may be old", async () => {
    const { rows } = await desk.run(bank, CSV, { job: { recheckAfterMs: 2_000, requestsPerSecond: 1, burst: 1 } });
    expect(rows.map(({ result }) => result)).to.deep.equal(["applied", "unchanged", "applied"]);
    expect(of(gets(bank), "account_1").length).to.be.at.least(2);
  });

  it("take the account anew where this ledger has changed it before, since that may have been after the look-up", async () => {
    await desk.run(bank, "account_id,product_name\naccount_1,Card\n", { name: "earlier.csv" });
    const before = gets(bank).length;
    const { rows } = await desk.run(bank, CSV);
    expect(rows.map(({ result }) => result)).to.deep.equal(["applied", "unchanged", "applied"]);
    expect(of(gets(bank).slice(before), "account_1")).to.have.length(2);
  });

  for (const { file, columns, row, calls } of CALLS) {
    it(`are ${calls / 100} a row for a file ${file}, with one row of ten changed`, async () => {
      await using many = await startBank(100);
      const rows = Array.from(
        { length: 100 },
        (_, index) => `${row(index + 1)},${index % 10 === 0 ? "New" : "Everyday"}`,
      );
      const { summary } = await desk.run(many, [`${columns},product_name`, ...rows, ""].join("\n"));
      expect(summary?.words).to.include({ applied: 10, unchanged: 90 });
      expect(many.requests.filter(({ path }) => !path.includes("token"))).to.have.length(calls);
    });
  }
});
