/**
 * The header contract: names, aliases, layouts and every reason to reject a header.
 */
import { expect } from "chai";
import type { Rejection } from "../../../src/errors/rejection.ts";
import {
  fileColumn,
  ignoredColumns,
  namelessColumns,
  type ReadHeader,
  readHeader,
} from "../../../src/read/header/read-header.ts";
import { DEFAULT_LIMITS, DEFAULT_READ_SETTINGS, type Reading, type ReadSettings } from "../../../src/read/reading.ts";
import { nearest } from "../../../src/text/nearest.ts";

/** The reading, or the rejection. */
function read(header: string | readonly string[], settings: Partial<ReadSettings> = {}): Reading | Rejection {
  const cells = typeof header === "string" ? header.split(",") : header;
  const read = readHeader(cells, { ...DEFAULT_READ_SETTINGS, ...settings }, ",");
  return read.kind === "rejected" ? read.rejection : read.reading;
}

function accepted(header: string | readonly string[], settings: Partial<ReadSettings> = {}): Reading {
  const reading = read(header, settings);
  if ("code" in reading) throw new Error(`rejected: ${reading.code}: ${reading.message}`);
  return reading;
}

describe("readHeader", () => {
  it("takes the tieout layout with amounts in minor units, unless something tells otherwise", () => {
    const reading = accepted("client_account_id,limit,metadata.branch");
    expect(reading).to.deep.equal({
      layout: "tieout",
      money: "minor",
      delimiter: ",",
      header: ["client_account_id", "limit", "metadata.branch"],
      columns: ["client_account_id", "limit", "metadata.branch"],
      forms: { leaveAlone: [], text: [] },
    });
  });

  it("recognises the bank's layout by a name of its own, with decimal amounts", () => {
    const reading = accepted("client_account_id,client_product_name,credit_limit,max_credit_limit,generated_at");
    expect(reading).to.include({ layout: "bank", money: "decimal" });
    expect(reading.columns).to.deep.equal(["client_account_id", "product_name", "limit", "max_limit", "generated_at"]);
  });

  it("takes what only the bank's file has in the tieout layout, and what only ours has in the bank's", () => {
    expect(accepted("account_id,product_name,account_holder_type,created_at,closed_at,generated_at").layout).to.equal(
      "tieout",
    );
    const reading = accepted("account_id,credit_limit,capabilities,correction,metadata.x");
    expect(reading.columns).to.deep.equal(["account_id", "limit", "capabilities", "correction", "metadata.x"]);
  });

  it("lets the job set layout, money and currency", () => {
    expect(accepted("client_account_id", { layout: "bank" })).to.include({ layout: "bank", money: "decimal" });
    expect(accepted("client_account_id", { money: "decimal", defaults: { currency: "EUR" } })).to.include({
      layout: "tieout",
      money: "decimal",
      currency: "EUR",
    });
  });

  it("applies aliases first", () => {
    const reading = accepted("Konto,Limite", { columns: { Konto: "client_account_id", Limite: "credit_limit" } });
    expect(reading).to.include({ layout: "bank" });
    expect(reading.columns).to.deep.equal(["client_account_id", "limit"]);
    expect(fileColumn(reading, "limit")).to.equal("Limite");
    expect(fileColumn(reading, "status")).to.equal("status");
  });

  it("keeps a results file's origin and carries its other columns", () => {
    const reading = accepted("account_id,result_row,result,result_run,result_code", {
      columns: { result: "metadata.was" },
    });
    expect(reading.columns).to.deep.equal(["account_id", "result_row", "metadata.was", "result_run", null]);
  });

  it("carries `result` itself like the other columns of a results file", () => {
    expect(accepted("account_id,result_row,result,result_operations").columns).to.deep.equal([
      "account_id",
      "result_row",
      null,
      null,
    ]);
  });

  it("carries unknown columns when told to ignore them", () => {
    const reading = accepted("account_id,notes", { unknownColumns: "ignore" });
    expect(reading.columns).to.deep.equal(["account_id", null]);
  });

  it("carries only the listed names when it is given a list, near to known ones or not", () => {
    const unknownColumns = ["created_by", "notes"];
    expect(accepted("account_id,created_by,notes", { unknownColumns }).columns).to.deep.equal([
      "account_id",
      null,
      null,
    ]);
    expect(read("account_id,remarks", { unknownColumns })).to.include({ code: "header_column_unknown" });
  });

  const near: readonly [string, string, Partial<ReadSettings>?][] = [
    [" product_name", "product_name"],
    ["Product Name", "product_name"],
    ["PRODUCT-NAME", "product_name"],
    ["prodct_name", "product_name"],
    ["Client_Account_ID", "client_account_id"],
    ["credit_limt", "credit_limit"],
    ["Result_Row", "result_row"],
    ["Metadata.branch", "metadata.<key>"],
    ["metdata.branch", "metadata.<key>"],
    ["metadata_branch", "metadata.<key>"],
    ["Konto ", "Konto", { columns: { Konto: "client_account_id" } }],
  ];
  for (const [name, meant, settings = {}] of near) {
    it(`rejects ${JSON.stringify(name)} even when unknown names are ignored`, () => {
      const rejection = read(["account_id", name], { ...settings, unknownColumns: "ignore" });
      expect(rejection).to.include({ code: "header_column_unknown" });
      expect(rejection).to.have.property("message").that.contains(`did you mean "${meant}"?`);
      expect(rejection).to.have.property("hint").that.contains("list the names to ignore");
    });
  }

  it("gives advice that works: a list for a name near to a known one, else ignore", () => {
    expect(read("account_id,limits")).to.have.property("hint").that.contains("list the names to ignore");
    expect(read("account_id,limits", { unknownColumns: ["limits"] })).to.have.property("columns");
    expect(read("account_id,notes")).to.have.property("hint").that.contains("set unknownColumns to ignore");
    expect(read("account_id,notes", { unknownColumns: "ignore" })).to.have.property("columns");
  });

  it("ignores what is near to no known name, and names it", () => {
    const reading = accepted("account_id,notes,branch_code,result_code", { unknownColumns: "ignore" });
    expect(ignoredColumns(reading)).to.deep.equal(["notes", "branch_code"]);
  });

  it("takes columns without a name at the end, also before those of a results file", () => {
    for (const header of [
      "account_id,limit,",
      "account_id,limit,, ,",
      "account_id,limit,,,result_row,result,result_run",
    ]) {
      const reading = accepted(header);
      expect(reading.columns.slice(0, 4), header).to.deep.equal([
        "account_id",
        "limit",
        null,
        ...reading.columns.slice(3, 4),
      ]);
      expect(namelessColumns(reading)[0]).to.equal(2);
    }
  });

  it("shows no name while not one column is known: a row of accounts may have come in the header's place", () => {
    const cells = ["core-1001", "Jane Canary", "Jane Canary", "acount_id", "limit\u200b"];
    for (const unknownColumns of ["reject", "ignore"] as const) {
      for (let from = 0; from < cells.length; from++) {
        for (let to = from + 1; to <= cells.length; to++) {
          const rejection = read(cells.slice(from, to), { unknownColumns });
          expect(rejection).to.have.property("code");
          expect(rejection)
            .to.have.property("message")
            .that.does.not.match(/core|jane|acount/i);
          expect(rejection)
            .to.have.property("hint")
            .that.does.not.match(/core|jane|acount/i);
        }
      }
    }
  });

  it("takes over what is known of the file, be it from an earlier reading", () => {
    const traits = { encoding: "utf-8", lineEnds: "crlf", headerRow: 3, compression: "gzip" } as const;
    const first = readHeader(["account_id"], DEFAULT_READ_SETTINGS, "|", traits) as ReadHeader;
    expect(first.reading).to.include(traits);
    const settings = { ...DEFAULT_READ_SETTINGS, layout: "bank" } as const;
    const again = readHeader(["account_id"], settings, "|", first.reading) as ReadHeader;
    const { forms } = again.reading;
    expect(again.reading).to.deep.equal({ ...first.reading, layout: "bank", money: "decimal", forms });
  });

  const rejected: readonly [string, string | readonly string[], Partial<ReadSettings>, string, RegExp][] = [
    ["no key", "limit,status", {}, "header_key_missing", /neither account_id nor client_account_id/],
    ["an unknown name", "account_id,statsu", {}, "header_column_unknown", /"statsu".*did you mean "status"\?/],
    ["another case", "account_id,Limit", {}, "header_column_unknown", /did you mean "limit"\?/],
    ["a space around a name", "account_id, limit", {}, "header_column_unknown", /did you mean "limit"\?/],
    ["an unknown name far from all", "account_id,zzzzzz", {}, "header_column_unknown", /layout tieout$/],
    ["a metadata column without a key", "account_id,metadata.", {}, "header_column_unknown", /metadata/],
    ["a wrong alias", "account_id,x", { columns: { x: "limt" } }, "header_column_unknown", /reads as "limt"/],
    [
      "a wrong alias, though unknown ones are ignored",
      "account_id,x",
      { columns: { x: "limt" }, unknownColumns: "ignore" },
      "header_column_unknown",
      /limt/,
    ],
    ["one name twice", "account_id,limit,limit", {}, "header_column_duplicate", /columns 2 and 3/],
    [
      "one column under two names",
      "account_id,limit,Max",
      { columns: { Max: "limit" } },
      "header_column_duplicate",
      /"Max"/,
    ],
    ["one ignored name twice", "account_id,n,n", { unknownColumns: "ignore" }, "header_column_duplicate", /"n"/],
    ["one metadata key twice", "account_id,metadata.a,metadata.a", {}, "header_column_duplicate", /metadata\.a/],
    ["a blank name", "account_id,,limit", {}, "header_column_blank", /column 2 has no name/],
    ["a name of spaces", "account_id,  ,limit", {}, "header_column_blank", /column 2/],
    ["a blank line", [""], {}, "header_column_blank", /header, is blank/],
    ["both layouts' names", "account_id,limit,client_product_name", {}, "header_layout_mixed", /client_product_name/],
    [
      "both layouts' names, one set",
      "account_id,limit,credit_limit",
      { layout: "tieout" },
      "header_layout_mixed",
      /credit_limit/,
    ],
    ["the other layout's name", "account_id,product_name", { layout: "bank" }, "header_layout_mixed", /product_name/],
    ["a byte order mark within", "account_id,\ufefflimit", {}, "header_column_unreadable", /U\+FEFF/],
    [
      "a zero-width space",
      "account_id,lim\u200bit",
      { unknownColumns: "ignore" },
      "header_column_unreadable",
      /"lim\?it".*U\+200B/,
    ],
    ["a no-break space", "account_id,\u00a0", {}, "header_column_unreadable", /U\+00A0/],
    ["a line end", ["account_id", "a\nb"], {}, "header_column_unreadable", /U\+000A/],
    ["__proto__", "account_id,__proto__", { unknownColumns: "ignore" }, "header_column_unreadable", /__proto__/],
    ["metadata.__proto__", "account_id,metadata.__proto__", {}, "header_column_unreadable", /metadata\.__proto__/],
    [
      "too many columns",
      "account_id,limit,status",
      { limits: { ...DEFAULT_LIMITS, columns: 2 } },
      "file_too_many_columns",
      /3 columns/,
    ],
  ];
  for (const [what, header, settings, code, message] of rejected) {
    it(`rejects ${what}: ${code}`, () => {
      const rejection = read(header, settings);
      expect(rejection).to.include({ code });
      expect(rejection).to.have.property("message").that.matches(message);
      expect(rejection).to.have.property("hint").that.is.not.empty;
    });
  }

  it("is not misled by names that every object has", () => {
    expect(read("account_id,toString")).to.include({ code: "header_column_unknown" });
    expect(accepted("account_id,metadata.toString").columns).to.include("metadata.toString");
  });
});

describe("nearest", () => {
  const known = ["limit", "max_limit", "status", "status_reason"];
  const cases: readonly [string, string | undefined][] = [
    ["limits", "limit"],
    ["Status", "status"],
    ["statusreason", "status_reason"],
    ["mx_limit", "max_limit"],
    ["zz", undefined],
    ["", undefined],
    ["status".repeat(20), undefined],
  ];
  for (const [word, expected] of cases) {
    it(`${word.slice(0, 20)} → ${expected}`, () => expect(nearest(word, known)).to.equal(expected));
  }
});
