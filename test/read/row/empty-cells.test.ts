/**
 * What an empty cell means, by column and setting: read as a file is read.
 */
import { expect } from "chai";
import type { Desired } from "../../../src/read/change.ts";
import { describeReading } from "../../../src/read/describe-reading.ts";
import { readHeader } from "../../../src/read/header/read-header.ts";
import { DEFAULT_READ_SETTINGS, type EmptyMeans, type Reading, type ReadSettings } from "../../../src/read/reading.ts";
import { findUnsaid } from "../../../src/read/row/empty-cells.ts";
import { parseRow } from "../../../src/read/row/parse-row.ts";
import { codesOf, readBytes } from "../read-bytes.ts";

const COLUMNS = ["account_holders", "authorized_signers", "documents", "authorized_users"] as const;
const ALL = `account_id,capabilities,product_name,metadata.a,${COLUMNS.join(",")}\n`;
/** Columns whose empty cell is an empty list. */
const CASES: readonly [EmptyMeans, readonly (keyof Desired)[]][] = [
  [{}, []],
  [{ emptyMeans: "keep", emptyAuthorizedUsers: "keep" }, []],
  [{ emptyMeans: "clear" }, ["account_holders", "authorized_signers", "documents"]],
  [{ emptyAuthorizedUsers: "clear" }, ["authorized_users"]],
  [{ emptyMeans: "keep", emptyAuthorizedUsers: "clear" }, ["authorized_users"]],
  [{ emptyMeans: "clear", emptyAuthorizedUsers: "clear" }, COLUMNS],
];

async function desiredOf(csv: string, settings: Partial<ReadSettings>): Promise<readonly Desired[]> {
  const seen = await readBytes(csv, settings);
  return seen.rows.map((row) => {
    if (row.kind !== "desired") throw new Error(codesOf(seen).join());
    return row.desired;
  });
}

function headerOf(header: string, settings: Partial<ReadSettings>): Reading {
  const read = readHeader(header.split("|"), { ...DEFAULT_READ_SETTINGS, ...settings }, "|");
  if (read.kind === "rejected") throw new Error(read.rejection.message);
  return read.reading;
}

describe("an empty cell", () => {
  for (const [settings, emptied] of CASES) {
    const none = Object.fromEntries(emptied.map((column) => [column, []]));
    it(`with ${JSON.stringify(settings)} is none in ${emptied.join(", ") || "no column"}, blanks or not`, async () => {
      const rows = await desiredOf(`${ALL}account_1,,,,,,,\naccount_1,,,,  , ,  , \n`, settings);
      expect(rows).to.deep.equal(Array(2).fill({ account_id: "account_1", ...none }));
    });

    it(`with ${JSON.stringify(settings)} leaves alone a column that is not there`, async () => {
      expect(await desiredOf("account_id,product_name\naccount_1,Card\n", settings)).to.deep.equal([
        { account_id: "account_1", product_name: "Card" },
      ]);
    });

    it(`with ${JSON.stringify(settings)} is not a cell that the job leaves alone`, async () => {
      const nulls = { leaveAlone: ["NULL", "-"], text: [] };
      const rows = await desiredOf(`${ALL}account_1,,,,NULL, - ,NULL,-\n`, { ...settings, nulls });
      expect(rows).to.deep.equal([{ account_id: "account_1" }]);
    });

    it(`with ${JSON.stringify(settings)} takes nothing from a row that is empty, and means the same when it is read again`, async () => {
      const { reading, rows } = await readBytes(`${ALL},,,,,,,\naccount_1,,,,,,,\n`, settings);
      expect(rows.map(({ kind }) => kind)).to.deep.equal(["skipped", "desired"]);
      const kept: Reading = JSON.parse(JSON.stringify(reading));
      for (const row of rows) expect(parseRow(row.source, kept)).to.deep.equal(row);
    });
  }

  it("is no unwritten [] in a list of capabilities, documents ignored, or what version 0.2 has read", async () => {
    const both = { emptyMeans: "clear", emptyAuthorizedUsers: "clear" } as const;
    const [row] = await desiredOf(`${ALL}account_1,,,,,,,\n`, { ...both, documents: "ignore" });
    expect(row).to.not.have.any.keys("documents", "capabilities");
    const { forms: _, ...old } = headerOf("account_id|documents|authorized_users", both);
    expect(parseRow({ row: 2, byteOffset: 0, cells: ["account_1", "", ""] }, old)).to.deep.include({
      desired: { account_id: "account_1" },
    });
  });

  it("is judged by the plan, and a written [] by the row", async () => {
    const clear = { emptyMeans: "clear" } as const;
    const header = "account_id,account_holder_type,account_holders,authorized_signers\n";
    const seen = await readBytes(`${header}account_1,commercial,,\naccount_1,commercial,[],[]\n`, clear);
    expect(codesOf(seen)).to.deep.equal(["desired", "holders_empty,signer_missing"]);
  });

  it("of documents is what a written [] is: none where the job says so, nothing to add elsewhere", async () => {
    const csv = "account_id,documents\naccount_1,[]\naccount_1,\n";
    expect(await desiredOf(csv, {})).to.deep.equal(Array(2).fill({ account_id: "account_1" }));
    expect(await desiredOf(csv, { emptyMeans: "clear" })).to.deep.equal(
      Array(2).fill({ account_id: "account_1", documents: [] }),
    );
  });
});

