/**
 * Splitting bytes into records: against a small splitter of our own written from the rules, at every slice size.
 */
import { expect } from "chai";
import fc from "fast-check";
import type { Delimiter } from "../../src/read/layout.ts";
import { type CsvRecord, RecordSplitter, type Trouble } from "../../src/read/record-splitter.ts";

interface Whole {
  readonly records: readonly CsvRecord[];
  readonly trouble?: Trouble;
}

async function split(bytes: Buffer, delimiter: Delimiter, sliceBytes: number, rowBytes = 1000): Promise<Whole> {
  const splitter = new RecordSplitter(delimiter, rowBytes);
  const records: CsvRecord[] = [];
  try {
    for (let at = 0; at < bytes.length; at += sliceBytes) {
      const part = await splitter.split(bytes.subarray(at, at + sliceBytes));
      records.push(...part.records);
      if (part.trouble !== undefined) return { records, trouble: part.trouble };
    }
    const last = await splitter.finish();
    records.push(...last.records);
    return last.trouble === undefined ? { records } : { records, trouble: last.trouble };
  } finally {
    splitter.close();
  }
}

/** The cells by the rules of the contract, a character at a time; `null` at the end when the quotes don't hold. */
function referenceRows(text: string, delimiter: Delimiter): (string[] | null)[] {
  const rows: (string[] | null)[] = [];
  const endsCell = (at: number) =>
    at >= text.length || text[at] === delimiter || text[at] === "\n" || text[at] === "\r";
  let at = 0;
  let row: string[] = [];
  while (at < text.length || row.length > 0) {
    let cell = "";
    const start = at;
    const bareEnd = () => {
      let end = start;
      while (!endsCell(end)) end++;
      return end;
    };
    if (text[at] === '"') {
      for (at++; at < text.length && (text[at] !== '"' || text[at + 1] === '"'); at++) {
        if (text[at] === '"') at++;
        cell += text[at];
      }
      if (at >= text.length) return [...rows, null];
      at++;
      if (!endsCell(at)) {
        at = bareEnd();
        cell = text.slice(start, at);
        if (delimiter === "," || !/^("[^"]*", *)+"[^"]*"$/.test(cell)) return [...rows, null];
      }
    } else {
      at = bareEnd();
      cell = text.slice(start, at);
      if (cell.includes('"') && (delimiter === "," || !/^\[.*\]$/.test(cell))) return [...rows, null];
    }
    row.push(cell);
    if (text[at] === delimiter) {
      at++;
      if (at < text.length) continue;
      row.push("");
    }
    at += text.startsWith("\r\n", at) ? 2 : 1;
    rows.push(row);
    row = [];
  }
  return rows;
}

describe("RecordSplitter", () => {
  for (const delimiter of [",", "|", ";", "\t"] as const) {
    it(`splits as the rules say, delimiter ${JSON.stringify(delimiter)}, at every slice size`, async () => {
      const token = fc.constantFrom(
        '"',
        '"',
        delimiter,
        delimiter,
        "\n",
        "\r",
        "\r\n",
        "a",
        "[",
        "]",
        ",",
        '"a","b"',
        '["a","b"]',
        '"a""b"',
      );
      const texts = fc.array(token, { maxLength: 14 }).map((tokens) => tokens.join(""));
      await fc.assert(
        fc.asyncProperty(texts, fc.constantFrom(1, 2, 3, 7, 64), async (text, sliceBytes) => {
          const { records, trouble } = await split(Buffer.from(text), delimiter, sliceBytes);
          const found: (readonly string[] | null)[] = records.map(({ cells }) => cells);
          expect(trouble === undefined ? found : [...found, null]).to.deep.equal(referenceRows(text, delimiter));
        }),
        { numRuns: 1500 },
      );
    });
  }

  it("says where each record lies, whether it is UTF-8, and whether it is blank", async () => {
    const parts = ["a,b\r\n", "\n", 'ü,"x\ny"\n', "\xff,b\r", '""\n', "end"];
    const bytes = Buffer.concat(parts.map((part) => Buffer.from(part, part.startsWith("\xff") ? "latin1" : "utf8")));
    for (const sliceBytes of [1, 2, 3, 7, 64]) {
      const { records } = await split(bytes, ",", sliceBytes);
      expect(records.map(({ start, end }) => [start, end])).to.deep.equal([
        [0, 5],
        [5, 6],
        [6, 15],
        [15, 19],
        [19, 22],
        [22, 25],
      ]);
      expect(records.map((record) => record.isUtf8)).to.deep.equal([true, true, true, false, true, true]);
      expect(records.map((record) => record.isBlank)).to.deep.equal([false, true, false, false, false, false]);
    }
  });

  it("refuses a record longer than the limit, ended or not, and takes one of just that length", async () => {
    for (const sliceBytes of [1, 3, 64]) {
      const open = await split(Buffer.from(`ok\n${"x".repeat(40)}`), ",", sliceBytes, 20);
      expect(open).to.deep.include({ trouble: "too_long" });
      const ended = await split(Buffer.from(`ok\n${"x".repeat(20)}\nok\n`), ",", sliceBytes, 20);
      expect(ended).to.deep.include({ trouble: "too_long" });
      expect(ended.records.map(({ cells }) => cells)).to.deep.equal([["ok"]]);
      const fitting = await split(Buffer.from(`ok\n${"x".repeat(19)}\nok\n`), ",", sliceBytes, 20);
      expect(fitting.records.length).to.equal(3);
    }
  });

  it("does not let an unclosed quote swallow the rows after it, though bare quotes are read", async () => {
    const { records, trouble } = await split(Buffer.from('a|b\nx|"oops\ny|z\na|"hello"\n'), "|", 64);
    expect(trouble).to.equal("quotes");
    expect(records.length).to.equal(1);
  });
});
