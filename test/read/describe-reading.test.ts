/**
 * The one line that tells the operator how a file was understood.
 */
import { expect } from "chai";
import { describeReading } from "../../src/read/describe-reading.ts";
import type { Reading } from "../../src/read/reading.ts";

const reading: Reading = { layout: "bank", money: "decimal", delimiter: "|", header: [], columns: [] };

describe("describeReading", () => {
  const lines: readonly [Partial<Reading>, string][] = [
    [{}, "bank layout, pipe, money in decimal"],
    [
      { encoding: "utf-8", lineEnds: "crlf", headerRow: 1, compression: "gzip" },
      "bank layout, pipe, CRLF line ends, UTF-8, header in row 1, money in decimal, gzip",
    ],
    [
      { layout: "tieout", money: "minor", delimiter: "\t", encoding: "utf-16be", lineEnds: "mixed", headerRow: 0 },
      "tieout layout, tab, mixed line ends, UTF-16BE, columns named by the job, money in minor",
    ],
    [{ delimiter: ";", lineEnds: "none", compression: null }, "bank layout, semicolon, no line end, money in decimal"],
    [
      { header: ["account_id", "notes", "a b", "result_code", ""], columns: ["account_id", null, null, null, null] },
      'bank layout, pipe, money in decimal, the last column empty, ignored: "notes" "a b"',
    ],
    [
      {
        layout: "authorized_users",
        header: ["entity_id", "account_id", "status"],
        columns: ["authorized_users", "client_account_id", "status"],
      },
      "authorized_users layout, pipe, each row adds or removes one user",
    ],
    [
      { header: ["account_id", "", ""], columns: ["account_id", null, null] },
      "bank layout, pipe, money in decimal, the last 2 columns empty",
    ],
    [
      { forms: { leaveAlone: [], text: [], announcedRules: "warn" } },
      "bank layout, pipe, money in decimal, announced rules noted only",
    ],
  ];
  for (const [traits, line] of lines) {
    it(line, () => expect(describeReading({ ...reading, ...traits })).to.equal(line));
  }
});
