/**
 * CSV records in, rows with their number, place and issues out; or why the file is rejected. Judges what records are to
 * each other (the trailer, blank lines, the halves of one row); what one is by itself, `parse-record.ts` says.
 */
import { counted } from "../counted.ts";
import { isBrokenRow } from "./broken-row.ts";
import type { ParsedRow } from "./change.ts";
import type { Rejection } from "./header.ts";
import type { LineEnds, Reading, ReadSettings, Trailer } from "./layout.ts";
import { type Numbered, RecordParser, rowAt, wholeRowInvalid } from "./parse-record.ts";
import { parseRow } from "./parse-row.ts";
import type { Split } from "./record-splitter.ts";
import { isTrailer, readTrailer, rejectAfterTrailer } from "./trailer.ts";
import { rejectStray, rejectTrouble } from "./trouble.ts";

/** What a file says at its end: `rows` are those given, the sequence is the trailer's. */
export interface FileEnd {
  readonly rows: number;
  readonly endsWithLineEnd: boolean;
  readonly sequence?: string;
}

/** A record that is given once the one after it is known: it may be the trailer, or the half of a row. */
interface Last extends Numbered {
  /** The row that is the first half of this one. */
  readonly firstHalf: number | undefined;
}

/** One file from its header's record on: counts its records, and keeps the last of them and the blank lines after it. */
export class FileRows {
  readonly #reading: Reading;
  readonly #settings: ReadSettings;
  readonly #parser: RecordParser;
  readonly #headerRow: number;
  readonly #trailer: Trailer | undefined;
  /** The CSV row of the last record seen, and what ended it. */
  #row: number;
  #lineEnd: LineEnds | undefined;
  /** What ended the last whole row; while there is none, what ended the header, and what is common in the file's beginning. */
  #ownEnds: readonly LineEnds[];
  #rows = 0;
  #last: Last | undefined;
  /** Where the blank lines after it begin, which are rows only if one more follows. */
  #blankOffsets: number[] = [];
  /** The last row, when its quotes leave its end to be confirmed by the row after it. */
  #stray: Numbered | undefined;

  constructor(reading: Reading, settings: ReadSettings, commonLineEnds: readonly LineEnds[]) {
    this.#reading = reading;
    this.#settings = settings;
    this.#parser = new RecordParser(reading, settings);
    this.#headerRow = reading.headerRow ?? 1;
    const { completeness } = settings;
    this.#trailer = completeness !== undefined && "trailer" in completeness ? completeness.trailer : undefined;
    this.#ownEnds = commonLineEnds;
    this.#row = Math.max(0, this.#headerRow - 1);
  }

