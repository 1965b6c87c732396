/**
 * Compares rows of a results file that is fed in again with what the ledger has of them. A page of rows in, the same rows out;
 * those that were added, name another account or have edits that nobody allowed are invalid. One look-up for each earlier
 * run and page.
 */
import { isAscii } from "node:buffer";
import { hash } from "node:crypto";
import type { Issue } from "../../errors/issue.ts";
import { isSameBank, type Run } from "../../ledger/run.ts";
import type { ParsedRow, Provenance } from "../../read/change.ts";
import { FINGERPRINT_COLUMN, PROVENANCE_COLUMNS, SPREADSHEET_COLUMN } from "../../read/columns.ts";
import type { Reading } from "../../read/reading.ts";
import { fingerprintOf } from "../../read/repaired/fingerprint.ts";
import { judgeRepairedRow, type Origin } from "../../read/repaired/judge-repaired-row.ts";
import { judgeUnknownRow } from "../../read/repaired/judge-unknown-row.ts";
import { readsOtherwise } from "../../read/repaired/reads-otherwise.ts";
import { ABOUT_REPAIR } from "../../read/repaired/under-repair.ts";
import { writtenProvenance } from "../../read/repaired/written-provenance.ts";
import { parseRow } from "../../read/row/parse-row.ts";
import { counted } from "../../text/counted.ts";
import { toLine } from "../../text/to-line.ts";
import type { RunContext } from "../context.ts";
import { findNamedRun } from "../find-named-run.ts";
import { withFileColumn } from "../report/with-file-column.ts";

