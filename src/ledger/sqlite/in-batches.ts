/**
 * Goes through the changes of a run in SQLite in several transactions, so that other processes get their turn on a long file.
 */
import type { Run } from "../run.ts";
import type { SqliteStore } from "./store.ts";

const END_OF_BATCH = `SELECT max(change) AS last FROM
  (SELECT change FROM changes WHERE run = ? AND change > ? AND change <= ? ORDER BY change LIMIT ?)`;

/** Calls `act` within a write for the changes above `after` and up to `last`, until `to` is reached; so many at a time. */
export async function inBatches(
  store: SqliteStore,
  run: Run,
  { to = Number.MAX_SAFE_INTEGER, size }: { readonly to?: number; readonly size: number },
  act: (after: number, last: number) => void,
): Promise<void> {
  const batch = (after: number): number | null => {
    const last = store.db.get<{ last: number | null }>(END_OF_BATCH, run.no, after, to, size)?.last ?? null;
    if (last !== null) act(after, last);
    return last;
  };
  for (let after: number | null = 0; after !== null; ) {
    const from: number = after;
    after = await store.write(() => batch(from));
  }
}
