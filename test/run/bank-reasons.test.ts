/**
 * What the bank refuses, as the operator reads it: under the file's own name of the column, and counted by the bank's own
 * reason, so that two causes are two lines.
 */
import { expect } from "chai";
import { CODES } from "../../src/errors/codes/codes.ts";
import { renderSummary } from "../../src/report/summary.ts";
import { explainRow } from "../../src/run/report/explain-row.ts";
import { startSandbox } from "../../src/sandbox/start-sandbox.ts";
import { openDesk } from "../support/scenario.ts";

const CREATES = [
  "client_account_id,capabilities,holders,product",
  'c1,deposit,"[""entity_none""]",Card',
  'c2,deposit,"[""entity_none""]",Card',
  'c3,deposit,"[""entity_ann""]",Card',
  'c4,deposit,"[""entity_ann""]",Card',
  "",
].join("\n");

describe("what the bank refuses", () => {
  it("is under the file's column, and counted by the bank's own reason", async () => {
    await using desk = await openDesk();
    await using bank = await startSandbox({ seed: { entities: [{ id: "entity_ann" }] } });
    const columns = { holders: "account_holders", product: "product_name" };
    const job = { columns, creates: "trusted" as const, concurrency: { reads: 1, writes: 1 } };
    const isC4 = ({ body }: { readonly body?: unknown }) => JSON.stringify(body ?? "").includes('"c4"');
    bank.failNext("404", 1, isC4);
    const { rows, summary, end } = await desk.run(bank, CREATES, { job });
    expect(rows.map((row) => [row.result, row.result_code, row.result_column])).to.deep.equal([
      ["refused", "bank_refused", "holders"],
      ["refused", "bank_refused", "holders"],
      ["applied", "", ""],
      ["refused", "bank_refused", ""],
    ]);
    const [first, second, ...more] = summary?.causes ?? [];
    expect(first).to.deep.equal({
      no: 1,
      word: "refused",
      code: "bank_refused",
      bankCode: "parameters_invalid",
      column: "holders",
      bankReason: "entities.account_holders[…] not_found",
      count: 2,
      firstRow: 2,
      lastRow: 3,
      samples: [2, 3],
      owner: "file",
      todo: CODES.bank_refused.todo,
      command: null,
    });
    expect([second?.word, second?.code, second?.count, more]).to.deep.equal(["refused", "bank_refused", 1, []]);
    expect(summary && renderSummary(summary)).to.contain(
      "  1. 2 refused: bank_refused (parameters_invalid in holders): entities.account_holders[…] not_found\n",
    );
    const explained = await explainRow(desk.ledger, end.run, 2);
    expect(explained.issues.map(({ column }) => column)).to.deep.equal(["holders"]);
  });
});
