/**
 * Whether a ledger in PostgreSQL is whole: every row can be read, and belongs to something. Its pages are checked by the server.
 */
import type { IntegrityLedger, IntegrityProblem } from "../ledger.ts";
import { ORPHANS, orphanProblem } from "../sql/orphans.ts";
import type { PostgresStore } from "./store.ts";

export function postgresIntegrity({ sql }: PostgresStore): IntegrityLedger {
  return {
    async check() {
      const problems: IntegrityProblem[] = [];
      for (const one of ORPHANS)
        problems.push(...orphanProblem(one, (await sql.get<{ counted: number }>(one.sql))?.counted ?? 0));
      return problems;
    },
  };
}
