/**
 * What is said of rows of a job with shapes: a column's text beside another that is wrong, and messages.
 */
import { expect } from "chai";
import { textIn } from "../../../src/read/row/list-shaped.ts";
import { readingOf, rowOf } from "./reading-of.ts";

describe("rows of a job with shapes, told apart", () => {
  it("say what they are in a column of text, also where another cell is wrong", () => {
    const reading = readingOf(["client_account_id", "product_name", "is_mla"], {
      values: { product_name: { "07": "Card" } },
    });
    const textOf = (cells: readonly string[]) => textIn({ row: 2, byteOffset: 0, cells }, reading, "product_name");
    expect([textOf(["c1", "07", "x"]), textOf(["c1", "08", "x"]), textOf(["c1", "", "x"])]).to.deep.equal([
      "Card",
      null,
      null,
    ]);
    const constant = readingOf(["client_account_id"], { constants: { product_name: "Card" } });
    expect(textIn({ row: 2, byteOffset: 0, cells: [""] }, constant, "product_name")).to.equal("Card");
    const plain = readingOf(["client_account_id", "product_name"], {});
    expect(textIn({ row: 2, byteOffset: 0, cells: ["c1", " Card "] }, plain, "product_name")).to.equal("Card");
  });

  it("say what cannot be seen in a cell, and that letter case counts", () => {
    const settings = {
      values: { is_mla: { Y: true } },
      dates: { scra_start_date: "DD/MM/YYYY" },
      numbers: { decimal: ",", group: " " },
    } as const;
    const rows = [
      rowOf({ is_mla: "Y\u00a0" }, settings),
      rowOf({ is_mla: "y" }, settings),
      rowOf({ scra_start_date: "01/02/2026\u200b" }, settings),
      rowOf({ currency: "USD", limit: "1\u202f250,00" }, settings),
    ];
    expect(
      rows.flatMap((row) => (row.kind === "desired" ? [] : row.issues.map(({ message }) => message))),
    ).to.deep.equal([
      '"Y…" is not one of the cells that the job gives a value to: Y; its character 2 is U+00A0, which cannot be seen',
      '"y…" is not one of the cells that the job gives a value to: Y; letter case counts, unless the job says letterCase: "ignore"',
      '"01…" is not a date of the form DD/MM/YYYY, as the job says; its character 11 is U+200B, which cannot be seen',
      '"1\u202f…" is not an amount as the job says: 1 250,00; its character 2 is U+202F, which cannot be seen',
    ]);
  });

  it("say what is wrong in one line, without the bar that joins messages", () => {
    const map = { "A|B": true, "C\nD": false };
    const rows = [
      rowOf({ is_mla: "x" }, { values: { is_mla: map } }),
      rowOf({ scra_start_date: "x" }, { dates: { scra_start_date: "DD|MM|YYYY" } }),
    ];
    const messages = rows.flatMap((row) => (row.kind === "desired" ? [] : row.issues.map(({ message }) => message)));
    expect(messages).to.deep.equal([
      '"x…" is not one of the cells that the job gives a value to: A?B, C?D',
      '"x…" is not a date of the form DD?MM?YYYY, as the job says',
    ]);
  });
});
