/**
 * Goes through the changes of a run in PostgreSQL in several transactions, so that other processes get their turn on a long file.
 */
import type { Run } from "../run.ts";
import type { Sql } from "./database.ts";
import { ofPage, pageValues } from "./of-page.ts";
import type { PostgresStore } from "./store.ts";

export const END_OF_BATCH = `SELECT max(change) AS last
  FROM (SELECT c.change FROM changes c WHERE ${ofPage("c")} ORDER BY c.change LIMIT $4) AS batch`;

/** Calls `act` within a write for the changes above `after` and up to `last`, until `to` is reached; so many at a time. */
export async function inBatches(
  store: PostgresStore,
  run: Run,
  { to, size }: { readonly to?: number; readonly size: number },
  act: (sql: Sql, after: number, last: number) => Promise<unknown>,
): Promise<void> {
  const batch = async (sql: Sql, after: number): Promise<number | null> => {
    const page = { after, limit: size, ...(to !== undefined && { to }) };
    const last = (await sql.get<{ last: number | null }>(END_OF_BATCH, ...pageValues(run, page)))?.last ?? null;
    if (last !== null) await act(sql, after, last);
    return last;
  };
  for (let after: number | null = 0; after !== null; ) {
    const from: number = after;
    after = await store.write((sql) => batch(sql, from));
  }
}
