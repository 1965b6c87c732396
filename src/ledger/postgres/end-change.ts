/**
 * Ends changes in PostgreSQL: records the word of each, with which nothing more of it is sent, and gives up its claim.
 */
import type { Sql } from "./database.ts";
import { type EndOfChange, recordEnds } from "./ends.ts";
import { releaseClaims, restClaims } from "./held-accounts.ts";

/** An unknown change keeps its claim. Throws as `recordEnds` does. */
export async function endChanges(sql: Sql, ends: readonly EndOfChange[]): Promise<void> {
  await recordEnds(sql, ends);
  const isUnknown = ({ verdict }: EndOfChange) => verdict.word === "unknown";
  await restClaims(sql, ends.filter(isUnknown), true);
  await releaseClaims(
    sql,
    ends.filter((end) => !isUnknown(end)),
  );
}