/** A row of an earlier run, with the job and the reading under which its cells were written. */
interface KnownOrigin extends Origin {
  readonly meant: { readonly run: Run; readonly reading: Reading };
}

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
  /** What each row that has come was like, as a hash by its number; 0 for none. */
  readonly #seen = new Map<string, Uint32Array>();
  #taken = 0;
  #changed = 0;
  #doubted = 0;

  constructor(context: RunContext, run: Run, reading: Reading) {
    this.#context = context;
    this.#run = run;
    this.#reading = reading;
    this.#isCopy = reading.header.includes(SPREADSHEET_COLUMN);
    this.#fingerprintAt = reading.header.indexOf(FINGERPRINT_COLUMN);
    const has = (column: string) => reading.header.includes(column);
    this.#isOfResults = [...PROVENANCE_COLUMNS, FINGERPRINT_COLUMN, SPREADSHEET_COLUMN].some(has);
  }

  /** After the last page: prints how many rows could not be compared, since this ledger does not know the runs that they came from. */
  noteUnknown(): void {
    const { progress } = this.#context;
    const of = "of runs that this ledger does not know";
    const changed =
      this.#changed === 0 ? "" : `, though ${counted(this.#changed, "cell")} of them changed since they were given out`;
    if (this.#taken > 0) progress.note(`${counted(this.#taken, "row")} ${of}: taken as given${changed}`);
    if (this.#doubted > 0)
      progress.note(
        `${counted(this.#doubted, "row")} ${of}: invalid, since cells changed that were not to be repaired`,
      );
  }

  async judge(rows: readonly ParsedRow[]): Promise<readonly ParsedRow[]> {
    if (!this.#isOfResults) return rows;
    const given = (this.#isCopy ? rows.map((row) => this.#withoutApostrophes(row)) : rows).map((row) =>
      this.#withNumbers(row),
    );
    const named = given.flatMap(({ provenance }) => (provenance === undefined ? [] : [provenance]));
    const origins = await this.#readOrigins(named);
    return given.map((row) => this.#judgeRow(row, origins));
  }

  /** By run and row; those of runs that the ledger does not know are not there. */
  async #readOrigins(named: readonly Provenance[]): Promise<ReadonlyMap<string, KnownOrigin>> {
    const origins = new Map<string, KnownOrigin>();
    for (const [id, of] of Map.groupBy(named, ({ run }) => run)) {
      const from = await this.#find(id);
      if (from === null || from.reading === null) continue;
      const { reading } = from;
      const numbers = [...new Set(of.map(({ row }) => row))];
      const found = await this.#context.ledger.rows.readOrigins(from, numbers);
      // It may have been pruned since the page before.
      if (found.some(({ source }) => source.cells === null)) await this.#findAgain(id);
      for (const { source, issues } of found) {
        const inFile = issues.map((issue) => withFileColumn(issue, reading));
        origins.set(`${id} ${source.row}`, { source, issues: inFile, run: id, reading, meant: { run: from, reading } });
      }
    }
    await this.#addWhatWasWrongBefore(origins);
    return origins;
  }

  /** A row in which only an earlier repair was wrong still has to be repaired where it was wrong before that. */
  async #addWhatWasWrongBefore(origins: Map<string, KnownOrigin>): Promise<void> {
    const before = new Map<string, Provenance>();
    for (const [name, { source, reading, issues }] of origins) {
      const cellAt = (column: string) => source.cells?.[reading.columns.indexOf(column)] ?? "";
      const from = writtenProvenance(cellAt("result_run"), cellAt("result_row"));
      const isOnlyRepair = issues.length > 0 && issues.every(({ code }) => ABOUT_REPAIR.includes(code));
      if (isOnlyRepair && from !== null && !issues.some(({ code }) => code === "row_added")) before.set(name, from);
    }
    if (before.size === 0) return;
    const earlier = await this.#readOrigins([...before.values()]);
    for (const [name, { run, row }] of before) {
      const [origin, first] = [origins.get(name), earlier.get(`${run} ${row}`)];
      if (origin !== undefined && first !== undefined)
        origins.set(name, { ...origin, issues: [...origin.issues, ...first.issues], meant: first.meant });
    }
  }

  #judgeRow(row: ParsedRow, origins: ReadonlyMap<string, KnownOrigin>): ParsedRow {
    const { provenance, source } = row;
    // What could not be split into cells, or is blank, says nothing of where it came from.
    if (source.cells === null || row.kind === "skipped") return row;
    if (provenance === undefined) return added(row, this.#whyNone());
    const { run, row: number } = provenance;
    if ((this.#runs.get(run) ?? null) === null) return this.#judgeUnknown(row, provenance);
    const origin = origins.get(`${run} ${number}`);
    if (this.#runs.get(run)?.prunedAtMs && (origin === undefined || origin.source.cells === null))
      return pruned(row, provenance);
    if (origin === undefined) return added(row, `run ${run} has no row ${number}`);
    if (origin.issues.some(({ code }) => code === "row_added"))
      return added(row, `row ${number} of run ${run} was added`);
    const fingerprint = (source.cells[this.#fingerprintAt] ?? "").trim();
    if (fingerprint !== "" && fingerprint !== fingerprintOf(run, origin.source, origin.reading.header))
      return added(row, `the row has the numbers of row ${number} of run ${run}, and the fingerprint of another`);
    if (this.#hasCome(provenance, source.cells))
      return added(row, `row ${number} of run ${run} is in the file more than once`);
    const { meant } = origin;
    const column = meant.run.job === this.#run.job ? null : readsOtherwise(source, this.#reading, meant.reading);
    if (column !== null) return otherwise(row, column, meant.run);
    const from = meant.reading.source;
    if (from !== undefined && from !== this.#reading.source) return ofOther(row, meant.run, from);
    return this.#withCertainLetters(judgeRepairedRow(row, this.#reading, origin, this.#run.allowEdit ?? []), origin);
  }

  #judgeUnknown(given: ParsedRow, provenance: Provenance): ParsedRow {
    const { row, changed } = judgeUnknownRow(given, provenance, this.#reading, this.#run.allowEdit ?? []);
    const isDoubted =
      row.kind === "invalid" && row.issues.some(({ code }) => code === "cell_unproven" || code === "key_unproven");
    if (isDoubted) this.#doubted += 1;
    else {
      this.#taken += 1;
      this.#changed += changed;
    }
    return this.#withCertainLetters(row, null);
  }

  /** The row with its numbers as a program may have written them; only beside a fingerprint, which has to prove them. */
  #withNumbers(row: ParsedRow): ParsedRow {
    const { cells } = row.source;
    if (row.provenance !== undefined || cells === null || row.kind === "skipped") return row;
    const [run = "", number = ""] = PROVENANCE_COLUMNS.map((name) => cells[this.#reading.columns.indexOf(name)]);
    const provenance = (cells[this.#fingerprintAt] ?? "").trim() === "" ? null : writtenProvenance(run, number);
    return provenance === null ? row : { ...row, provenance };
  }

  #whyNone(): string {
    const [missing] = PROVENANCE_COLUMNS.filter((column) => !this.#reading.columns.includes(column));
    return missing === undefined
      ? "the row has no number of an earlier run's row"
      : `the column ${missing} was taken out, so the row has no number of an earlier run's row`;
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
    const from = await findNamedRun(this.#context.ledger, id);
    const isKnown = from !== undefined && from.reading !== null && isSameBank(from.bank, this.#run.bank);
    const found = isKnown ? from : null;
    this.#runs.set(id, found);
    return found;
  }

  async #findAgain(id: string): Promise<void> {
    this.#runs.delete(id);
    await this.#find(id);
  }

  /**
   * Whether the same row has come before with the same cells: of two that differ nobody knows which is meant, so both go on, and contradict
   * each other. Only for a row that the run has, so the numbers are no larger than a file's.
   */
  #hasCome({ run, row }: Provenance, cells: readonly string[]): boolean {
    let seen = this.#seen.get(run) ?? new Uint32Array(1024);
    if (row >= seen.length) {
      const larger = new Uint32Array(Math.max(2 * seen.length, row + 1));
      larger.set(seen);
      seen = larger;
    }
    this.#seen.set(run, seen);
    const print = Number.parseInt(hash("sha256", JSON.stringify(cells)).slice(0, 8), 16) || 1;
    const hasCome = seen[row] === print;
    seen[row] = print;
    return hasCome;
  }
}

function added(row: ParsedRow, why: string): ParsedRow {
  const message = `${why}: rows may be taken out of results that are given back, and not added`;
  return refused(row, { code: "row_added", column: "", message });
}

function pruned(row: ParsedRow, { run, row: number }: Provenance): ParsedRow {
  const message = `the ledger no longer has the values of row ${number} of run ${run}, so the row cannot be compared with it`;
  return refused(row, { code: "original_pruned", column: "", message });
}

function refused(row: ParsedRow, issue: Issue): ParsedRow {
  return { kind: "invalid", source: row.source, issues: [issue, ...(row.kind === "invalid" ? row.issues : [])] };
}

function otherwise(row: ParsedRow, column: string, { id, job }: Run): ParsedRow {
  const message = `run ${id} of the job ${toLine(job)} reads this column in another way than this job`;
  const from = row.provenance === undefined ? {} : { provenance: row.provenance };
  return { kind: "invalid", source: row.source, issues: [{ code: "read_otherwise", column, message }], ...from };
}

function ofOther(row: ParsedRow, { id, job }: Run, source: string): ParsedRow {
  const message = `run ${id} of the job ${toLine(job)} has read the row as one of its source ${source}: give such rows back in a file of their own, to that job`;
  const from = row.provenance === undefined ? {} : { provenance: row.provenance };
  return { kind: "invalid", source: row.source, issues: [{ code: "read_otherwise", column: "", message }], ...from };
}
