/**
 * A run whose job wants the spreadsheet copy publishes it beside results.csv; a run whose job does not, doesn't.
 */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { parse } from "csv-parse/sync";
import { startSandbox } from "../../src/sandbox/start-sandbox.ts";
import { openDesk } from "../support/scenario.ts";
import { CSV, SEED } from "./spreadsheet.ts";

const MARK = "\ufeff";

describe("the spreadsheet copy of a run", () => {
  it("is published when the job wants it, and says the same as results.csv without acting", async () => {
    await using bank = await startSandbox({ seed: SEED });
    await using desk = await openDesk();
    const out = join(desk.folder, "out");
    const { summary, rows } = await desk.run(bank, CSV, { job: { results: { folder: out, spreadsheet: true } } });
    const results = summary?.results ?? "";
    expect((await readdir(results)).sort()).to.deep.equal([
      "failed.csv",
      "failed.spreadsheet.csv",
      "report.html",
      "results.csv",
      "results.spreadsheet.csv",
      "summary.json",
    ]);
    expect(rows.map((row) => [row.account_id, row.product_name, row["metadata.note"], row.result])).to.deep.equal([
      ["account_1", "=1+1", '@x "y"', "applied"],
      ["=cmd", "Card", "plain", "invalid"],
    ]);

    const text = await readFile(join(results, "results.spreadsheet.csv"), "utf8");
    expect(text.startsWith(`${MARK}"account_id","product_name","metadata.note","result_row",`)).to.equal(true);
    const mark = { result_spreadsheet_copy: "" };
    expect(parse(text, { bom: true, columns: true })).to.deep.equal([
      { ...rows[0], ...mark, product_name: "'=1+1", "metadata.note": `'@x "y"` },
      // The message quotes the cell, and a program may take quotes off.
      { ...rows[1], ...mark, account_id: "'=cmd", result_message: `'${rows[1]?.result_message}` },
    ]);
    // What the bank was given is the cell itself.
    expect(bank.accounts.get("account_1")?.details?.product_name).to.equal("=1+1");
  });

  it("is not published when the job does not ask for it", async () => {
    await using bank = await startSandbox({ seed: SEED });
    await using desk = await openDesk();
    const { summary } = await desk.run(bank, CSV);
    expect((await readdir(summary?.results ?? "")).sort()).to.deep.equal([
      "failed.csv",
      "failed.spreadsheet.csv",
      "report.html",
      "results.csv",
      "summary.json",
    ]);
  });
});
