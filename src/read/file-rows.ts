/**
 * CSV records in, rows with their number, place and issues out; or why the file is rejected. Judges what records are to
 * each other (the trailer, blank lines, the halves of one row); what one record is on its own, `row/record-parser.ts` says.
 */
import { type Rejected, type Rejection, rejected } from "../errors/rejection.ts";
import { counted } from "../text/counted.ts";
import type { ParsedRow } from "./change.ts";
import { isBrokenRow } from "./csv/broken-row.ts";
import type { CsvRecord, Split } from "./csv/record-splitter.ts";
import { rejectStray, rejectUnsplittable } from "./csv/reject-unsplittable.ts";
import { isTrailer, readTrailer, rejectAfterTrailer } from "./csv/trailer.ts";
import type { LineEnds, Reading, ReadSettings, StatedTotals, Trailer } from "./reading.ts";
import { parseRow } from "./row/parse-row.ts";
import { type Numbered, RecordParser, rowAt, wholeRowInvalid } from "./row/record-parser.ts";

/** What a file says at its end: `rows` are those given, the sequence and what is stated of all rows are the trailer's. */
export interface RowsEnd {
  readonly kind: "end";
  readonly rows: number;
  readonly endsWithLineEnd: boolean;
  readonly sequence?: string;
  readonly stated?: StatedTotals;
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
  /** The last record, given once the one after it is known: it may be the trailer, or the half of a row. */
  #last: Numbered | undefined;
  /** The row that is the first half of it, and the one that is the second. */
  #firstHalf: number | undefined;
  #secondHalf: number | undefined;
  /** Where the blank lines after it begin, which are rows only if one more follows. */
  #blankOffsets: number[] = [];
  /** The last row, when its quotes leave its end to be confirmed by the row after it. */
  #stray: Numbered | undefined;

  constructor(reading: Reading, settings: ReadSettings, commonLineEnds: readonly LineEnds[]) {
    this.#reading = reading;
    this.#settings = settings;
    this.#parser = new RecordParser(reading, settings);
    this.#headerRow = reading.headerRow ?? 1;
    this.#trailer = settings.completeness?.trailer;
    this.#ownEnds = commonLineEnds;
    this.#row = Math.max(0, this.#headerRow - 1);
  }

