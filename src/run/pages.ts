/**
 * Walks through the ledger in pages, so that memory never grows with the file.
 */

/** Rows and changes handled at a time. */
export const PAGE = 500;

type ReadPage<Item> = (page: { after: number; limit: number }) => Promise<readonly Item[]>;

/** Everything that `readPage` gives, in order of `numberOf`, item by item. */
export async function* walk<Item>(
  readPage: ReadPage<Item>,
  numberOf: (item: Item) => number,
  limit: number,
): AsyncGenerator<Item> {
  for await (const page of walkPages(readPage, numberOf, limit)) yield* page;
}

/** The same, page by page; no page is empty. */
export async function* walkPages<Item>(
  readPage: ReadPage<Item>,
  numberOf: (item: Item) => number,
  limit: number,
): AsyncGenerator<readonly Item[]> {
  for (let after = 0; ; ) {
    const page = await readPage({ after, limit });
    if (page.length > 0) yield page;
    const last = page.at(-1);
    if (last === undefined || page.length < limit) return;
    after = numberOf(last);
  }
}
