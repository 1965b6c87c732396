/**
 * Slices of a file's bytes in, CSV records with their place in the file out, split by csv-parse. Decides only
 * whether the records can be separated; it does not know what a record means, nor its columns.
 */
import { isAscii, isUtf8 } from "node:buffer";
import { CsvError, type Options, Parser } from "csv-parse";
import type { Delimiter, LineEnds } from "../reading.ts";
import { rowEndKind, rowEnds, textEnd } from "./line-ends.ts";
import { describeStray, endsInQuotes, type Stray, splitQuoted } from "./quotes.ts";
import type { Unsplittable } from "./reject-unsplittable.ts";

/** csv-parse holds a record back until it has seen up to three bytes more; this is more than twice that. */
const LOOK_AHEAD_BYTES = 8;
const QUOTE = 0x22;
const BLANK = /^[ \t]*$/;

export interface CsvRecord {
  readonly cells: readonly string[];
  /** Where it begins in the file. */
  readonly byteOffset: number;
  /** Bytes of its UTF-8, with the line end. */
  readonly length: number;
  readonly isUtf8: boolean;
  /** Nothing but spaces, tabs and a line end. */
  readonly isBlank: boolean;
  /** Given when a quote is where none may be: the record seems to end with its line, and its cells are not to be trusted. */
  readonly stray: Stray | undefined;
  /** What closed it; nothing at the end of a file that ends without a line end. */
  readonly lineEnd: LineEnds | undefined;
}

export interface Split {
  readonly records: readonly CsvRecord[];
  /** Why the records after them can't be separated; the first of those begins at `byteOffset`. */
  readonly trouble?: Unsplittable & { readonly byteOffset: number };
}

export interface SplitterOptions {
  readonly delimiter: Delimiter;
  readonly lineEnds: LineEnds | undefined;
  readonly rowBytes: number;
  /** Of the first record, in bytes of the file. */
  readonly byteOffset: number;
  /** How many bytes of the file a record's UTF-8 comes from. */
  readonly encodedBytes: (record: Buffer) => number;
}

/** The options with which csv-parse splits bytes into records. */
export function csvOptions(delimiter: Delimiter, lineEnds: LineEnds | undefined) {
  return {
    delimiter,
    bom: false,
    encoding: "utf8",
    record_delimiter: [...rowEnds(lineEnds)],
    relax_column_count: true,
    relax_quotes: true,
  } satisfies Options;
}

/**
 * Feed it slices with `split`, then call `finish`; after trouble only `close` may follow. Keeps the bytes of the record
 * in hand, little more than `rowBytes` beside a slice.
 */
export class RecordSplitter {
  readonly #parser: Parser;
  readonly #options: SplitterOptions;
  #split: { cells: readonly string[]; end: number }[] = [];
  /** The bytes from `#start`, where the record in hand begins. */
  #held: Buffer = Buffer.alloc(0);
  #start = 0;
  /** Where that is in the file. */
  #byteOffset: number;

  constructor(options: SplitterOptions) {
    this.#options = options;
    this.#byteOffset = options.byteOffset;
    this.#parser = new Parser({
      ...csvOptions(options.delimiter, options.lineEnds),
      // Rows are collected here and never pass through the parser's own queue.
      on_record: (cells: readonly string[], info) => {
        this.#split.push({ cells, end: info.bytes });
        // csv-parse makes an error, with its stack, for each record that is not as wide as the first one: so each is
        // the first. Only time depends on it.
        Object.assign(this.#parser.info, { records: 0 });
        return null;
      },
    });
    // An error reaches the callback of the write that met it; without a listener it would also end the process.
    this.#parser.on("error", () => {});
  }

  /** The records that end within this slice. */
  async split(slice: Buffer): Promise<Split> {
    this.#held = this.#held.length === 0 ? slice : Buffer.concat([this.#held, slice]);
    return this.#take(await new Promise((resolve) => this.#parser.write(slice, resolve)));
  }

  /** The last record, if the file doesn't end with a line end. */
  async finish(): Promise<Split> {
    return this.#take(await new Promise<Error | undefined>((resolve) => this.#parser.end(resolve)));
  }

  close(): void {
    this.#parser.destroy();
  }

  #take(error: Error | null | undefined): Split {
    if (error && !(error instanceof CsvError)) throw error;
    const found = this.#split;
    this.#split = [];
    const origin = this.#start;
    const complete = this.#held.subarray(0, (found.at(-1)?.end ?? origin) - origin);
    const isSoundText = isAscii(complete) || isUtf8(complete);
    const mayBeStray = complete.includes(QUOTE);
    const records: CsvRecord[] = [];
    for (const { cells, end } of found) {
      const from = this.#start - origin;
      const bytes = complete.subarray(from, end - origin);
      if (bytes.length > this.#options.rowBytes) return this.#stop(records, "too_long", false);
      const record = this.#describe(cells, bytes, isSoundText || isUtf8(bytes), mayBeStray);
      if (record === undefined) return this.#stop(records, "quotes", false);
      records.push(record);
      this.#start = end;
      this.#byteOffset += this.#options.encodedBytes(bytes);
    }
    this.#held = this.#held.subarray(complete.length);
    if (this.#held.length > this.#options.rowBytes + LOOK_AHEAD_BYTES) return this.#stop(records, "too_long");
    return error ? this.#stop(records, "quotes") : { records };
  }

  /** Nothing when it is in doubt where the record ends. */
  #describe(cells: readonly string[], bytes: Buffer, isSound: boolean, mayBeStray: boolean): CsvRecord | undefined {
    const { delimiter, lineEnds } = this.#options;
    const record = {
      cells,
      byteOffset: this.#byteOffset,
      length: bytes.length,
      isUtf8: isSound,
      isBlank: cells.length === 1 && BLANK.test(cells[0] ?? "") && bytes[0] !== QUOTE,
      stray: undefined,
      lineEnd: rowEndKind(bytes, lineEnds),
    };
    // Whatever csv-parse made of a quote that is not one of CSV's, it is in a cell.
    if (!mayBeStray || !hasQuote(cells)) return record;
    const text = bytes.toString("utf8", 0, textEnd(bytes, lineEnds));
    const { cells: split, quotes } = splitQuoted(text, delimiter);
    if (quotes === "doubtful") return undefined;
    return { ...record, cells: split, stray: quotes === "stray" ? describeStray(text, split, delimiter) : undefined };
  }

  #stop(records: readonly CsvRecord[], kind: Unsplittable["kind"], isQuoteOpen = this.#isQuoteOpen()): Split {
    return { records, trouble: { kind, isQuoteOpen, byteOffset: this.#byteOffset } };
  }

  #isQuoteOpen(): boolean {
    return endsInQuotes(this.#held.toString("latin1"), this.#options.delimiter);
  }
}

function hasQuote(cells: readonly string[]): boolean {
  for (const cell of cells) if (cell.includes('"')) return true;
  return false;
}
