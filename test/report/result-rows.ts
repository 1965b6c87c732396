/**
 * ResultRows and operations in one line each, and the files that a few pages of them become.
 */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "csv-parse/sync";
import type { Issue } from "../../src/errors/issue.ts";
import type { OperationKind } from "../../src/plan/operation.ts";
import type { OperationResult, ResultRow } from "../../src/report/result-row.ts";
import { type Tally, writeResults } from "../../src/report/write-results.ts";

export const AT_MS = Date.UTC(2025, 0, 15, 12);

export function issue(code: Issue["code"], column = ""): Issue {
  return { code, column, message: `${code} happened.` };
}

export function operation(kind: OperationKind, word: string, over: Partial<OperationResult> = {}): OperationResult {
  return { kind, word, httpStatus: 200, attempts: 1, key: `key-${kind}`, body: "", ...over };
}

export function resultRow(row: number, over: Partial<ResultRow> = {}): ResultRow {
  return {
    row,
    cells: [`account_${row}`, "Card"],
    byteOffset: row * 10,
    word: "unchanged",
    accountId: `account_${row}`,
    operations: [],
    differences: [],
    resolutions: [],
    issues: [],
    drift: null,
    run: "run-1",
    atMs: AT_MS,
    ...over,
  };
}

export const HEADER: readonly string[] = ["account_id", "product_name"];

export interface Written {
  readonly tally: Tally;
  /** As on the disk. */
  readonly results: Buffer;
  readonly failed: Buffer;
  readonly failedSpreadsheet: Buffer;
  readonly spreadsheet: Buffer;
}

/** Writes the pages to all three files in a folder of its own, and reads them back. */
export async function writePages(
  pages: readonly (readonly ResultRow[])[],
  header: readonly string[] = HEADER,
): Promise<Written> {
  const folder = await mkdtemp(join(tmpdir(), "tieout-report-"));
  try {
    const paths = {
      results: join(folder, "results.csv"),
      failed: join(folder, "failed.csv"),
      failedSpreadsheet: join(folder, "failed.spreadsheet.csv"),
      spreadsheet: join(folder, "results.spreadsheet.csv"),
    };
    const tally = await writeResults(oneByOne(pages), header, paths);
    const [results, failed, failedSpreadsheet, spreadsheet] = await Promise.all([
      readFile(paths.results),
      readFile(paths.failed),
      readFile(paths.failedSpreadsheet),
      readFile(paths.spreadsheet),
    ]);
    return { tally, results, failed, failedSpreadsheet, spreadsheet };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** All lines of a CSV file, the header among them. */
export function parseLines(bytes: Buffer): string[][] {
  return parse(bytes, { bom: true, record_delimiter: "\r\n" }) as string[][];
}

/** The lines below the header, by column name. */
export function parseRows(bytes: Buffer): Record<string, string>[] {
  return parse(bytes, { bom: true, columns: true, record_delimiter: "\r\n" }) as Record<string, string>[];
}

export async function* oneByOne<T>(pages: readonly T[]): AsyncGenerator<T> {
  yield* pages;
}
