/**
 * ResultRows in, results.csv and failed.csv out, with the counts and reasons that the summary tells. Streams; holds no
 * more than a page of rows.
 */
import { type FileHandle, open } from "node:fs/promises";
import { stringify } from "csv-stringify/sync";
import type { Code } from "../errors/registry.ts";
import { emptyCounts, type Word, type WordCounts } from "../errors/words.ts";
import { formatResult, originalColumns, RESULT_COLUMNS, type ResultRow } from "./result-row.ts";

export interface Reason {
  readonly word: Word;
  readonly code: Code;
  readonly count: number;
}

/** What was written. `operations` counts by `kind=word`; `lastAtMs` is the time of the latest result, 0 for no rows. */
export interface Tally {
  readonly words: WordCounts;
  readonly rows: number;
  readonly reasons: readonly Reason[];
  readonly operations: Readonly<Record<string, number>>;
  readonly lastAtMs: number;
}

/** Rows to repair (design §6): held and unknown ones are released or settled, not repaired. */
const TO_REPAIR: readonly Word[] = ["invalid", "refused", "failed"];

/** Both files are made anew (0600). RFC 4180, UTF-8, CRLF, comma; the header is the input's, then the result columns. */
export async function writeResults(
  pages: AsyncIterable<readonly ResultRow[]>,
  header: readonly string[],
  paths: { readonly results: string; readonly failed: string },
): Promise<Tally> {
  await using results = await open(paths.results, "w", 0o600);
  await using failed = await open(paths.failed, "w", 0o600);
  const columns = originalColumns(header);
  const titles = [...columns.map((index) => header[index] ?? ""), ...RESULT_COLUMNS];
  await writeLines(results, [titles]);
  await writeLines(failed, [titles]);

  const words = emptyCounts();
  const reasons = new Map<string, { word: Word; code: Code; count: number }>();
  const operations: Record<string, number> = {};
  let rows = 0;
  let lastAtMs = 0;
  for await (const page of pages) {
    const lines = page.map((row) => formatResult(row, columns));
    await writeLines(results, lines);
    await writeLines(
      failed,
      lines.filter((_, index) => TO_REPAIR.includes(page[index]?.word ?? "applied")),
    );
    for (const row of page) {
      rows += 1;
      words[row.word] += 1;
      lastAtMs = Math.max(lastAtMs, row.atMs);
      for (const code of new Set(row.issues.map((issue) => issue.code))) {
        const reason = reasons.get(`${row.word} ${code}`) ?? { word: row.word, code, count: 0 };
        reason.count += 1;
        reasons.set(`${row.word} ${code}`, reason);
      }
      for (const { kind, word } of row.operations)
        operations[`${kind}=${word}`] = (operations[`${kind}=${word}`] ?? 0) + 1;
    }
  }
  await results.sync();
  await failed.sync();
  const sorted = [...reasons.values()].sort((a, b) => b.count - a.count || (a.code < b.code ? -1 : 1));
  return { words, rows, reasons: sorted, operations, lastAtMs };
}

async function writeLines(file: FileHandle, lines: readonly (readonly string[])[]): Promise<void> {
  if (lines.length > 0) await file.writeFile(stringify(lines as string[][], { record_delimiter: "\r\n" }));
}
