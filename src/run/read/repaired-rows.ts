/**
 * Compares rows of a results file that is fed in again with what the ledger has of them. A page of rows in, the same rows out;
 * those that were added, name another account or have edits that nobody allowed are invalid. One look-up for each earlier
 * run and page.
 */
import { isAscii } from "node:buffer";
import { FatalError } from "../../errors/fatal-error.ts";
import type { Issue } from "../../errors/issue.ts";
import { isSameBank, type Run } from "../../ledger/run.ts";
import type { ParsedRow, Provenance } from "../../read/change.ts";
import { FINGERPRINT_COLUMN, PROVENANCE_COLUMNS, SPREADSHEET_COLUMN } from "../../read/columns.ts";
import type { Reading } from "../../read/reading.ts";
import { changedSince, fingerprintOf } from "../../read/repaired/fingerprint.ts";
import { judgeRepairedRow, type Origin } from "../../read/repaired/judge-repaired-row.ts";
import { parseRow } from "../../read/row/parse-row.ts";
import { counted } from "../../text/counted.ts";
import type { RunContext } from "../context.ts";
import { withFileColumn } from "../report/with-file-column.ts";

/** One file's. */
export class RepairedRows {
  readonly #context: RunContext;
  readonly #run: Run;
  readonly #reading: Reading;
  readonly #isOfResults: boolean;
  /** Whether each cell may have an apostrophe in front that is no part of it. */
  readonly #isCopy: boolean;
  readonly #fingerprintAt: number;
  /** The earlier runs that the rows name; null for one that the ledger does not know, or knows of another bank. */
  readonly #runs = new Map<string, Run | null>();
  /** Which rows of each have come: a bit for each number. */
  readonly #seen = new Map<string, Uint8Array>();
  #unknown = 0;
  #changed = 0;

  constructor(context: RunContext, run: Run, reading: Reading) {
    this.#context = context;
    this.#run = run;
    this.#reading = reading;
    this.#isCopy = reading.header.includes(SPREADSHEET_COLUMN);
    this.#fingerprintAt = reading.header.indexOf(FINGERPRINT_COLUMN);
    this.#isOfResults = reading.columns.some((column) => column !== null && PROVENANCE_COLUMNS.includes(column));
  }

