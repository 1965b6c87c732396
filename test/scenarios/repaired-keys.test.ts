/** A corrected failed.csv that comes back with other keys than it went out with: caught, shown, and right again in the next. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { walkOpen } from "../../src/run/open-rows.ts";
import { rerunRows } from "../../src/run/start/rerun-rows.ts";
import { type Sandbox, startSandbox } from "../../src/sandbox/start-sandbox.ts";
import { type Desk, openDesk } from "../support/scenario.ts";

const SEED = {
  entities: [{ id: "entity_ann" }],
  accounts: [{ id: "account_1", client_account_id: "core-1" }],
};
/** Accounts whose ids a spreadsheet takes for numbers. */
const NUMBERED = [
  { id: "account_17", client_account_id: "0017" },
  { id: "account_123456", client_account_id: "123456" },
];
const FILE = [
  "account_id,client_account_id,capabilities,account_holders,product_name,credit_score",
  ",0001700,deposit,entity_ann,Card,x",
  ",0001800,deposit,entity_ann,Card,y",
  "account_1,core-1,,,#N/A,",
  "",
].join("\n");

/** The failed.csv of a first run, as it lies at the results place. */
async function failedOf(desk: Desk, bank: Sandbox, file = FILE): Promise<string> {
  const { summary } = await desk.run(bank, file, { name: "first.csv" });
  return readFile(join(summary?.results ?? "", "failed.csv"), "utf8");
}

const endsOf = (rows: readonly Readonly<Record<string, string>>[]) =>
  rows.map(({ result, result_code }) => `${result} ${result_code}`);
const idsAt = (bank: Sandbox) => [...bank.accounts.values()].map(({ client_account_id }) => client_account_id);
/** The values that were wrong, corrected. */
const correct = (csv: string) => csv.replace(",x,", ",,").replace(",y,", ",,").replace("#N/A", "Gold");
/** Other ids than the file had. */
const asOthers = (csv: string) => csv.replaceAll(",000", ",9");

