/** Cells of a repaired row that are not as they were: what a spreadsheet changed is restored, what a person changed needs leave. */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { explainRow } from "../../src/run/report/explain-row.ts";
import { rerunRows } from "../../src/run/start/rerun-rows.ts";
import { startJob } from "../../src/run/start/start-job.ts";
import { openDesk, type Told } from "../support/scenario.ts";
import { endsOf, failedOf, openRepaired, type Repaired } from "./open-repaired.ts";

const SEED = {
  accounts: [1, 2, 3].map((n) => ({ id: `account_${n}`, client_account_id: `000${n}`, status: "active" as const })),
};
const HEADER = "client_account_id,product_name,scra_start_date,metadata.branch,metadata.note";
const FILE = [
  HEADER,
  "0001,#N/A,2026-01-02,007,TRUE",
  "0002,#N/A,2026-02-03,12345678901234567890,1-2",
  "0003,#N/A,2026-03-04,-1.50,plain",
  "",
].join("\n");

const open = () => openRepaired(SEED, FILE, (failed) => failed.replaceAll("#N/A", "Gold"));

/** As a German Excel saves it. */
const asSaved = (csv: string) =>
  csv
    .replaceAll(",", ";")
    .replaceAll(/\b000(?=\d;)/g, "")
    .replace("2026-01-02", "02.01.2026")
    .replace(";007;TRUE", ";7;WAHR")
    .replace("12345678901234567890;1-2", "1,23457E+19;01. Feb")
    .replace("-1.50", "-1,5");

describe("cells of a repaired row that only a spreadsheet changed", () => {
  it("are as they were, are counted by column and kind, and are shown by explain", async () => {
    await using scene = await open();
    const { bank, desk, failed } = scene;
    const told = await desk.run(bank, asSaved(failed), { name: "repaired.csv" });
    expect(told.rows.map(({ result }) => result)).to.deep.equal(["applied", "applied", "applied"]);
    const sent = [...bank.accounts.values()].map(({ metadata }) => [metadata?.branch, metadata?.note]);
    expect(sent).to.deep.equal([
      ["007", "TRUE"],
      ["12345678901234567890", "1-2"],
      ["-1.50", "plain"],
    ]);
    expect(bank.accounts.get("account_1")?.details?.credit?.scra?.start_date).to.equal("2026-01-02");
    expect(told.summary?.repairs).to.deep.equal({
      restored: [
        { column: "client_account_id", damage: "number", cells: 3 },
        { column: "metadata.branch", damage: "number", cells: 3 },
        { column: "metadata.note", damage: "boolean", cells: 1 },
        { column: "metadata.note", damage: "date", cells: 1 },
        { column: "scra_start_date", damage: "date", cells: 1 },
      ],
      edited: [],
    });
    const run = await desk.ledger.runs.find("last");
    if (run === undefined) throw new Error("the run is gone");
    const { cells, issues } = await explainRow(desk.ledger, run, 2);
    expect(Object.fromEntries(cells ?? [])).to.include({ client_account_id: "0001", scra_start_date: "2026-01-02" });
    expect(issues.map(({ code, column, message }) => `${code} ${column} ${message}`)).to.include(
      'cell_restored scra_start_date the file had "02.01.2026", a date in a program\'s form: the cell is again as in row 2 of run run-1',
    );
  });

  it("are taken as they are in a column that was wrong", async () => {
    await using scene = await open();
    const { bank, desk } = scene;
    const wrong = await desk.run(bank, `${HEADER}\n0001,Card,02.01.26,,\n`, { name: "wrong.csv" });
    expect(endsOf(wrong)).to.deep.equal(["invalid date_malformed"]);
    const failed = await failedOf(wrong);
    const typed = await desk.run(bank, failed.replace("02.01.26", "2026-01-02"), { name: "typed.csv" });
    expect(endsOf(typed)).to.deep.equal(["applied "]);
    const saved = await desk.run(bank, failed.replace("02.01.26", "1/2/26"), { name: "saved.csv" });
    expect(endsOf(saved)).to.deep.equal(["invalid date_malformed"]);
  });
});

