/**
 * Splitting bytes into records: against a small splitter of our own written from the rules, at every slice size.
 */
import { expect } from "chai";
import fc from "fast-check";
import { type CsvRecord, RecordSplitter, type Split } from "../../../src/read/csv/record-splitter.ts";
import type { Delimiter, LineEnds } from "../../../src/read/reading.ts";

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

type Reference = { readonly cells: readonly string[]; readonly isStray: boolean } | null;

/** What is left of `text` from a cell's start on, up to the delimiter or the line's end. */
const bareOf = (text: string, delimiter: string) => text.slice(0, text.search(new RegExp(`[\r\n\\${delimiter}]|$`)));

const isList = (cell: string) => /^[ \t]*(\[.*\]|("[^"]*", *)+"[^"]*")[ \t]*$/.test(cell);

/**
 * The records by the rules of the contract, a cell at a time; `null` at the end when it can't be told where one ends: a
 * quote is not closed, or not in its line where a blank stands before it or a stray one in the same record.
 */
function referenceRecords(text: string, delimiter: string): Reference[] {
  const records: Reference[] = [];
  const blank = delimiter === "\t" ? " " : "[ \\t]";
  const quoted = new RegExp(`^(${blank}*)"((?:[^"]|"")*)"${blank}*(?=[\r\n\\${delimiter}]|$)`);
  const opens = new RegExp(`^${blank}*"`);
  const closed = new RegExp(`^${blank}*"(?:[^"]|"")*"(?!")`);
  let rest = text;
  while (rest !== "") {
    const cells: string[] = [];
    let isStray = false;
    let hasLines = false;
    let isDone = false;
    while (!isDone) {
      const found = quoted.exec(rest);
      let length = found?.[0].length;
      if (found !== null) {
        const [, before = "", value = ""] = found;
        if (before !== "" && /[\r\n]/.test(value)) return [...records, null];
        hasLines ||= /[\r\n]/.test(value);
        cells.push(value.replaceAll('""', '"'));
      } else {
        const bare = bareOf(rest, delimiter);
        if (opens.test(rest) && !(delimiter !== "," && isList(bare))) {
          const upToQuote = closed.exec(rest)?.[0];
          if (upToQuote === undefined || /[\r\n]/.test(upToQuote)) return [...records, null];
        }
        isStray ||= bare.includes('"') && !(delimiter !== "," && isList(bare));
        cells.push(bare);
        length = bare.length;
      }
      rest = rest.slice(length);
      isDone = !rest.startsWith(delimiter);
      if (!isDone) rest = rest.slice(1);
    }
    if (isStray && hasLines) return [...records, null];
    records.push({ cells, isStray });
    rest = rest.replace(/^(\r\n|\r|\n)/, "");
  }
  return records;
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
        ' "a" ',
        " ",
      );
      const texts = fc.array(token, { maxLength: 14 }).map((tokens) => tokens.join(""));
      await fc.assert(
        fc.asyncProperty(texts, fc.constantFrom(1, 2, 3, 7, 64), async (text, sliceBytes) => {
          // csv-parse takes the second quote of ` "a,"` for one that opens, and the last one of `","a,"`, so such a record may
          // be in doubt or not.
          fc.pre(
            !new RegExp(`[ \\t]"[^\\r\\n]*\\${delimiter}"|"[^\\r\\n]*\\${delimiter}"[^\\r\\n"\\${delimiter}]`).test(
              text,
            ),
          );
          const { records, trouble } = await split(Buffer.from(text), delimiter, sliceBytes);
          const found: Reference[] = records.map(({ cells, stray }) => ({ cells, isStray: stray !== undefined }));
          expect(trouble === undefined ? found : [...found, null]).to.deep.equal(referenceRecords(text, delimiter));
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
