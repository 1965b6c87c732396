/**
 * Splitting bytes into records: against a small splitter of our own written from the rules, at every slice size.
 */
import { expect } from "chai";
import fc from "fast-check";
import type { Delimiter, LineEnds } from "../../src/read/layout.ts";
import { type CsvRecord, RecordSplitter, type Split } from "../../src/read/record-splitter.ts";

async function split(
  bytes: Buffer,
  delimiter: Delimiter,
  sliceBytes: number,
  { rowBytes = 1000, lineEnds }: { readonly rowBytes?: number; readonly lineEnds?: LineEnds } = {},
): Promise<Split> {
  const encodedBytes = (record: Buffer) => record.length;
  const splitter = new RecordSplitter({ delimiter, lineEnds, rowBytes, byteOffset: 0, encodedBytes });
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
      expect(records.map(({ byteOffset, length }) => [byteOffset, length])).to.deep.equal([
        [0, 5],
        [5, 1],
        [6, 9],
        [15, 4],
        [19, 3],
        [22, 3],
      ]);
      expect(records.map((record) => record.isUtf8)).to.deep.equal([true, true, true, false, true, true]);
      expect(records.map((record) => record.isBlank)).to.deep.equal([false, true, false, false, false, false]);
    }
  });

  it("refuses a record longer than the limit, ended or not, and takes one of just that length", async () => {
    for (const sliceBytes of [1, 3, 64]) {
      const open = await split(Buffer.from(`ok\n${"x".repeat(40)}`), ",", sliceBytes, { rowBytes: 20 });
      expect(open.trouble).to.deep.equal({ kind: "too_long", isQuoteOpen: false, byteOffset: 3 });
      const ended = await split(Buffer.from(`ok\n${"x".repeat(20)}\nok\n`), ",", sliceBytes, { rowBytes: 20 });
      expect(ended.trouble).to.deep.equal({ kind: "too_long", isQuoteOpen: false, byteOffset: 3 });
      expect(ended.records.map(({ cells }) => cells)).to.deep.equal([["ok"]]);
      const fitting = await split(Buffer.from(`ok\n${"x".repeat(19)}\nok\n`), ",", sliceBytes, { rowBytes: 20 });
      expect(fitting.records.length).to.equal(3);
    }
  });

  it("does not let an unclosed quote swallow the rows after it, though bare quotes are read", async () => {
    const { records, trouble } = await split(Buffer.from('a|b\nx|"oops\ny|z\na|"hello"\n'), "|", 64);
    expect(trouble).to.deep.equal({ kind: "quotes", isQuoteOpen: false, byteOffset: 4 });
    expect(records.length).to.equal(1);
  });

  it("tells a quote that is still open when the bytes end, or are too many", async () => {
    for (const delimiter of [",", "|"] as const) {
      const text = ["ok", 'x|"a ""b""|c'].join("\n").replaceAll("|", delimiter);
      for (const sliceBytes of [1, 7, 64]) {
        const ended = await split(Buffer.from(`${text}\n`), delimiter, sliceBytes);
        expect(ended.trouble).to.deep.equal({ kind: "quotes", isQuoteOpen: true, byteOffset: 3 });
        const long = await split(Buffer.from(text.padEnd(60)), delimiter, sliceBytes, { rowBytes: 20 });
        expect(long.trouble).to.deep.equal({ kind: "too_long", isQuoteOpen: true, byteOffset: 3 });
      }
    }
  });

  const ends: readonly [LineEnds, readonly string[]][] = [
    ["lf", ["a\r", "b\rc"]],
    ["cr", ["a", "\nb", "c\n"]],
    ["crlf", ["a", "b\rc\n"]],
  ];
  for (const [lineEnds, cells] of ends) {
    it(`ends records with ${lineEnds} alone when that is set`, async () => {
      for (const delimiter of [",", "|"] as const) {
        for (const sliceBytes of [1, 2, 64]) {
          const { records } = await split(Buffer.from("a\r\nb\rc\n"), delimiter, sliceBytes, { lineEnds });
          expect(records.map((record) => record.cells)).to.deep.equal(cells.map((cell) => [cell]));
        }
      }
    });
  }

  it("takes no line end that is not set for a part of the quotes", async () => {
    const { trouble } = await split(Buffer.from('"x"\r\n'), "|", 64, { lineEnds: "lf" });
    expect(trouble?.kind).to.equal("quotes");
  });
});
