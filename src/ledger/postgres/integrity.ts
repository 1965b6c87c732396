/**
 * Whether a ledger in PostgreSQL is whole: every row can be read, and belongs to something. Of its pages it says what
 * the server has met by itself.
 */

import { counted } from "../../text/counted.ts";
import type { IntegrityLedger, IntegrityProblem } from "../ledger.ts";
import { ORPHANS, orphanProblem } from "../sql/orphans.ts";
import type { PostgresStore } from "./store.ts";

/** An index that a failed build has left is not looked into, and forbids nothing. */
const UNUSABLE = `SELECT c.relname AS index, t.relname AS "table" FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
  JOIN pg_class t ON t.oid = i.indrelid JOIN pg_namespace n ON n.oid = t.relnamespace
  WHERE n.nspname = current_schema() AND NOT (i.indisvalid AND i.indisready) ORDER BY c.relname`;

/** Pages of the whole database that were not as they were written; NULL where the server keeps no checksums. */
const DAMAGED =
  "SELECT CAST(coalesce(checksum_failures, 0) AS integer) AS counted FROM pg_stat_database WHERE datname = current_database()";

export function postgresIntegrity({ sql }: PostgresStore): IntegrityLedger {
  return {
    async check() {
      const problems: IntegrityProblem[] = [];
      for (const one of ORPHANS)
        problems.push(...orphanProblem(one, (await sql.get<{ counted: number }>(one.sql))?.counted ?? 0));
      for (const { index, table } of await sql.all<{ index: string; table: string }>(UNUSABLE))
        problems.push({ table, problem: `the index ${index} is not whole; REINDEX makes it anew` });
      const pages = (await sql.get<{ counted: number }>(DAMAGED))?.counted ?? 0;
      if (pages > 0)
        problems.push({
          table: "",
          problem: `the server has met ${counted(pages, "page")} of the database that failed the checksum`,
        });
      return problems;
    },
  };
}
