/**
 * Sendings in PostgreSQL: one row for each operation that was ever sent, with what became of it; an operation without one is planned. What is
 * planned or being sent in a change that has ended is skipped, or unknown.
 */
import type { SentAt } from "../../apply/sent-at.ts";
import type { Run } from "../run.ts";
import { isUnsettled } from "../sql/conditions.ts";
import { internal } from "../sql/errors.ts";
import type { Sql } from "./database.ts";
import { runForAll } from "./run-for-all.ts";

/** $1 run, $2 change, $3 step, $4 and $5 when by our clock and by the bank's. */
const SEND = `INSERT INTO sendings (run, change, step, state, attempts, first_at, first_bank_at, last_at)
  SELECT run, change, step, 'sending', 1, our_at, bank_at, our_at
  FROM unnest($1::integer[], $2::integer[], $3::integer[], $4::bigint[], $5::bigint[]) AS o (run, change, step, our_at, bank_at)
  ORDER BY run, change, step
  ON CONFLICT (run, change, step) DO UPDATE SET state = 'sending', attempts = sendings.attempts + 1, last_at = excluded.last_at,
    first_bank_at = CASE WHEN sendings.first_at IS NULL THEN excluded.first_bank_at ELSE sendings.first_bank_at END,
    first_at = coalesce(sendings.first_at, excluded.first_at)
  WHERE ${isUnsettled("sendings")}`;

export interface Sending {
  readonly run: Run;
  readonly change: number;
  readonly step: number;
  readonly at: SentAt;
}

/** Throws when an operation has been settled, which undoes the transaction: the writer then performs each write apart. */
export async function recordSent(sql: Sql, sendings: readonly Sending[]): Promise<void> {
  const rows = sendings.map(({ run, change, step, at }) => [run.no, change, step, at.ourMs, at.bankMs]);
  const [first] = sendings;
  if ((await runForAll(sql, SEND, rows)) < sendings.length && first !== undefined)
    throw internal(`run ${first.run.id}: step ${first.step} of change ${first.change} is settled, not to be sent`);
}
