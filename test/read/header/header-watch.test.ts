/**
 * Files that were joined or padded: a header among the rows, and a delimiter at the end of each line.
 */
import { expect } from "chai";
import { cellsOf, codesOf, type ReadOptions, readBytes } from "../read-bytes.ts";

describe("a header among the rows", () => {
  const repeated: readonly [string, string, ReadOptions?][] = [
    ["as it is", "account_id,product_name\naccount_1,Gold\naccount_id,product_name\naccount_3,Silver\n"],
    [
      "with a byte order mark",
      "account_id,product_name\naccount_1,Gold\n\ufeffaccount_id,product_name\naccount_3,Silver\n",
    ],
    ["in other letters", "account_id,product_name\naccount_1,Gold\nAccount_ID,PRODUCT_NAME\naccount_3,Silver\n"],
    ["with blanks", "account_id,product_name\naccount_1,Gold\naccount_id, product_name \naccount_3,Silver\n"],
    ["in quotes", 'account_id,product_name\naccount_1,Gold\n"account_id","product_name"\naccount_3,Silver\n'],
    [
      "of aliases",
      "Konto,Produkt\naccount_1,Gold\nKonto,Produkt\naccount_3,Silver\n",
      { columns: { Konto: "account_id", Produkt: "product_name" } },
    ],
    [
      "that the job gives",
      "account_1,Gold\naccount_id,product_name\naccount_3,Silver\n",
      { header: ["account_id", "product_name"] },
    ],
  ];
  for (const [what, file, options = {}] of repeated) {
    it(`is no account: the file's own, ${what}`, async () => {
      const seen = await readBytes(file, options);
      expect(codesOf(seen)).to.deep.equal(["desired", "header_repeated", "desired"]);
      expect(seen.rows[1]?.source.cells).to.equal(null);
    });
  }

  const others: readonly [string, string, string, ReadOptions?][] = [
    ["columns in another order", "account_id,limit,max_limit", "account_id,max_limit,limit"],
    ["the key elsewhere", "account_id,product_name", "product_name,account_id"],
    ["the key after metadata", "account_id,metadata.a", "metadata.a,account_id"],
    ["the other key", "account_id,product_name", "client_account_id,product_name"],
    [
      "unknown names beside known ones",
      "account_id,limit,notes",
      "account_id,notes,max_limit",
      { unknownColumns: "ignore" },
    ],
    ["aliases", "account_id,limit", "Konto,limit", { columns: { Konto: "client_account_id" } }],
  ];
  for (const [what, header, other, options = {}] of others) {
    it(`rejects the file when it differs: ${what}`, async () => {
      const width = header.split(",").length;
      const row = ["account_1", "1", "1"].slice(0, width).join(",");
      const seen = await readBytes(`${header}\n${row}\n${other}\n${row}\n`, options);
      expect(seen.rejection).to.include({ code: "header_changes" });
      expect(seen.rejection?.message).to.match(/^row 3, which begins at byte \d+, is a header that differs/);
      expect(seen.rows.length).to.equal(1);
    });
  }

  it("is no header where values only look like names", async () => {
    const seen = await readBytes("client_account_id,product_name,limit\nlimit,status,1\nx,account_id,2\nstatus,x,3\n");
    expect(codesOf(seen)).to.deep.equal(["desired", "desired", "desired"]);
  });
});

describe("a delimiter at the end of each line", () => {
  it("makes a last column without a name, which must be empty", async () => {
    const seen = await readBytes("account_id,metadata.a,\naccount_1,y,\naccount_2,z, \naccount_3,Gold, Silver\n");
    expect(seen.reading).to.deep.include({
      header: ["account_id", "metadata.a", ""],
      columns: ["account_id", "metadata.a", null],
    });
    expect(codesOf(seen)).to.deep.equal(["desired", "desired", "row_ragged"]);
    const last = seen.rows[2];
    expect(last?.kind === "invalid" && last.issues[0]?.message).to.match(/has a value in column 3, which has no name$/);
  });

  it("makes several, as a spreadsheet writes them", async () => {
    const seen = await readBytes("account_id|metadata.a|||\naccount_1|y|||\n");
    expect(cellsOf(seen)).to.deep.equal([["account_1", "y", "", "", ""]]);
    expect(codesOf(seen)).to.deep.equal(["desired"]);
  });

  it("is to be in each line or in none: a row with another number of delimiters is ragged", async () => {
    const inHeader = await readBytes("account_id,metadata.a,\naccount_1,y\naccount_2,z,\n");
    expect(codesOf(inHeader)).to.deep.equal(["row_ragged", "desired"]);
    const inRows = await readBytes("account_id,metadata.a\naccount_1,y,\naccount_2,z\n");
    expect(codesOf(inRows)).to.deep.equal(["row_ragged", "desired"]);
  });
});
