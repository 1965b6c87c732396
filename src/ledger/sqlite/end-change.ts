/**
 * Ends a change in SQLite: records its word, with which nothing more of it is sent, and gives up its claim.
 */
import type { Verdict } from "../ledger.ts";
import type { Run } from "../run.ts";
import { keepClaim, releaseClaim } from "./claims.ts";
import type { SqliteDatabase } from "./database.ts";
import { recordEnd } from "./ends.ts";

/** Only within a write. An unknown change keeps its claim. */
export function endChange(db: SqliteDatabase, run: Run, change: number, verdict: Verdict, atMs: number): void {
  recordEnd(db, run, change, verdict, atMs);
  if (verdict.word === "unknown") keepClaim(db, run, change);
  else releaseClaim(db, run, change);
}