describe("cells of a repaired row that a person changed where nothing was wrong", () => {
  it("make the row invalid, and the next failed.csv has them as they were", async () => {
    await using scene = await open();
    const { bank, desk, failed } = scene;
    const edited = failed.replace("007", "008").replace("plain", "");
    const told = await desk.run(bank, edited, { name: "repaired.csv" });
    expect(endsOf(told)).to.deep.equal(["invalid edit_not_allowed", "applied ", "invalid edit_not_allowed"]);
    expect(told.rows.map(({ result_column }) => result_column)).to.deep.equal(["metadata.branch", "", "metadata.note"]);
    expect(told.rows[0]?.result_message).to.contain('the file has "008" here');
    expect(told.summary?.repairs?.edited).to.deep.equal([
      { column: "metadata.branch", allowed: false, cells: 1 },
      { column: "metadata.note", allowed: false, cells: 1 },
    ]);
    expect(told.summary?.next[1]).to.match(
      /^tieout run \S+ --file \S+repaired\.csv --allow-edit metadata\.branch,metadata\.note --again --reason "…"/,
    );
    const next = await failedOf(told);
    expect(next).to.contain(",007,").and.contain(",plain,");
    expect(endsOf(await desk.run(bank, next.replace("007", "008"), { name: "third.csv" }))).to.deep.equal([
      "invalid edit_not_allowed",
      "applied ",
    ]);
  });

  it("count where --allow-edit names their columns, and are listed all the same", async () => {
    await using scene = await open();
    const { bank, desk, failed } = scene;
    const edited = failed.replace("007", "008").replace("plain", "");
    const start = { allowEdit: ["metadata.branch"] };
    const told = await desk.run(bank, edited, { name: "repaired.csv", start });
    expect(endsOf(told)).to.deep.equal(["applied edit_allowed", "applied ", "invalid edit_not_allowed"]);
    expect(bank.accounts.get("account_1")?.metadata?.branch).to.equal("008");
    expect(told.summary?.repairs?.edited[0]).to.deep.equal({ column: "metadata.branch", allowed: true, cells: 1 });
  });

  it("are seen where the whole column is gone", async () => {
    await using scene = await open();
    const { bank, desk, failed } = scene;
    const told = await desk.run(bank, failed.replace(/^([^,]*,[^,]*),[^,]*,/gm, "$1,"), { name: "repaired.csv" });
    expect(endsOf(told)).to.deep.equal(Array(3).fill("invalid edit_not_allowed"));
    expect(told.rows[0]?.result_column).to.equal("scra_start_date");
  });
});

describe("rows of results that are given back", () => {
  it("may be fewer, and not more: none without a number, with another's, or twice", async () => {
    await using scene = await open();
    const { bank, desk, failed } = scene;
    const [header = "", one = "", two = ""] = failed.split("\r\n");
    const named = (row: string, run: string, number: string) =>
      row.replace(/,2,invalid/, `,${number},invalid`).replace("run-1", run);
    const lines = [header, one, named(one, "run-1", ""), named(one, "run-1", "99"), two, one, ""];
    const told = await desk.run(bank, lines.join("\r\n"), { name: "repaired.csv" });
    expect(endsOf(told)).to.deep.equal([
      "applied ",
      "invalid row_added",
      "invalid row_added",
      "applied ",
      "invalid row_added",
    ]);
    const again = await desk.run(bank, await failedOf(told), { name: "again.csv" });
    expect(endsOf(again), "given back once more").to.deep.equal(Array(3).fill("invalid row_added"));
    const run = await desk.ledger.runs.find("last");
    if (run === undefined) throw new Error("the run is gone");
    const end = await rerunRows(desk.context(bank), run, ["invalid"]);
    expect(end.kind === "reported" && end.summary.words.invalid, "run again").to.equal(3);
  });
});

