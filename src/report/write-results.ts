/**
 * ResultRows in, results.csv and failed.csv out, with a copy of the latter for spreadsheet programs, and of the former if wanted, with the counts and
 * causes for the summary. Streams; holds no more than a page of rows.
 */
import { type FileHandle, open } from "node:fs/promises";
import { type Options, stringify } from "csv-stringify/sync";
import { emptyCounts, type Word, type WordCounts } from "../errors/words.ts";
import { FINGERPRINT_COLUMN, SPREADSHEET_COLUMN } from "../read/columns.ts";
import { fingerprintOf } from "../read/repaired/fingerprint.ts";
import { CauseTally, type CountedCause, type Note } from "./causes.ts";
import type { ReportPage } from "./page/report-page.ts";
import { type Repairs, RepairTally } from "./repairs.ts";
import { formatResult, originalColumns, RESULT_COLUMNS, type ResultRow } from "./result-row.ts";
import { formatKeptCell, formatSpreadsheetCell } from "./spreadsheet-cell.ts";

/**
 * What was written. `operations` counts by `kind=word`, each once; `operationsShown` counts them beside each row that has them; `lastAtMs` is the time of the
 * latest result, 0 for no rows.
 */
export interface Tally {
  readonly words: WordCounts;
  readonly rows: number;
  readonly causes: readonly CountedCause[];
  readonly notes: readonly Note[];
  readonly repairs: Repairs | null;
  readonly operations: Readonly<Record<string, number>>;
  readonly operationsShown: number;
  readonly lastAtMs: number;
}

/** Local paths; null for what is not wanted. */
export interface ResultPaths {
  readonly results: string;
  readonly failed: string | null;
  readonly failedSpreadsheet: string | null;
  readonly spreadsheet: string | null;
}

/** Rows to repair: held and unknown ones are released or settled, not repaired. */
const TO_REPAIR: readonly Word[] = ["invalid", "refused", "failed"];

/** A lone CR or LF is quoted as well: many readers take either for the end of the line. */
const EXACT: Options = { record_delimiter: "\r\n", quote_record_delimiter: true };
/** Everything in quotes, so that no blank is trimmed and no cell reaches beyond its own. */
const QUOTED: Options = { record_delimiter: "\r\n", quoted: true, quoted_empty: true };

/**
 * All files are made anew (0600). RFC 4180, UTF-8, CRLF, comma; the header is the input's, then the result columns, and `more` of them, and in
 * the two files that are given back a fingerprint. The copies for spreadsheets have a column that marks them, a byte order mark, and no cell
 * that a program would act on; that of the failed rows none either that a program would write anew. `page` is
 * given each row on the way.
 */
export async function writeResults(
  pages: AsyncIterable<readonly ResultRow[]>,
  header: readonly string[],
  paths: ResultPaths,
  more: readonly string[] = [],
  page?: ReportPage,
): Promise<Tally> {
  await using files = new AsyncDisposableStack();
  const create = async (path: string | null) => (path === null ? null : files.use(await open(path, "w", 0o600)));
  const [results, failed, copy] = [
    await create(paths.results),
    await create(paths.failed),
    await create(paths.failedSpreadsheet),
  ];
  const spreadsheet = await create(paths.spreadsheet);
  const columns = originalColumns(header);
  const titles = [...columns.map((index) => header[index] ?? ""), ...RESULT_COLUMNS, ...more];
  const marked = [...titles, SPREADSHEET_COLUMN].map(formatSpreadsheetCell);
  await writeLines(results, [titles], EXACT);
  await writeLines(failed, [[...titles, FINGERPRINT_COLUMN]], EXACT);
  // A program may leave out the empty cells at the end of a line, so the last one is never empty.
  await writeLines(copy, [[...marked, FINGERPRINT_COLUMN]], { ...QUOTED, bom: true });
  await writeLines(spreadsheet, [marked], { ...QUOTED, bom: true });

  const counts: Counts = { words: emptyCounts(), rows: 0, operations: {}, operationsShown: 0, lastAtMs: 0 };
  const causes = new CauseTally(header);
  const repairs = new RepairTally();
  for await (const rows of pages) {
    const lines = linesOf(rows, columns, header);
    await writeLines(results, lines.all, EXACT);
    await writeLines(failed, lines.failed, EXACT);
    await writeLines(copy, lines.copied, QUOTED);
    if (spreadsheet !== null)
      await writeLines(
        spreadsheet,
        lines.all.map((line) => [...line.map(formatSpreadsheetCell), ""]),
        QUOTED,
      );
    for (const row of rows) {
      countRow(counts, row);
      const names = causes.add(row);
      page?.add(row, names);
      repairs.add(row.issues);
    }
  }
  for (const file of [results, failed, copy, spreadsheet]) await file?.sync();
  return { ...counts, causes: causes.causes, notes: causes.notes, repairs: repairs.end() };
}

/** A page's lines for results.csv, failed.csv and the copy of the latter; `columns` are the places of the input's own cells. */
function linesOf(page: readonly ResultRow[], columns: readonly number[], header: readonly string[]) {
  const all = page.map((row) => formatResult(row, columns));
  const toRepair = page.flatMap((row, index) =>
    TO_REPAIR.includes(row.word) ? [{ line: all[index] ?? [], fingerprint: fingerprintOf(row.run, row, header) }] : [],
  );
  const safe = (cell: string, at: number) => (at < columns.length ? formatKeptCell(cell) : formatSpreadsheetCell(cell));
  return {
    all,
    failed: toRepair.map(({ line, fingerprint }) => [...line, fingerprint]),
    copied: toRepair.map(({ line, fingerprint }) => [...line.map(safe), "", fingerprint]),
  };
}

interface Counts {
  readonly words: Record<Word, number>;
  rows: number;
  readonly operations: Record<string, number>;
  operationsShown: number;
  lastAtMs: number;
}

function countRow(counts: Counts, { word, atMs, operations, isRepeat }: ResultRow): void {
  counts.rows += 1;
  counts.words[word] += 1;
  counts.lastAtMs = Math.max(counts.lastAtMs, atMs);
  counts.operationsShown += operations.length;
  if (isRepeat) return;
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