  *take(split: Split): Generator<ParsedRow, Rejection | undefined> {
    for (const record of split.records) {
      if (isEndMark(record)) continue;
      const row = ++this.#row;
      this.#lineEnd = record.lineEnd;
      if (row === this.#headerRow) {
        if (record.lineEnd !== undefined) this.#ownEnds = [...this.#ownEnds, record.lineEnd];
        continue;
      }
      if (record.isBlank) {
        if (this.#blankOffsets.push(record.byteOffset) > this.#settings.limits.rows) return this.#rejectRows();
        continue;
      }
      const next = { record, row };
      const unfit = this.#judge(next);
      const given = this.#giveLast();
      if (given !== undefined) {
        if (given.kind === "rejected") return given.rejection;
        yield given;
      }
      if (unfit !== undefined) return unfit;
      if (this.#blankOffsets.length > 0) {
        const tooMany = yield* this.#giveBlanks(next);
        if (tooMany !== undefined) return tooMany;
      }
      this.#last = next;
    }
    return split.trouble && (yield* this.#stop(split.trouble));
  }

  /** After the last record. */
  *end(): Generator<ParsedRow, RowsEnd | Rejected> {
    let ofTrailer: Pick<RowsEnd, "sequence" | "stated"> = {};
    if (this.#trailer === undefined) {
      const given = this.#giveLast();
      if (given?.kind === "rejected") return given;
      if (given !== undefined) yield given;
    } else {
      const numbers = this.#reading.forms?.shapes?.numbers;
      const trailer = readTrailer(this.#last?.record, this.#last?.row ?? 0, this.#trailer, this.#rows, numbers);
      if (trailer.kind === "rejected") return trailer;
      const { kind: _, ...told } = trailer;
      ofTrailer = told;
    }
    if (this.#rows === 0 && this.#settings.headerOnly === "reject") return rejected(WITHOUT_ROWS);
    const endsWithLineEnd = this.#lineEnd !== undefined;
    return { kind: "end", rows: this.#rows, endsWithLineEnd, ...ofTrailer };
  }

  *#stop(trouble: NonNullable<Split["trouble"]>): Generator<ParsedRow, Rejection> {
    const given = this.#giveLast();
    if (given?.kind === "rejected") return given.rejection;
    if (given !== undefined) yield given;
    const row = this.#row + 1;
    const where = `row ${row}, which begins at byte ${trouble.byteOffset},`;
    return { ...rejectUnsplittable(trouble, where, this.#settings.limits.rowBytes), row };
  }

  /** Whether `next` and the last record are one row; and why it is in doubt where the last one ends, if it is. */
  #judge(next: Numbered): Rejection | undefined {
    const width = this.#reading.columns.length;
    const last = this.#last;
    const { record } = next;
    const stray = this.#stray;
    this.#stray = record.stray && next;
    if (this.#isTrailer(record)) {
      this.#secondHalf = undefined;
      return stray && findUnfit(stray, undefined, width);
    }
    const isBroken =
      last !== undefined && this.#blankOffsets.length === 0 && isBrokenRow(last.record, record, width, this.#ownEnds);
    this.#secondHalf = isBroken ? next.row : undefined;
    return stray && findUnfit(stray, next, width);
  }

  #isTrailer(record: CsvRecord): boolean {
    return this.#trailer !== undefined && isTrailer(record, this.#trailer);
  }

  #giveLast(): ParsedRow | Rejected | undefined {
    const last = this.#last;
    if (last === undefined) return undefined;
    const other = this.#secondHalf ?? this.#firstHalf;
    this.#last = undefined;
    this.#firstHalf = this.#secondHalf === undefined ? undefined : last.row;
    this.#secondHalf = undefined;
    if (this.#isTrailer(last.record)) return rejected(rejectAfterTrailer(last.row));
    if (this.#rows === this.#settings.limits.rows) return rejected(this.#rejectRows());
    this.#rows++;
    if (other !== undefined) {
      return wholeRowInvalid(
        last,
        "row_broken",
        `and row ${other} are one row, cut in two by a line end in an unquoted cell`,
      );
    }
    const { cells, lineEnd } = last.record;
    const isWhole = lineEnd !== undefined && cells.length === this.#reading.columns.length;
    if (isWhole && (this.#ownEnds.length !== 1 || this.#ownEnds[0] !== lineEnd)) this.#ownEnds = [lineEnd];
    return this.#parser.parse(last);
  }

  /** The blank lines before a record, as rows without values. Before the trailer they are at the end of the rows. */
  *#giveBlanks({ record, row }: Numbered): Generator<ParsedRow, Rejection | undefined> {
    const offsets = this.#blankOffsets;
    this.#blankOffsets = [];
    if (this.#isTrailer(record)) return undefined;
    const cells = this.#reading.columns.map(() => "");
    for (const [at, byteOffset] of offsets.entries()) {
      if (this.#rows === this.#settings.limits.rows) return this.#rejectRows();
      this.#rows++;
      yield parseRow({ row: row - offsets.length + at, byteOffset, cells }, this.#reading);
    }
    return undefined;
  }

  #rejectRows(): Rejection {
    return {
      code: "file_too_many_rows",
      message: `the file has more than ${counted(this.#settings.limits.rows, "row")}`,
      hint: "split the file, or raise limits.rows in the job",
    };
  }
}

/** U+001A behind the last line end, with which some systems end a file. NULs are no end: a copy that is not complete may have them. */
function isEndMark({ cells, lineEnd }: CsvRecord): boolean {
  return lineEnd === undefined && cells.length === 1 && cells[0] === "\u001a";
}

/** Why it is in doubt that the row `stray` ends where `next` begins, which is given unless it is the trailer. */
function findUnfit(stray: Numbered, next: Numbered | undefined, width: number): Rejection | undefined {
  const fits = ({ record }: Numbered) => (record.stray?.widths ?? [record.cells.length]).includes(width);
  const isItself = !fits(stray) && !stray.record.stray?.isEven;
  const unfit = isItself ? stray : next && !fits(next) ? next : undefined;
  if (unfit === undefined) return undefined;
  const has = `has ${counted(unfit.record.cells.length, "cell")} and the header has ${width}`;
  return { ...rejectStray(rowAt(stray), `${isItself ? "it" : `row ${unfit.row}`} ${has}`), row: stray.row };
}

const WITHOUT_ROWS: Rejection = {
  code: "file_without_rows",
  message: "the file has a header and no rows",
  hint: "export it again; or, if a day without changes looks like this, set headerOnly to accept in the job",
};
