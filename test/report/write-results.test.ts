/**
 * The files of the results: what their header and lines hold, which rows are there to repair, and what is counted on the way.
 */
import { mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { WORDS } from "../../src/errors/words.ts";
import { FINGERPRINT_COLUMN } from "../../src/read/columns.ts";
import { RESULT_COLUMNS } from "../../src/report/result-row.ts";
import { writeResults } from "../../src/report/write-results.ts";
import {
  AT_MS,
  HEADER,
  issue,
  oneByOne,
  operation,
  parseLines,
  parseRows,
  resultRow,
  writePages,
} from "./result-rows.ts";

const ONE_OF_EACH = WORDS.map((word, index) => resultRow(index + 2, { word }));

describe("writeResults", () => {
  it("writes the input's columns, then its own", async () => {
    const row = resultRow(2, {
      word: "refused",
      operations: [
        operation("patch", "applied", { attempts: 2 }),
        operation("close", "refused", { httpStatus: 422 }),
        operation("add_relationships", "unknown", { httpStatus: 0, attempts: 3 }),
        operation("deactivate", "skipped", { httpStatus: 0, attempts: 0 }),
      ],
      differences: [
        { field: "status", actual: "active", desired: "closed" },
        { field: "limit", actual: "", desired: "500" },
        { field: "documents", actual: "d1", desired: "" },
      ],
      resolutions: [
        { kind: "client_customer_id", own: "cust-1", id: "entity_1", run: "run-0", atMs: 1, status: 200 },
        { kind: "client_application_id", own: "app-1", id: null, run: "run-1", atMs: 2, status: 404 },
      ],
      issues: [issue("account_closed", "status"), issue("stopped")],
    });
    const { results } = await writePages([[row]]);
    expect(parseLines(results)[0]).to.deep.equal([...HEADER, ...RESULT_COLUMNS]);
    expect(parseRows(results)).to.deep.equal([
      {
        account_id: "account_2",
        product_name: "Card",
        result_row: "2",
        result: "refused",
        result_account_id: "account_2",
        result_ids: "cust-1 → entity_1; app-1 → none",
        result_operations: "patch=applied; close=refused; add_relationships=unknown; deactivate=skipped",
        result_changes: "status: active → closed; limit: none → 500; documents: d1 → none",
        result_code: "account_closed | stopped",
        result_column: "status | ",
        result_message: "account_closed happened. | stopped happened.",
        result_http_status: "200 | 422 | none",
        result_attempts: "6",
        result_idempotency_key: "key-patch | key-close | key-add_relationships",
        result_run: "run-1",
        result_at: "2025-01-15T12:00:00.000Z",
      },
    ]);
  });

  it("ends lines with CRLF, quotes only where it must, and marks no byte order", async () => {
    const cells = [
      ["a", "b,c"],
      ["", 'say "x"'],
      ["one\rtwo", "one\ntwo"],
    ];
    const { results } = await writePages([cells.map((pair, index) => resultRow(index + 2, { cells: pair }))]);
    const [header, ...lines] = results.toString().split("\r\n");
    expect(header).to.equal([...HEADER, ...RESULT_COLUMNS].join(","));
    const rest = (row: number) => `${row},unchanged,account_${row},,,,,,,,0,,run-1,2025-01-15T12:00:00.000Z`;
    expect(lines).to.deep.equal([
      `a,"b,c",${rest(2)}`,
      `,"say ""x""",${rest(3)}`,
      `"one\rtwo","one\ntwo",${rest(4)}`,
      "",
    ]);
  });

  it("writes the result columns of an earlier run anew, wherever they stood", async () => {
    const header = ["result_row", "account_id", "result", "product_name", "result_run"];
    const cells = ["7", "account_2", "invalid", "Card", "run-0"];
    const { results, spreadsheet } = await writePages([[resultRow(2, { cells })]], header);
    expect(parseLines(results)[0]).to.deep.equal([...HEADER, ...RESULT_COLUMNS]);
    expect(parseRows(results)[0]).to.include({
      account_id: "account_2",
      product_name: "Card",
      result_row: "2",
      result: "unchanged",
      result_run: "run-1",
    });
    expect(unmarked(parseLines(spreadsheet))).to.deep.equal(parseLines(results));
  });

  it("has the rows to repair in failed.csv: invalid, refused, failed, and no others", async () => {
    const { results, failed, failedSpreadsheet } = await writePages([ONE_OF_EACH]);
    expect(parseRows(results).map(({ result }) => result)).to.deep.equal(WORDS);
    const toRepair = ["failed", "refused", "invalid"];
    const rows = parseRows(failed).map(({ result_fingerprint: _, ...row }) => row);
    expect(rows).to.deep.equal(parseRows(results).filter(({ result = "" }) => toRepair.includes(result)));
    expect(rows).to.have.length(3);
    expect(parseRows(failed)[0]?.result_fingerprint).to.match(/^cells [0-9a-f]{6} [0-9a-f]{6}$/);
    const copies = parseRows(failedSpreadsheet).map(({ result_spreadsheet_copy: _, ...row }) => row);
    expect(copies).to.deep.equal(parseRows(failed));
  });

  it("leaves the originals of a row without cells empty", async () => {
    const { results, failed, spreadsheet } = await writePages([
      [resultRow(2, { cells: null, accountId: null, word: "invalid", issues: [issue("row_undecodable")] })],
    ]);
    for (const file of [results, failed, spreadsheet]) {
      expect(parseRows(file)).to.have.length(1);
      expect(parseRows(file)[0]).to.include({
        account_id: "",
        product_name: "",
        result_row: "2",
        result: "invalid",
        result_account_id: "",
        result_code: "row_undecodable",
        result_attempts: "0",
      });
    }
  });

  it("keeps rows in order over pages, an empty one among them", async () => {
    const pages = [[resultRow(2), resultRow(3)], [], [resultRow(4)], [resultRow(9)]];
    const { results, spreadsheet, tally } = await writePages(pages);
    const whole = await writePages([pages.flat()]);
    expect(parseRows(results).map(({ result_row }) => result_row)).to.deep.equal(["2", "3", "4", "9"]);
    expect(results.equals(whole.results)).to.equal(true);
    expect(spreadsheet.equals(whole.spreadsheet)).to.equal(true);
    expect(tally).to.deep.equal(whole.tally);
  });

  it("counts words, operations, causes and notes, and knows the latest time", async () => {
    const { tally } = await writePages([
      [
        resultRow(2, { word: "applied", operations: [operation("create", "applied"), operation("patch", "applied")] }),
        resultRow(3, { word: "invalid", issues: [issue("id_malformed", "a"), issue("id_malformed", "b")] }),
        resultRow(4, { word: "invalid", issues: [issue("key_missing"), issue("id_malformed")], atMs: AT_MS + 5 }),
      ],
      [
        resultRow(5, { word: "held", issues: [issue("guard")], operations: [operation("patch", "planned")] }),
        resultRow(6, { word: "applied", operations: [operation("patch", "applied")], issues: [issue("key_missing")] }),
      ],
    ]);
    expect(tally.rows).to.equal(5);
    expect(tally.words).to.deep.equal({
      unknown: 0,
      failed: 0,
      refused: 0,
      invalid: 2,
      held: 1,
      skipped: 0,
      applied: 2,
      unchanged: 0,
    });
    expect(tally.operations).to.deep.equal({ "create=applied": 1, "patch=applied": 2, "patch=planned": 1 });
    const shown = tally.causes.map(({ no, word, code, column, count }) => [no, word, code, column, count]);
    expect(shown).to.deep.equal([
      [1, "held", "guard", "", 1],
      [2, "invalid", "id_malformed", "", 1],
      [3, "invalid", "id_malformed", "a", 1],
      [4, "invalid", "id_malformed", "b", 1],
      [5, "invalid", "key_missing", "", 1],
    ]);
    expect(tally.notes).to.deep.equal([{ word: "applied", code: "key_missing", count: 1 }]);
    expect(tally.lastAtMs).to.equal(AT_MS + 5);
  });

  it("writes headers alone for a file without rows", async () => {
    const { tally, results, failed, spreadsheet } = await writePages([]);
    for (const file of [results, failed, spreadsheet]) expect(parseLines(file)).to.have.length(1);
    expect(tally).to.deep.include({ rows: 0, causes: [], notes: [], operations: {}, lastAtMs: 0 });
  });

  it("makes its files anew, for their owner alone, and the spreadsheet copy only when asked", async () => {
    const folder = await mkdtemp(join(tmpdir(), "tieout-report-"));
    try {
      const paths = {
        results: join(folder, "results.csv"),
        failed: join(folder, "failed.csv"),
        failedSpreadsheet: join(folder, "failed.spreadsheet.csv"),
        spreadsheet: null,
      };
      await writeResults(oneByOne([ONE_OF_EACH]), HEADER, paths);
      const first = (await stat(paths.results)).size;
      await writeFile(paths.failed, "left from before\n".repeat(100));
      await writeResults(oneByOne([[resultRow(2)]]), HEADER, paths);
      expect((await stat(paths.results)).size).to.be.below(first);
      expect((await stat(paths.results)).mode & 0o777).to.equal(0o600);
      expect((await stat(paths.failed)).size).to.equal(
        [...HEADER, ...RESULT_COLUMNS, FINGERPRINT_COLUMN].join().length + 2,
      );
      expect((await readdir(folder)).sort()).to.deep.equal(["failed.csv", "failed.spreadsheet.csv", "results.csv"]);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});

describe("the spreadsheet copy", () => {
  it("begins with a byte order mark, quotes every cell, and ends lines with CRLF", async () => {
    const { spreadsheet } = await writePages([[resultRow(2, { cells: ["", 'say "x"\r\ny'] })], [resultRow(3)]]);
    expect(spreadsheet.subarray(0, 3).toString("hex")).to.equal("efbbbf");
    const text = spreadsheet.subarray(3).toString();
    expect(text).to.not.contain("\ufeff");
    const cell = /"(?:[^"]|"")*"/y;
    let at = 0;
    const ends: string[] = [];
    while (at < text.length) {
      cell.lastIndex = at;
      expect(cell.test(text), `a quoted cell at ${at}`).to.equal(true);
      const end = text.startsWith("\r\n", cell.lastIndex) ? "\r\n" : text.charAt(cell.lastIndex);
      ends.push(end);
      at = cell.lastIndex + end.length;
    }
    const width = HEADER.length + RESULT_COLUMNS.length + 1;
    const line = [...Array.from({ length: width - 1 }, () => ","), "\r\n"];
    expect(ends).to.deep.equal([...line, ...line, ...line]);
  });

  it("has the rows and columns of results.csv and one that marks it, with apostrophes where a program would act, headers included", async () => {
    const pages = [
      [resultRow(2, { cells: ["=1+1", "-0.02"] }), resultRow(3, { word: "invalid", cells: ["ok", "@x"] })],
    ];
    const { results, spreadsheet, failed } = await writePages(pages, ["+id", "amount"]);
    const originals = (file: Buffer) => parseLines(file).map((line) => line.slice(0, 2));
    expect(originals(results)).to.deep.equal([
      ["+id", "amount"],
      ["=1+1", "-0.02"],
      ["ok", "@x"],
    ]);
    expect(originals(spreadsheet)).to.deep.equal([
      ["'+id", "amount"],
      ["'=1+1", "-0.02"],
      ["ok", "'@x"],
    ]);
    expect(originals(failed)[1]).to.deep.equal(["ok", "@x"]);
    const ours = (file: Buffer) => parseLines(file).map((line) => line.slice(2));
    expect(unmarked(ours(spreadsheet))).to.deep.equal(ours(results));
    expect(parseLines(spreadsheet).map((line) => line.at(-1))).to.deep.equal(["result_spreadsheet_copy", "", ""]);
  });
});

/** The lines of the copy without its last column, by which it is known when somebody gives it back. */
function unmarked(lines: readonly (readonly string[])[]): string[][] {
  return lines.map((line) => line.slice(0, -1));
}
