/**
 * What a row of the ledger wants, read again from its cells: the same as when its file was read, or nothing.
 */
import { expect } from "chai";
import { defineJob } from "../../src/job.ts";
import { readCsv } from "../../src/read/read-csv.ts";
import type { Reading } from "../../src/read/reading.ts";
import { desiredOf } from "../../src/run/desired-of.ts";
import { BROKEN, CASES } from "../recovery/matrix/cases.ts";

/** As the ledger gives back what it was given. */
const kept = <Value>(value: Value): Value => JSON.parse(JSON.stringify(value));

/** What is only known at a file's end, whichever it is. */
const AT_END = { endsWithLineEnd: true, decimalIds: true, cutRow: 2, ownIds: ["client_customer_id"] } as const;

async function* bytesOf(csv: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(`\ufeff${csv}`);
}

describe("desiredOf", () => {
  it("gives for each row of every scenario what it was read as", async () => {
    let compared = 0;
    for (const { name, csv, job } of [...CASES, ...BROKEN]) {
      const settings = defineJob({ name: "desk", source: { folder: "in" }, results: { folder: "out" }, ...job });
      let reading: Reading | null = null;
      for await (const event of readCsv(bytesOf(csv), settings)) {
        if (event.kind === "header") reading = kept({ ...event.reading, ...AT_END });
        if (event.kind !== "rows" || reading === null) continue;
        for (const row of event.rows) {
          if (row.kind !== "desired") continue;
          const { key, desired, source } = row;
          const again = desiredOf({ id: "r", reading }, kept({ key, source, folded: null }));
          expect(again, `${name}, row ${source.row}`).to.deep.equal(desired);
          compared += 1;
        }
      }
    }
    expect(compared).to.be.above(250);
  });

  it("throws for a row that now names another account", async () => {
    const reading: Reading = {
      layout: "tieout",
      money: "minor",
      delimiter: ",",
      header: ["one", "other"],
      columns: ["client_account_id", "metadata.other"],
    };
    const source = { row: 2, byteOffset: 10, cells: ["n1", "n2"] };
    const wants = { key: "client:n1", source, folded: null };
    expect(desiredOf({ id: "r", reading }, wants)).to.include({ client_account_id: "n1" });
    const swapped = { ...reading, columns: ["metadata.other", "client_account_id"] };
    expect(() => desiredOf({ id: "r", reading: swapped }, wants)).to.throw("row 2 reads otherwise than before");
  });
});
