/**
 * Operations in PostgreSQL: the intent before a call, and what became of it.
 */
import type { SentAt } from "../../apply/sent-at.ts";
import type { OperationsLedger } from "../ledger.ts";
import type { Lease } from "../run.ts";
import { IDENTITY } from "../sql/change-shape.ts";
import { isUnsettled } from "../sql/conditions.ts";
import { claimLost, leaseOfRunLost, settledElsewhere } from "../sql/errors.ts";
import { effectsOf, identityOf } from "../sql/outcome-effects.ts";
import { touchAccounts } from "./accounts.ts";
import { checkLeases } from "./check-leases.ts";
import type { Sql } from "./database.ts";
import type { ActsOn } from "./held-accounts.ts";
import { recordOutcomes } from "./record-outcomes.ts";
import { recordSent } from "./record-sent.ts";
import { readForAll, runForAll } from "./run-for-all.ts";
import type { PostgresStore } from "./store.ts";
import type { Perform } from "./writer.ts";

/**
 * Of changes those that hold the claim of their account: one on another name of the change says nothing of that. $1 bank, $2 run, $3 change.
 */
export const READ_CLAIMED = `SELECT c.run, c.change FROM unnest($1::integer[], $2::integer[], $3::integer[]) AS o (bank, run, change)
  JOIN changes c ON c.run = o.run AND c.change = o.change LEFT JOIN finds f ON f.run = c.run AND f.change = c.change
  JOIN accounts a ON a.bank = o.bank AND a.identity = ${IDENTITY} AND a.run = c.run AND a.change = c.change`;

/** $1 run, $2 change, $3 step. */
export const RECORD_ABSENT = `UPDATE sendings SET state = 'planned', in_doubt = 0, issue = NULL
  FROM unnest($1::integer[], $2::integer[], $3::integer[]) AS o (run, change, step)
  WHERE sendings.run = o.run AND sendings.change = o.change AND sendings.step = o.step AND ${isUnsettled("sendings")}
  RETURNING o.run, o.change, o.step`;

/** A new key has an age of its own; an operation in doubt keeps both. $1 run, $2 change, $3 step, $4 generation, $5 key. */
export const RENEW_KEYS = `WITH renewed AS (
    UPDATE sendings SET first_at = NULL, first_bank_at = NULL
    FROM unnest($1::integer[], $2::integer[], $3::integer[], $4::integer[], $5::text[]) AS o (run, change, step, generation, key)
    WHERE sendings.run = o.run AND sendings.change = o.change AND sendings.step = o.step AND sendings.in_doubt = 0
    RETURNING o.*)
  UPDATE operations SET generation = renewed.generation, key = renewed.key FROM renewed
  WHERE operations.run = renewed.run AND operations.change = renewed.change AND operations.step = renewed.step`;

interface OfStep extends ActsOn {
  readonly bank: number;
  readonly step: number;
}

interface Renewed {
  readonly generation: number;
  readonly key: string;
}

interface ToSend extends OfStep {
  readonly lease: Lease;
  readonly at: SentAt;
  readonly renewed: Renewed | undefined;
}

interface AbsentOperation extends OfStep {
  readonly renewed: Renewed;
}

/** Of these those that a statement has given back. */
function pick<Item extends OfStep>(
  items: readonly Item[],
  given: readonly { readonly run: number; readonly change: number }[],
): ReadonlySet<Item> {
  const nameOf = (run: number, change: number) => `${run} ${change}`;
  const names = new Set(given.map(({ run, change }) => nameOf(run, change)));
  return new Set(items.filter(({ run, change }) => names.has(nameOf(run.no, change))));
}

async function renewKeys(sql: Sql, items: readonly (OfStep & { readonly renewed: Renewed })[]): Promise<void> {
  const rows = items.map(({ run, change, step, renewed: { generation, key } }) => [
    run.no,
    change,
    step,
    generation,
    key,
  ]);
  await runForAll(sql, RENEW_KEYS, rows);
}

const performSendings: Perform<ToSend, void> = async (sql, items) => {
  const lost = await checkLeases(sql, items, ({ lease }) => lease);
  const leased = items.filter((item) => !lost.has(item));
  // Another job may have claimed the account while this process slept past its lease.
  const rows = leased.map(({ bank, run, change }) => [bank, run.no, change]);
  const claimed = pick(leased, await readForAll(sql, READ_CLAIMED, rows));
  await renewKeys(
    sql,
    [...claimed].flatMap(({ renewed, ...item }) => (renewed === undefined ? [] : [{ ...item, renewed }])),
  );
  await recordSent(sql, [...claimed]);
  return items.map((item) => {
    if (lost.has(item)) return leaseOfRunLost(item.run);
    return claimed.has(item) ? undefined : claimLost(item.run, item.change);
  });
};

const performAbsent: Perform<AbsentOperation, void> = async (sql, items) => {
  const rows = items.map(({ run, change, step }) => [run.no, change, step]);
  const settled = pick(items, await readForAll(sql, RECORD_ABSENT, rows));
  await renewKeys(sql, [...settled]);
  const touched = [...settled].map(({ run, change, names, renewed: { generation } }) => {
    return { run, change, names, touch: { atLeast: generation, applied: null, ends: false } };
  });
  await touchAccounts(sql, touched);
  return items.map((item) => (settled.has(item) ? undefined : settledElsewhere(item.run, item.change, item.step)));
};

export function postgresOperations(store: PostgresStore): OperationsLedger {
  return {
    async recordSending(run, lease, change, step, at, renewed) {
      const bank = await store.bankOf(run);
      await store.act(performSendings, { run, change, names: [], bank, lease, step, at, renewed });
    },

    async recordAbsent(run, of, step, next) {
      const bank = await store.bankOf(run);
      const names = [{ bank, identity: identityOf(of) }];
      await store.act(performAbsent, { run, change: of.change, names, bank, step, renewed: next });
    },

    async recordOutcome(run, of, operation, outcome, end) {
      const bank = await store.bankOf(run);
      const effects = effectsOf(run, of, operation, outcome, end);
      const names = (effects?.identities ?? []).map((identity) => ({ bank, identity }));
      await store.act(recordOutcomes, { run, change: of.change, names, bank, of, operation, outcome, end, effects });
    },
  };
}