  *take(split: Split): Generator<ParsedRow, Rejection | undefined> {
    for (const record of split.records) {
      const row = ++this.#row;
      this.#lineEnd = record.lineEnd;
      if (row === this.#headerRow) {
        if (record.lineEnd !== undefined) this.#ownEnds = [...this.#ownEnds, record.lineEnd];
        continue;
      }
      const rejection = record.isBlank ? this.#admitBlank(record.byteOffset) : yield* this.#admit({ record, row });
      if (rejection !== undefined) return rejection;
    }
    const { trouble } = split;
    if (trouble === undefined) return undefined;
    const row = this.#row + 1;
    const where = `row ${row}, which begins at byte ${trouble.byteOffset},`;
    return (yield* this.#giveLast()) ?? { ...rejectTrouble(trouble, where, this.#settings.limits.rowBytes), row };
  }

  /** After the last record. */
  *end(): Generator<ParsedRow, FileEnd | Rejection> {
    let told: { readonly sequence?: string } | Rejection = {};
    if (this.#trailer === undefined) {
      const rejection = yield* this.#giveLast();
      if (rejection !== undefined) return rejection;
    } else {
      told = readTrailer(this.#last?.record, this.#last?.row ?? 0, this.#trailer, this.#rows);
    }
    if ("code" in told) return told;
    if (this.#rows === 0 && this.#settings.headerOnly === "reject") return WITHOUT_ROWS;
    return { rows: this.#rows, endsWithLineEnd: this.#lineEnd !== undefined, ...told };
  }

  #admitBlank(byteOffset: number): Rejection | undefined {
    const { rows } = this.#settings.limits;
    return this.#blankOffsets.push(byteOffset) > rows ? rejectRows(rows) : undefined;
  }

  *#admit(next: Numbered): Generator<ParsedRow, Rejection | undefined> {
    const width = this.#reading.columns.length;
    const { record, row } = next;
    const isTrailerHere = this.#trailer !== undefined && isTrailer(record, this.#trailer);
    const unfit = this.#stray && findUnfit(this.#stray, next, width, isTrailerHere);
    if (unfit !== undefined) return (yield* this.#giveLast()) ?? unfit;
    this.#stray = record.stray && next;
    const last = this.#last;
    const isSecondHalf =
      last !== undefined &&
      this.#blankOffsets.length === 0 &&
      !isTrailerHere &&
      isBrokenRow(last.record, record, width, this.#ownEnds);
    const rejection = yield* this.#giveLast(isSecondHalf ? row : undefined);
    if (rejection !== undefined) return rejection;
    // Before the trailer, blank lines are at the end of the rows.
    if (isTrailerHere) this.#blankOffsets = [];
    const tooMany = yield* this.#giveBlanks(row);
    this.#last = { ...next, firstHalf: isSecondHalf ? last.row : undefined };
    return tooMany;
  }

  *#giveLast(secondHalf?: number): Generator<ParsedRow, Rejection | undefined> {
    const last = this.#last;
    if (last === undefined) return undefined;
    this.#last = undefined;
    if (this.#trailer !== undefined && isTrailer(last.record, this.#trailer)) return rejectAfterTrailer(last.row);
    const other = secondHalf ?? last.firstHalf;
    const { cells, lineEnd } = last.record;
    if (other === undefined && lineEnd !== undefined && cells.length === this.#reading.columns.length) {
      this.#ownEnds = [lineEnd];
    }
    const parsed =
      other === undefined
        ? this.#parser.parse(last)
        : wholeRowInvalid(last, "row_broken", `and row ${other} are one row, cut in two by a lone line end`);
    if ("code" in parsed) return parsed;
    return yield* this.#give(parsed);
  }

  /** The blank lines before `row`, as rows without values. */
  *#giveBlanks(row: number): Generator<ParsedRow, Rejection | undefined> {
    const offsets = this.#blankOffsets;
    if (offsets.length === 0) return undefined;
    this.#blankOffsets = [];
    const cells = this.#reading.columns.map(() => "");
    for (const [at, byteOffset] of offsets.entries()) {
      const source = { row: row - offsets.length + at, byteOffset, cells };
      const rejection = yield* this.#give(parseRow(source, this.#reading));
      if (rejection !== undefined) return rejection;
    }
    return undefined;
  }

  *#give(parsed: ParsedRow): Generator<ParsedRow, Rejection | undefined> {
    if (this.#rows === this.#settings.limits.rows) return rejectRows(this.#rows);
    this.#rows++;
    yield parsed;
    return undefined;
  }
}

/** Why it is in doubt that the row `stray` ends where `next` begins. */
function findUnfit(stray: Numbered, next: Numbered, width: number, isTrailerHere: boolean): Rejection | undefined {
  const fits = ({ record }: Numbered) => (record.stray?.widths ?? [record.cells.length]).includes(width);
  const unfit = !fits(stray) && !stray.record.stray?.isEven ? stray : !fits(next) && !isTrailerHere ? next : undefined;
  if (unfit === undefined) return undefined;
  const has = `has ${counted(unfit.record.cells.length, "cell")} where the header has ${width}`;
  return { ...rejectStray(rowAt(stray), `${unfit === stray ? "it" : `row ${next.row}`} ${has}`), row: stray.row };
}

const WITHOUT_ROWS: Rejection = {
  code: "file_without_rows",
  message: "the file has a header and no rows",
  hint: "export it again; or set headerOnly to accept in the job, if a day without changes looks so",
};

function rejectRows(limit: number): Rejection {
  return {
    code: "file_too_many_rows",
    message: `the file has more than ${counted(limit, "row")}`,
    hint: "split the file, or raise limits.rows in the job",
  };
}
