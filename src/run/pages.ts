/**
 * Walks through the ledger in pages, so that memory never grows with the file.
 */

import type { Ledger, StoredResult } from "../ledger/ledger.ts";
import type { Run } from "../ledger/run.ts";

/** Rows and changes handled at a time. */
export const PAGE = 500;

type ReadPage<Item> = (page: { after: number; to?: number; limit: number }) => Promise<readonly Item[]>;

/** Where a walk begins and ends: above `after` and up to `to`, to the end without it. */
interface Span {
  readonly after: number;
  readonly to?: number;
}

/** Everything that `readPage` gives, in order of `numberOf`, item by item. */
export async function* walk<Item>(
  readPage: ReadPage<Item>,
  numberOf: (item: Item) => number,
  limit: number,
  span?: Span,
): AsyncGenerator<Item> {
  for await (const page of walkPages(readPage, numberOf, limit, span)) yield* page;
}

/** The same, page by page; no page is empty. */
export async function* walkPages<Item>(
  readPage: ReadPage<Item>,
  numberOf: (item: Item) => number,
  limit: number,
  span: Span = { after: 0 },
): AsyncGenerator<readonly Item[]> {
  for (let { after } = span; ; ) {
    const page = await readPage({ ...span, after, limit });
    if (page.length > 0) yield page;
    const last = page.at(-1);
    if (last === undefined || page.length < limit) return;
    after = numberOf(last);
  }
}

/** What became of every row of the run, page by page. */
export function walkResults({ rows }: Pick<Ledger, "rows">, run: Run): AsyncGenerator<readonly StoredResult[]> {
  return walkPages(
    (page) => rows.readResults(run, page),
    ({ source }) => source.row,
    PAGE,
  );
}