  /** After the last page: prints how many rows could not be compared, since this ledger does not know the runs that they came from. */
  noteUnknown(): void {
    const [rows, cells] = [counted(this.#unknown, "row"), counted(this.#changed, "cell")];
    const changed = this.#changed === 0 ? "" : `, though ${cells} of them changed since they were given out`;
    if (this.#unknown > 0)
      this.#context.progress.note(`${rows} of runs that this ledger does not know: taken as given${changed}`);
  }

  async judge(rows: readonly ParsedRow[]): Promise<readonly ParsedRow[]> {
    if (!this.#isOfResults) return rows;
    const given = this.#isCopy ? rows.map((row) => this.#withoutApostrophes(row)) : rows;
    const named = given.flatMap(({ provenance }) => (provenance === undefined ? [] : [provenance]));
    const origins = new Map<string, Origin>();
    for (const [id, of] of Map.groupBy(named, ({ run }) => run)) {
      const from = await this.#find(id);
      if (from === null) continue;
      const found = await this.#context.ledger.rows.readOrigins(
        from,
        of.map(({ row }) => row),
      );
      for (const { source, issues } of found) {
        const inFile = issues.map((issue) => withFileColumn(issue, from.reading));
        if (from.reading !== null)
          origins.set(`${id} ${source.row}`, { source, issues: inFile, run: id, reading: from.reading });
      }
    }
    return given.map((row) => this.#judgeRow(row, origins));
  }

  #judgeRow(row: ParsedRow, origins: ReadonlyMap<string, Origin>): ParsedRow {
    const { provenance, source } = row;
    // What could not be split into cells, or is blank, says nothing of where it came from.
    if (source.cells === null || row.kind === "skipped") return row;
    if (provenance === undefined) return added(row, "the row has no number of an earlier run's row");
    const { run, row: number } = provenance;
    const fingerprint = source.cells[this.#fingerprintAt] ?? "";
    if (this.#runs.get(run) === null) {
      this.#unknown += 1;
      this.#changed += changedSince(fingerprint, run, { ...source, row: number }, this.#reading.header).length;
      return this.#withCertainLetters(row, null);
    }
    const origin = origins.get(`${run} ${number}`);
    if (origin === undefined) return added(row, `run ${run} has no row ${number}`);
    if (origin.issues.some(({ code }) => code === "row_added"))
      return added(row, `row ${number} of run ${run} was added`);
    if (fingerprint.trim() !== "" && fingerprint.trim() !== fingerprintOf(run, origin.source, origin.reading.header))
      return added(row, `the row has the numbers of row ${number} of run ${run}, and the fingerprint of another`);
    if (this.#hasCome(provenance)) return added(row, `row ${number} of run ${run} is in the file more than once`);
    return this.#withCertainLetters(judgeRepairedRow(row, this.#reading, origin, this.#run.allowEdit ?? []), origin);
  }

  /** Where the encoding is no more than likely, only letters that were given out are certain. */
  #withCertainLetters(row: ParsedRow, origin: Origin | null): ParsedRow {
    const { encoding, header, columns } = this.#reading;
    if (encoding !== "windows-1252") return row;
    const issues = columns.flatMap((column, at): Issue[] => {
      const cell = row.source.cells?.[at] ?? "";
      const had = origin?.source.cells?.[origin.reading.columns.indexOf(column)];
      if (column === null || isAscii(Buffer.from(cell)) || cell === had) return [];
      const message = "the file is not UTF-8, so the letters of this cell are not certain: save it as CSV UTF-8";
      return [{ code: "row_undecodable", column: header[at] ?? "", message }];
    });
    if (issues.length === 0) return row;
    const others = row.kind === "desired" ? (row.notes ?? []) : row.issues;
    const from = row.provenance === undefined ? {} : { provenance: row.provenance };
    return { kind: "invalid", source: row.source, issues: [...issues, ...others], ...from };
  }

  #withoutApostrophes(row: ParsedRow): ParsedRow {
    const { cells } = row.source;
    if (cells === null || !cells.some((cell) => cell.startsWith("'"))) return row;
    return parseRow({ ...row.source, cells: cells.map((cell) => cell.replace(/^'/, "")) }, this.#reading);
  }

  async #find(id: string): Promise<Run | null> {
    const known = this.#runs.get(id);
    if (known !== undefined) return known;
    const from = await this.#context.ledger.runs.find(id).catch(noneOfThatId);
    // `find` also accepts the beginning of an id, and a cell must have the whole id.
    const isKnown = from?.id === id && from.reading !== null && isSameBank(from.bank, this.#run.bank);
    const found = isKnown ? from : null;
    this.#runs.set(id, found);
    return found;
  }

  /** Only for a row that the run has, so the numbers are no larger than a file's. */
  #hasCome({ run, row }: Provenance): boolean {
    const at = row >> 3;
    let bits = this.#seen.get(run) ?? new Uint8Array(1024);
    if (at >= bits.length) {
      const larger = new Uint8Array(Math.max(2 * bits.length, at + 1));
      larger.set(bits);
      bits = larger;
    }
    this.#seen.set(run, bits);
    const bit = 1 << (row & 7);
    const hasCome = ((bits[at] ?? 0) & bit) !== 0;
    bits[at] = (bits[at] ?? 0) | bit;
    return hasCome;
  }
}

function added(row: ParsedRow, why: string): ParsedRow {
  const message = `${why}: rows may be taken out of results that are given back, and not added`;
  const others = row.kind === "invalid" ? row.issues : [];
  return { kind: "invalid", source: row.source, issues: [{ code: "row_added", column: "", message }, ...others] };
}

/** A cell that is the beginning of two ids names no run; other errors of the ledger are thrown. */
function noneOfThatId(error: unknown): undefined {
  if (!(error instanceof FatalError) || error.code !== "run_not_found") throw error;
}