describe("a repaired row whose key is another than its origin's", () => {
  it("is invalid and makes no account; its failed.csv has the ledger's key, and works when it comes back", async () => {
    await using bank = await startSandbox({ seed: structuredClone(SEED) });
    await using desk = await openDesk();
    const failed = await failedOf(desk, bank);
    const { rows, summary } = await desk.run(bank, asOthers(correct(failed)), { name: "repaired.csv" });
    expect(endsOf(rows)).to.deep.equal(["invalid repair_key_differs", "invalid repair_key_differs", "applied "]);
    expect(rows[0]?.result_message).to.contain('row 2 of run run-1 has "0001700" here, and the repaired row "91700"');
    const open: string[] = [];
    for await (const { original, key } of walkOpen(desk.ledger, { bank: null, job: null }))
      open.push(`${original.row} ${key}`);
    expect(open, "and they still name their accounts").to.deep.equal(["2 client:0001700", "3 client:0001800"]);
    expect(rows[0]?.result_column).to.equal("client_account_id");
    expect(idsAt(bank)).to.deep.equal(["core-1"]);

    const next = await readFile(join(summary?.results ?? "", "failed.csv"), "utf8");
    expect(next).to.contain("\r\n,0001700,").and.contain("\r\n,0001800,");
    expect(endsOf((await desk.run(bank, asOthers(next), { name: "third.csv" })).rows), "again").to.deep.equal([
      "invalid repair_key_differs",
      "invalid repair_key_differs",
    ]);
    expect(endsOf((await desk.run(bank, next, { name: "fourth.csv" })).rows)).to.deep.equal(["applied ", "applied "]);
    expect(idsAt(bank)).to.have.members(["core-1", "0001700", "0001800"]);
  });

  it("goes to the ledger's account when it is run again from the ledger", async () => {
    await using bank = await startSandbox({ seed: structuredClone(SEED) });
    await using desk = await openDesk();
    await desk.run(bank, asOthers(correct(await failedOf(desk, bank))), { name: "repaired.csv" });
    const run = await desk.ledger.runs.find("last");
    if (run === undefined) throw new Error("the run is gone");
    const again = await rerunRows(desk.context(bank), run, ["invalid"]);
    expect(again.kind === "reported" && again.summary.words.applied).to.equal(2);
    expect(idsAt(bank)).to.have.members(["core-1", "0001700", "0001800"]);
  });

  const origin = "account_id,client_account_id,product_name";
  const repaired = `${origin},result_run,result_row`;
  /** The row of the first run, what comes back, and how that ends. */
  const cases: readonly [what: string, before: string, after: string, end: string][] = [
    ["another account_id", "account_1,core-1,#N/A", "account_2,core-1,New", "invalid repair_key_differs"],
    ["no account_id any more", "account_1,core-1,#N/A", ",core-1,New", "invalid repair_key_differs"],
    [
      "another client_account_id beside it",
      "account_1,core-1,#N/A",
      "account_1,core-2,New",
      "invalid repair_key_differs",
    ],
    ["an id as a number, which was right before", ",123456,#N/A", ",1.23E+05,New", "applied cell_restored"],
    [
      "an id without its zeros, whose account is named",
      "account_17,0017,#N/A",
      "account_17,17,New",
      "applied cell_restored",
    ],
    ["an id without its apostrophe, which was malformed", ",'0017,#N/A", ",0017,New", "applied "],
    ["no client_account_id beside the same account_id", "account_1,core-1,#N/A", "account_1,,New", "applied "],
    ["an account_id where there was none", ",core-1,#N/A", "account_1,core-1,New", "applied "],
    ["spaces around the key", ",core-1,#N/A", ", core-1 ,New", "applied "],
    ["a corrected id that was malformed", ",'core-1,New", ",core-1,New", "applied "],
    ["a corrected id that the bank does not have", "account_9,,New", "account_1,,New", "applied "],
    ["an id where there was none at all", ",,New", ",core-1,New", "applied "],
    ["a row without cells in the first run", "account_1", "account_1,core-1,New", "applied "],
  ];
  for (const [what, before, after, end] of cases) {
    it(`${end.startsWith("invalid") ? "refuses" : "takes"} ${what}`, async () => {
      await using bank = await startSandbox({
        seed: structuredClone({ ...SEED, accounts: [...SEED.accounts, ...NUMBERED] }),
      });
      await using desk = await openDesk();
      await failedOf(desk, bank, `${origin}\n${before}\n`);
      const { rows } = await desk.run(bank, `${repaired}\n${after},run-1,2\n`, { name: "repaired.csv" });
      expect(endsOf(rows)).to.deep.equal([end]);
    });
  }

  it("is taken as it is when the ledger does not know its origin, or knows it of another bank", async () => {
    await using bank = await startSandbox({ seed: structuredClone(SEED) });
    await using other = await startSandbox({ seed: structuredClone(SEED) });
    await using desk = await openDesk();
    await failedOf(desk, other, `${origin}\n,0017,#N/A\n`);
    for (const from of ["run-9,2", "run-1,2", "run-1,99", "run,2"]) {
      const { rows } = await desk.run(bank, `${repaired}\n,core-1,New ${from[4]},${from}\n`, { name: "repaired.csv" });
      expect(rows[0]?.result, from).to.not.equal("invalid");
    }
  });
});

describe("results.spreadsheet.csv given back", () => {
  it("is rejected as what it is, also after a spreadsheet has saved it anew, and failed.csv is named", async () => {
    await using bank = await startSandbox({ seed: structuredClone(SEED) });
    await using desk = await openDesk();
    const results = { folder: join(desk.folder, "out"), spreadsheet: true };
    const { summary } = await desk.run(bank, FILE, { job: { results } });
    const copy = await readFile(join(summary?.results ?? "", "results.spreadsheet.csv"), "utf8");
    const saved = copy.replaceAll('","', ";").replaceAll('"', "");
    for (const [name, csv] of [
      ["copy.csv", copy],
      ["saved.csv", saved],
    ] as const) {
      const { end } = await desk.run(bank, csv, { name });
      expect(end.kind === "rejected" && [end.rejection.code, end.rejection.hint], name).to.deep.equal([
        "file_spreadsheet_copy",
        "correct the rows in the failed.spreadsheet.csv beside it, and run that file",
      ]);
    }
    expect(bank.effects).to.have.length(0);
  });
});
