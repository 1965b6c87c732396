/**
 * ResultRows in, results.csv and failed.csv out, and a copy for spreadsheet programs if wanted, with the counts and
 * causes for the summary. Streams; holds no more than a page of rows.
 */
import { type FileHandle, open } from "node:fs/promises";
import { type Options, stringify } from "csv-stringify/sync";
import { emptyCounts, type Word, type WordCounts } from "../errors/words.ts";
import { SPREADSHEET_COLUMN } from "../read/columns.ts";
import { CauseTally, type CountedCause, type Note } from "./causes.ts";
import type { ReportPage } from "./page/report-page.ts";
import { type Repairs, RepairTally } from "./repairs.ts";
import { formatResult, originalColumns, RESULT_COLUMNS, type ResultRow } from "./result-row.ts";
import { formatSpreadsheetCell } from "./spreadsheet-cell.ts";

/** What was written. `operations` counts by `kind=word`; `lastAtMs` is the time of the latest result, 0 for no rows. */
export interface Tally {
  readonly words: WordCounts;
  readonly rows: number;
  readonly causes: readonly CountedCause[];
  readonly notes: readonly Note[];
  readonly repairs: Repairs | null;
  readonly operations: Readonly<Record<string, number>>;
  readonly lastAtMs: number;
}

/** Local paths; `spreadsheet` is null when no such copy is wanted. */
export interface ResultPaths {
  readonly results: string;
  readonly failed: string;
  readonly spreadsheet: string | null;
}

/** Rows to repair (design §6): held and unknown ones are released or settled, not repaired. */
const TO_REPAIR: readonly Word[] = ["invalid", "refused", "failed"];

/** A lone CR or LF is quoted as well: many readers take either for the end of the line. */
const EXACT: Options = { record_delimiter: "\r\n", quote_record_delimiter: true };
/** Everything in quotes, so that no blank is trimmed and no cell reaches beyond its own. */
const SPREADSHEET: Options = {
  record_delimiter: "\r\n",
  quoted: true,
  quoted_empty: true,
  cast: { string: formatSpreadsheetCell },
};

/**
 * All files are made anew (0600). RFC 4180, UTF-8, CRLF, comma; the header is the input's, then the result columns, and `more` of them. The
 * spreadsheet copy has the same rows and columns, and one that marks it, with a byte order mark and without cells that a program would act on.
 * `page` is given each row on the way.
 */
export async function writeResults(
  pages: AsyncIterable<readonly ResultRow[]>,
  header: readonly string[],
  paths: ResultPaths,
  more: readonly string[] = [],
  page?: ReportPage,
): Promise<Tally> {
  await using results = await open(paths.results, "w", 0o600);
  await using failed = await open(paths.failed, "w", 0o600);
  await using spreadsheet = paths.spreadsheet === null ? null : await open(paths.spreadsheet, "w", 0o600);
  const columns = originalColumns(header);
  const titles = [...columns.map((index) => header[index] ?? ""), ...RESULT_COLUMNS, ...more];
  await writeLines(results, [titles], EXACT);
  await writeLines(failed, [titles], EXACT);
  await writeLines(spreadsheet, [[...titles, SPREADSHEET_COLUMN]], { ...SPREADSHEET, bom: true });

  const counts: Counts = { words: emptyCounts(), rows: 0, operations: {}, lastAtMs: 0 };
  const causes = new CauseTally(header);
  const repairs = new RepairTally();
  for await (const rows of pages) {
    const lines = rows.map((row) => formatResult(row, columns));
    const toRepair = lines.filter((_, index) => TO_REPAIR.includes(rows[index]?.word ?? "applied"));
    await writeLines(results, lines, EXACT);
    await writeLines(failed, toRepair, EXACT);
    const copies = spreadsheet === null ? [] : lines.map((line) => [...line, ""]);
    await writeLines(spreadsheet, copies, SPREADSHEET);
    for (const row of rows) {
      countRow(counts, row);
      const names = causes.add(row);
      page?.add(row, names);
      repairs.add(row.issues);
    }
  }
  for (const file of [results, failed, spreadsheet]) await file?.sync();
  return { ...counts, causes: causes.causes, notes: causes.notes, repairs: repairs.end() };
}

interface Counts {
  readonly words: Record<Word, number>;
  rows: number;
  readonly operations: Record<string, number>;
  lastAtMs: number;
}

function countRow(counts: Counts, { word, atMs, operations }: ResultRow): void {
  counts.rows += 1;
  counts.words[word] += 1;
  counts.lastAtMs = Math.max(counts.lastAtMs, atMs);
  for (const operation of operations) {
    const what = `${operation.kind}=${operation.word}`;
    counts.operations[what] = (counts.operations[what] ?? 0) + 1;
  }
}

async function writeLines(
  file: FileHandle | null,
  lines: readonly (readonly string[])[],
  options: Options,
): Promise<void> {
  if (file !== null && lines.length > 0) await file.writeFile(stringify(lines as string[][], options));
}