describe("failed.spreadsheet.csv", () => {
  const copyOf = async ({ summary }: Told) => readFile(join(summary?.results ?? "", "failed.spreadsheet.csv"), "utf8");
  /** A first run of other rows, and the copy of those that failed. */
  async function begin({ bank, desk }: Repaired) {
    const csv = `${HEADER}\n0001,#N/A,2026-01-02,007,'t Hooft\n0002,#N/A,,=1+1,1-2\n`;
    return copyOf(await desk.run(bank, csv, { name: "begin.csv" }));
  }

  for (const [what, strip, ends] of [
    ["with its apostrophes", (copy: string) => copy, ["applied ", "applied "]],
    [
      "without them, as Google Sheets saves it",
      (copy: string) => copy.replaceAll(`"'`, '"'),
      ["applied cell_restored", "applied "],
    ],
  ] as const) {
    it(`is given back like failed.csv, ${what}`, async () => {
      await using scene = await open();
      const { bank, desk } = scene;
      const copy = (await begin(scene)).replaceAll("#N/A", "Gold");
      expect(copy).to.contain(`"'0001","'Gold","'2026-01-02","'007","''t Hooft"`).and.contain(`"'=1+1","'1-2"`);
      expect(endsOf(await desk.run(bank, strip(copy), { name: "copy.csv" }))).to.deep.equal(ends);
      expect(bank.accounts.get("account_1")?.metadata).to.deep.equal({ branch: "007", note: "'t Hooft" });
      expect(bank.accounts.get("account_2")?.metadata).to.deep.equal({ branch: "=1+1", note: "1-2" });
    });
  }

  it("gives results that are no copies, whose failed.csv is taken again", async () => {
    await using scene = await open();
    const { bank, desk } = scene;
    const told = await desk.run(bank, await begin(scene), { name: "copy.csv" });
    expect(endsOf(told)).to.deep.equal(Array(2).fill("invalid spreadsheet_error"));
    expect(told.rows[0]).not.to.have.property("result_spreadsheet_copy");
    const failed = await failedOf(told);
    expect(failed).to.match(/^0001,#N\/A,2026-01-02,007,'t Hooft,2,/m);
    expect(endsOf(await desk.run(bank, failed.replaceAll("#N/A", "Gold"), { name: "next.csv" }))).to.deep.equal([
      "applied ",
      "applied ",
    ]);
  });

  it("does not lend a row's fingerprint to the numbers of another", async () => {
    await using scene = await open();
    const { bank, desk } = scene;
    const csv = `${HEADER}\n0001,#N/A,,,\n0001,#N/A,,,\n`;
    const failed = (await failedOf(await desk.run(bank, csv, { name: "twins.csv" }))).replaceAll("#N/A", "Gold");
    const swapped = failed
      .replace(",2,invalid", ",x,invalid")
      .replace(",3,invalid", ",2,invalid")
      .replace(",x,invalid", ",3,invalid");
    const told = await desk.run(bank, swapped, { name: "swapped.csv" });
    expect(endsOf(told)).to.deep.equal(["invalid row_added", "invalid row_added"]);
    expect(told.rows[0]?.result_message).to.contain(
      "has the numbers of row 3 of run run-2, and the fingerprint of another",
    );
  });

  it("of a run that the ledger does not know is taken where only what was wrong changed, and the run says so", async () => {
    await using scene = await open();
    const { bank, desk } = scene;
    await using other = await openDesk();
    const copy = (await begin(scene)).replaceAll("#N/A", "Gold").replace("'1-2", "'2-Jan");
    const file = join(desk.folder, "copy.csv");
    await writeFile(file, copy);
    const notes: string[] = [];
    const context = other.context(bank);
    const progress = { ...context.progress, note: (text: string) => void notes.push(text) };
    const options = { kind: "run", file, from: null, limit: null, again: null } as const;
    const [end] = await startJob({ ...context, progress }, options);
    expect(end?.kind === "reported" && [end.summary.words.applied, end.summary.words.invalid]).to.deep.equal([1, 1]);
    const [taken, doubted] = notes.filter((note) => note.startsWith("1 row of runs that this ledger does not know"));
    expect(taken).to.contain(": taken as given, though 1 cell of them changed since they were given out");
    expect(doubted).to.contain(": invalid, since cells changed that were not to be repaired");
    expect(bank.accounts.get("account_1")?.metadata?.branch).to.equal("007");
  });
});

describe("a file of results that a program has saved anew", () => {
  const csv = `${HEADER}\n0001,#N/A,,Zürich,\n0002,Café #1,2026-13-01,,\n`;
  const forms: readonly [what: string, save: (failed: string) => string | Buffer][] = [
    ["as Unicode text of Excel", (failed) => Buffer.from(`\uFEFF${failed.replaceAll(",", "\t")}`, "utf16le")],
    ["in Windows-1252", (failed) => Buffer.from(failed, "latin1")],
    [
      "in UTF-8 that was taken for Windows-1252",
      (failed) => new TextDecoder("windows-1252").decode(Buffer.from(failed)),
    ],
    ["under a line that names the separator", (failed) => `sep=;\r\n${failed.replaceAll(",", ";")}`],
    [
      "with empty columns and rows at the end",
      (failed) => `${failed.replaceAll("\r\n", ",,\r\n")}${",".repeat(21)}\r\n\r\n`,
    ],
    ["with other line ends and everything in quotes", (failed) => failed.replaceAll("\r\n", "\n")],
  ];
  for (const [what, save] of forms) {
    it(`is read ${what}`, async () => {
      await using scene = await open();
      const { bank, desk } = scene;
      const failed = (await failedOf(await desk.run(bank, csv, { name: "begin.csv" })))
        .replace("#N/A", "Gold")
        .replace("2026-13-01", "2026-12-01");
      const file = join(desk.folder, "saved.csv");
      await writeFile(file, save(failed));
      const [end] = await startJob(desk.context(bank), { kind: "run", file, from: null, limit: null, again: null });
      if (end?.kind !== "reported") throw new Error(JSON.stringify(end));
      expect(end.summary.words.applied, JSON.stringify(end.summary.causes)).to.equal(2);
      expect(bank.accounts.get("account_1")?.metadata?.branch).to.equal("Zürich");
      expect(bank.accounts.get("account_2")?.details?.product_name).to.equal("Café #1");
    });
  }

  it("in no certain encoding has letters of its own only where they are those that were given out", async () => {
    await using scene = await open();
    const { bank, desk } = scene;
    const failed = (await failedOf(await desk.run(bank, csv, { name: "begin.csv" })))
      .replace("#N/A", "Größe")
      .replace("2026-13-01", "2026-12-01");
    const file = join(desk.folder, "saved.csv");
    await writeFile(file, Buffer.from(failed, "latin1"));
    const [end] = await startJob(desk.context(bank), { kind: "run", file, from: null, limit: null, again: null });
    if (end?.kind !== "reported") throw new Error(JSON.stringify(end));
    expect(end.summary.causes.map(({ code, column, count }) => `${code} ${column} ${count}`)).to.deep.equal([
      "row_undecodable product_name 1",
    ]);
    expect(end.summary.words.applied).to.equal(1);
  });
});