describe("the reading", () => {
  const lines: readonly [string, EmptyMeans, string][] = [
    ["account_id|status", { emptyMeans: "clear" }, "tieout layout, pipe, money in minor"],
    ["account_id|documents", {}, "tieout layout, pipe, money in minor, an empty documents is left alone"],
    [
      "client_account_id|credit_limit|account_holders|authorized_signers|authorized_users|documents",
      { emptyMeans: "clear" },
      "bank layout, pipe, money in decimal, an empty account_holders or authorized_signers or documents means none, an empty authorized_users is left alone",
    ],
    [
      "client_account_id|credit_limit|authorized_users|documents",
      { emptyMeans: "clear", emptyAuthorizedUsers: "clear" },
      "bank layout, pipe, money in decimal, an empty documents or authorized_users means none",
    ],
  ];
  for (const [header, settings, line] of lines) {
    it(`of ${header} with ${JSON.stringify(settings)} says which holds`, () =>
      expect(describeReading(headerOf(header, settings))).to.equal(line));
  }

  it("names columns as the file does", () => {
    const reading = headerOf("account_id|Owners", { columns: { Owners: "account_holders" }, emptyMeans: "clear" });
    expect(describeReading(reading)).to.contain("an empty Owners means none");
  });

  it("lacks the job's word only in the bank's layout, and not for users alone", () => {
    const unsaid = (header: string, settings: EmptyMeans = {}) => findUnsaid(headerOf(header, settings), settings);
    const bank = "client_account_id|credit_limit|authorized_signers|authorized_users|documents";
    expect(unsaid(bank)).to.deep.equal(["authorized_signers", "documents"]);
    expect(unsaid(bank, { emptyAuthorizedUsers: "clear" })).to.deep.equal(["authorized_signers", "documents"]);
    expect(unsaid(bank, { emptyMeans: "keep" })).to.deep.equal([]);
    expect(unsaid(bank.replace("credit_", ""))).to.deep.equal([]);
    expect(unsaid("client_account_id|credit_limit|authorized_users")).to.deep.equal([]);
  });

  it("takes cells as an earlier reading has, whatever the job says by then", () => {
    const first = headerOf("account_id|documents", {
      emptyMeans: "clear",
      nulls: { leaveAlone: ["-"], text: ["NULL"] },
    });
    const later = headerOf("account_id|documents", { emptyMeans: "keep", ids: { allow: /x/ }, begun: first });
    expect(later).to.deep.equal(first);
  });
});
