/**
 * Slices of a file's bytes in, CSV records with their place in the file out, split by csv-parse. Decides on nothing
 * but whether the records can be told apart; what a record means, and its columns, it does not know.
 */
import { isAscii, isUtf8 } from "node:buffer";
import { CsvError, type Options, Parser } from "csv-parse";
import type { Delimiter } from "./layout.ts";
import { quotesHold } from "./quotes.ts";

/** csv-parse holds a record back until it has seen a few bytes more (three at most); twice that is enough. */
const LOOK_AHEAD_BYTES = 8;
const QUOTE = 0x22;
const LF = 0x0a;
const CR = 0x0d;

/** `start` and `end` are bytes from where the splitter began; `end` lies behind the record's line end. */
export interface CsvRecord {
  readonly cells: readonly string[];
  readonly start: number;
  readonly end: number;
  readonly isUtf8: boolean;
  /** Nothing but a line end. */
  readonly isBlank: boolean;
}

/** Why the records after those given can't be told apart; the one after them is where it begins. */
export type Trouble = "quotes" | "too_long";

export interface Split {
  readonly records: readonly CsvRecord[];
  readonly trouble?: Trouble;
}

/** The options that split bytes into records, for whole files and for a header alone. */
export function csvOptions(delimiter: Delimiter) {
  return {
    delimiter,
    bom: false,
    encoding: "utf8",
    record_delimiter: ["\r\n", "\n", "\r"],
    relax_column_count: true,
    relax_quotes: delimiter !== ",",
  } satisfies Options;
}

/**
 * Feed it slices with `split`, then call `finish`; after trouble only `close` may follow. Keeps the bytes of the record
 * in hand, little more than `rowBytes` beside a slice. The first record sets the width that csv-parse takes for the usual one,
 * so it should be the header: a record of another width costs time, nothing else.
 */
export class RecordSplitter {
  readonly #parser: Parser;
  readonly #delimiter: Delimiter;
  readonly #rowBytes: number;
  #split: { cells: readonly string[]; end: number }[] = [];
  /** The bytes from `#start`, where the record in hand begins. */
  #held: Buffer = Buffer.alloc(0);
  #start = 0;

  constructor(delimiter: Delimiter, rowBytes: number) {
    this.#delimiter = delimiter;
    this.#rowBytes = rowBytes;
    this.#parser = new Parser({
      ...csvOptions(delimiter),
      // Rows are collected here and never pass through the parser's own queue.
      on_record: (cells: readonly string[], info) => {
        this.#split.push({ cells, end: info.bytes });
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
    const mayHaveBareQuotes = this.#delimiter !== "," && complete.includes(QUOTE);
    const records: CsvRecord[] = [];
    for (const { cells, end } of found) {
      const from = this.#start - origin;
      const to = end - origin;
      if (to - from > this.#rowBytes) return { records, trouble: "too_long" };
      if (mayHaveBareQuotes && !quotesHold(this.#recordText(from, to), this.#delimiter)) {
        return { records, trouble: "quotes" };
      }
      records.push({
        cells,
        start: this.#start,
        end,
        isUtf8: isSoundText || isUtf8(complete.subarray(from, to)),
        isBlank: cells.length === 1 && cells[0] === "" && isLineEnd(complete[from]),
      });
      this.#start = end;
    }
    this.#held = this.#held.subarray(complete.length);
    if (this.#held.length > this.#rowBytes + LOOK_AHEAD_BYTES) return { records, trouble: "too_long" };
    return error ? { records, trouble: "quotes" } : { records };
  }

  #recordText(from: number, to: number): string {
    let end = to;
    if (this.#held[end - 1] === LF) end--;
    if (this.#held[end - 1] === CR && end > from) end--;
    return this.#held.toString("latin1", from, end);
  }
}

function isLineEnd(byte: number | undefined): boolean {
  return byte === LF || byte === CR;
}
