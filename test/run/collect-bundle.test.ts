/**
 * A bundle for the bank's support desk: it has what the bank needs to find the calls, and no cell and no secret.
 */

import { expect } from "chai";
import { stringify } from "csv-stringify/sync";
import type { Run } from "../../src/ledger/run.ts";
import { renderBundle } from "../../src/report/bundle.ts";
import { redactBody } from "../../src/report/redact-body.ts";
import { collectBundle } from "../../src/run/report/collect-bundle.ts";
import { startSandbox } from "../../src/sandbox/start-sandbox.ts";
import { openDesk } from "../support/scenario.ts";

const HEADER = [
  ...[
    "account_id",
    "product_name",
    "limit",
    "max_limit",
    "currency",
    "underwriting_grade",
    "metadata.branch",
    "documents",
  ],
  ...[
    "scra_start_date",
    "scra_end_date",
    "credit_score",
    "credit_pulled_at",
    "credit_report_source",
    "is_mla",
    "effective_at",
  ],
];
const cellsOf = (n: number) => [
  ...[`account_Canary${n}`, `Zoë Canary ${n}`, `98765${n}1`, `98765${n}2`, "USD", `Grade${n}Q`, `Branch Ünal ${n}`],
  `[{"document_id":"doc_Canary${n}","type":"loan_agreement","version":"v${n}9.7","displayed_at":"2031-02-0${n}T03:04:05Z"}]`,
  ...[
    `2031-03-0${n}`,
    `2031-04-0${n}`,
    `60${n}`,
    `2031-05-0${n}T06:07:08Z`,
    "equifax",
    "false",
    `2031-06-0${n}T09:10:11Z`,
  ],
];
const ROWS = [1, 2, 3, 4, 5].map(cellsOf);
const OF_THE_CONTRACT = ["USD", "equifax", "false", "loan_agreement"];

describe("a bundle for the bank", () => {
  it("has requests, keys, request ids, times and statuses of three examples, and none of the cells or secrets", async () => {
    await using desk = await openDesk();
    await using bank = await startSandbox({ seed: { accounts: ROWS.map(([id = ""]) => ({ id })) } });
    bank.failNext("500", 50, ({ method }) => method === "PATCH");
    const job = { attempts: 2, concurrency: { reads: 1, writes: 1 } };
    const { end, summary, rows } = await desk.run(bank, stringify([HEADER, ...ROWS]), { job });
    expect(
      summary?.causes.map(({ no, count }) => [no, count]),
      JSON.stringify(rows),
    ).to.deep.equal([[1, 5]]);
    const run = (await desk.ledger.runs.find(end.run.id)) as Run;
    const bundle = await collectBundle(desk.ledger, run, { no: 1 }, "9.8.7");
    const files = renderBundle(bundle);
    expect([...files.keys()]).to.deep.equal(["README.txt", "example-1.json", "example-2.json", "example-3.json"]);
    const all = [...files.values()].join("\n");
    const cells = ROWS.flat().flatMap((cell) => [cell, ...cell.split(/[[\]{}":, ]+/)]);
    const canaries = [...cells, bank.clientSecret].filter((cell) => cell.length > 3 && !OF_THE_CONTRACT.includes(cell));
    const members = ["document_id", "type", "version", "displayed_at"];
    const shown = canaries.filter((cell) => all.includes(cell) && !members.includes(cell));
    expect(shown).to.deep.equal([]);
    const example = JSON.parse(files.get("example-1.json") ?? "{}");
    const [sent] = bank.requests.filter(({ method }) => method === "PATCH");
    const [call] = example.calls;
    expect(example).to.deep.include({ run: run.id, row: 2, tieout: "9.8.7" });
    expect(example.outcome).to.include({ word: "unknown", bankCode: "internal_error" });
    expect(call).to.include({
      request: "PATCH /v0/accounts/<account id>",
      attempts: 2,
      idempotencyKey: sent?.idempotencyKey,
    });
    expect(call.answer.httpStatus).to.equal(500);
    expect(bank.requests.map(({ requestId }) => requestId)).to.include(call.answer.requestId);
    expect(call.firstSentAt).to.match(/^\d{4}-.*Z$/);
    const { credit } = call.body.details;
    expect(credit).to.include({ currency: "USD", is_mla: false, limit: "<number, 7 characters>" });
    expect(credit.report).to.deep.include({ source: "equifax", score: "<number, 3 characters>" });
    expect(call.body.metadata).to.deep.equal({ "<member 1, 6 characters>": "<text, 13 characters>" });
    const readme = files.get("README.txt") ?? "";
    for (const text of [
      "3 examples of 5 rows",
      call.answer.requestId,
      call.firstSentAt,
      "HTTP 500",
      "internal_error",
      bank.url,
    ])
      expect(readme).to.contain(text);
    expect(readme, "a sentence ends once")
      .to.match(/Try again later\.\n/)
      .and.not.match(/\.\.\n/);
  });

  it("is refused for a cause whose rows were never sent, in one line", async () => {
    await using desk = await openDesk();
    await using bank = await startSandbox({ seed: { accounts: [{ id: "account_1" }] } });
    const { end } = await desk.run(bank, "account_id,limit\naccount_1,5.0.0\n");
    const run = (await desk.ledger.runs.find(end.run.id)) as Run;
    const refusal = await collectBundle(desk.ledger, run, { no: 1 }, "1").catch(
      ({ code, message }) => `${code}: ${message}`,
    );
    expect(refusal).to.equal("usage: no call to the bank was made for the rows of cause 1");
  });

  it("keeps the words of the contract alone, and shows the shape of all else, names that it does not know too", () => {
    const body = {
      status_reason: "frozen",
      reason: "she moved",
      capabilities: ["deposit", "secret"],
      metadata: { status: "active", currency: "USD" },
      "Jane Doe": { status: "active" },
      details: { credit: { currency: "usd, Jane", is_secured: "true", limit: null } },
    };
    expect(redactBody(JSON.stringify(body))).to.deep.equal({
      status_reason: "frozen",
      reason: "<text, 9 characters>",
      capabilities: ["deposit", "<text, 6 characters>"],
      metadata: {
        "<member 1, 6 characters>": "<text, 6 characters>",
        "<member 2, 8 characters>": "<text, 3 characters>",
      },
      "<member 5, 8 characters>": "<object>",
      details: { credit: { currency: "<text, 9 characters>", is_secured: "<text, 4 characters>", limit: null } },
    });
    expect(redactBody("")).to.equal(null);
  });
});
