/**
 * Where the header is: in the row that the job says, in no row at all, or somewhere else, and what the operator is told.
 */
import { expect } from "chai";
import { cellsOf, codesOf, limits, type ReadOptions, readBytes } from "../read-bytes.ts";

const NAMES = { header: ["client_account_id", "limit"] };

describe("readCsv finds the header", () => {
  it("in a later row, and counts rows and bytes from the file's beginning", async () => {
    const file = 'Accounts, "as of today"\n\n"one,\ncell"\nclient_account_id,limit\na,1\n\n';
    const seen = await readBytes(file, { header: 4 });
    expect(seen.reading).to.include({ headerRow: 4 });
    expect(seen.rows.map(({ source }) => source)).to.deep.equal([{ row: 5, byteOffset: 61, cells: ["a", "1"] }]);
  });

  it("in a later row of a UTF-16 file, with places in its bytes", async () => {
    const file = Buffer.from("\ufeff€\r\nclient_account_id,limit\r\na,1\r\n", "utf16le");
    const seen = await readBytes(file, { header: 2 });
    expect(seen.rows.map(({ source }) => source)).to.deep.equal([{ row: 3, byteOffset: 58, cells: ["a", "1"] }]);
  });

  it("limits the rows, not the lines above them", async () => {
    const file = "x\ny\nclient_account_id,limit\na,1\nb,2\n";
    expect((await readBytes(file, { header: 3, ...limits({ rows: 2 }) })).end).to.deep.equal({ rows: 2 });
    const { rejection } = await readBytes(file, { header: 3, ...limits({ rows: 1 }) });
    expect(rejection?.code).to.equal("file_too_many_rows");
  });

  it("nowhere, when the job names the columns: the first row is row 1", async () => {
    const seen = await readBytes("a,1\nb\nc,3\n\n", NAMES);
    expect(seen.reading).to.deep.include({ headerRow: 0, header: NAMES.header, columns: NAMES.header });
    expect(codesOf(seen)).to.deep.equal(["desired", "row_ragged", "desired"]);
    expect(seen.rows.map(({ source }) => [source.row, source.byteOffset])).to.deep.equal([
      [1, 0],
      [2, 4],
      [3, 6],
    ]);
  });

  it("nowhere, and takes the delimiter that gives as many cells as names", async () => {
    const header = ["client_account_id", "authorized_signers"];
    const cases: readonly [string, readonly string[]][] = [
      ['a|["entity_1","entity_2"]\n', ["a", '["entity_1","entity_2"]']],
      ["a;entity_1\n", ["a", "entity_1"]],
      ["a\tentity_1;entity_2\nb\tentity_3\n", ["a", "entity_1;entity_2"]],
    ];
    for (const [file, cells] of cases) expect(cellsOf(await readBytes(file, { header }))[0]).to.deep.equal(cells);
    const twoFit = await readBytes("a;Savings, joint\n", NAMES);
    expect(twoFit.rejection?.code).to.equal("file_not_csv");
    expect(cellsOf(await readBytes("a;1,0\n", { ...NAMES, delimiter: ";" }))).to.deep.equal([["a", "1,0"]]);
    const one = await readBytes("a,b\n", { header: ["client_account_id"] });
    expect(codesOf(one)).to.deep.equal(["row_ragged"]);
  });

  it("ignores the documents column when the job says so, and only then", async () => {
    const file = "client_account_id,documents\na,none\n";
    expect(codesOf(await readBytes(file))).to.deep.equal(["documents_malformed"]);
    const seen = await readBytes(file, { documents: "ignore" });
    expect(seen.reading?.columns).to.deep.equal(["client_account_id", null]);
    expect(cellsOf(seen)).to.deep.equal([["a", "none"]]);
    expect(codesOf(seen)).to.deep.equal(["desired"]);
  });

  const rejected: readonly [string, string, ReadOptions, string, RegExp][] = [
    ["a title above the header", "Accounts\nclient_account_id,limit\n", {}, "header_elsewhere", /row 1.* row 2 does/],
    ["blank lines above", "\n\n\nclient_account_id|limit\na|1\n", {}, "header_elsewhere", /row 4 does/],
    ["a title whose quotes don't hold", 'Say "hi"\naccount_id,limit\n', {}, "header_elsewhere", /row 2 does/],
    ["a row number too high", "account_id,limit\naccount_1,1\n", { header: 2 }, "header_elsewhere", /row 1 does/],
    ["a row number beyond the file", "x\ny\n", { header: 5 }, "header_missing", /row 5, and the file ends with row 2/],
    [
      "an alias for the key elsewhere",
      "x\nKonto,limit\n",
      { columns: { Konto: "account_id" } },
      "header_elsewhere",
      /row 2 does/,
    ],
    ["names where there is a header", "client_account_id,limit\na,1\n", NAMES, "header_elsewhere", /row 1 is a header/],
    ["no header but account ids", "account_1,5\n", {}, "header_missing", /^row 1, where .* a row of accounts$/],
    ["no header but entity ids in a list", 'x|["entity_1","entity_2"]\n', {}, "header_missing", /row of accounts/],
    ["no header but an instant", "x,2026-01-31T09:30:00Z\n", {}, "header_missing", /row of accounts/],
    ["no header but a day", "x;2026-01-31\n", {}, "header_missing", /row of accounts/],
    ["no header but an amount", "x,-5.00\n", {}, "header_missing", /row of accounts/],
    ["no header but a status", "x,inactive\n", {}, "header_missing", /row of accounts/],
    ["a row without the key further down", "x\nlimit,status\n", {}, "header_column_unknown", /column 1/],
    ["known names and no key, though a row below has it", "limit\naccount_id\n", {}, "header_key_missing", /neither/],
    ["names that are merely wrong", "Account ID,Limit\n", {}, "header_column_unknown", /column 1/],
    ["an invisible character", "\ufeff\ufeffaccount_id\naccount_1\n", {}, "header_column_unreadable", /U\+FEFF/],
    ["an invisible one among known names", "account_id,li\u200bmit\n", {}, "header_column_unreadable", /U\+200B/],
    [
      "lines that end as on a mainframe",
      "account_id,limit\u0085a1,5\u0085",
      {},
      "header_column_unreadable",
      /^column 2 has U\+0085 in its name, which some systems end lines with, and CSV does not$/,
    ],
  ];
  for (const [what, file, options, code, message] of rejected) {
    it(`rejects ${what}: ${code}`, async () => {
      const { rejection } = await readBytes(file, options);
      expect(rejection?.code).to.equal(code);
      expect(rejection?.message).to.match(message);
    });
  }

  it("within the limit of a row, and says when it isn't", async () => {
    const long = { header: 3, ...limits({ rowBytes: 100 }) };
    const cases: readonly [string, RegExp][] = [
      [`${"x".repeat(60)}\n${"y".repeat(60)}\naccount_id\n`, /^row 3, .* first 100 bytes$/],
      [`x\n${"y".repeat(70_000)}`, /^row 3, .* first 100 bytes$/],
      [`x\n"${"y".repeat(70_000)}`, /^row 2 opens a quote that is not closed within 100 bytes$/],
    ];
    for (const [file, message] of cases) {
      const { rejection } = await readBytes(file, long);
      expect(rejection?.code).to.equal("file_row_too_long");
      expect(rejection?.message).to.match(message);
    }
  });

  const seenEnds: readonly [string, string, string][] = [
    ["lf", "account_id\naccount_1\n", "LF"],
    ["crlf", "account_id\r\naccount_1\r\n", "CRLF"],
    ["cr", "account_id\raccount_1\r", "CR"],
    ["mixed", "account_id\r\naccount_1\n", "CRLF and LF"],
    ["mixed", "account_id\naccount_1\r", "LF and CR"],
    ["none", "account_id", "none"],
    ["lf", '"account_id"\n"account_1\r\nx"\n', "LF outside quotes"],
    ["crlf", 'account_id|authorized_users\r\naccount_1|["a,"]\r\n', "CRLF, with quotes after commas that open nothing"],
  ];
  for (const [lineEnds, file, what] of seenEnds) {
    it(`and tells the line ends ${what}: ${lineEnds}`, async () => {
      expect((await readBytes(file)).reading).to.include({ lineEnds });
    });
  }

  it("and tells all line ends, also those that end no row", async () => {
    const seen = await readBytes("client_account_id\na\r\nb\n", { lineEnds: "lf" });
    expect(seen.reading).to.include({ lineEnds: "mixed" });
    expect(cellsOf(seen)).to.deep.equal([["a\r"], ["b"]]);
  });
});
