/**
 * Records what became of attempts in PostgreSQL, with everything that follows from an outcome in the same transaction: the touch of the
 * account, the link of a new one, the end of the change.
 */
import { clientIdOf } from "../../change-keys.ts";
import type { AccountOfChange, Outcome, SentOperation, Verdict } from "../ledger.ts";
import { isUnsettled } from "../sql/conditions.ts";
import { settledElsewhere } from "../sql/errors.ts";
import { identityOf, type OutcomeEffects, outcomeColumns } from "../sql/outcome-effects.ts";
import { addLinks, touchAccounts } from "./accounts.ts";
import type { Sql } from "./database.ts";
import { recordEnds } from "./ends.ts";
import { type ActsOn, releaseClaims, restClaims } from "./held-accounts.ts";
import { nameAccounts } from "./name-accounts.ts";
import { recordKept } from "./record-kept.ts";
import { readForAll } from "./run-for-all.ts";
import { recordUserTimes } from "./user-times.ts";
import type { Perform } from "./writer.ts";

/** $1 run, $2 change, $3 step, $4 to $9 as outcomeColumns gives them. */
export const RECORD_OUTCOMES = `UPDATE sendings SET state = o.state, in_doubt = o.in_doubt, http_status = o.http_status, issue = o.issue,
    misanswered = sendings.misanswered + o.misanswered, request_id = coalesce(o.request_id, sendings.request_id)
  FROM unnest($1::integer[], $2::integer[], $3::integer[], $4::text[], $5::smallint[], $6::integer[], $7::text[], $8::integer[], $9::text[])
    AS o (run, change, step, state, in_doubt, http_status, issue, misanswered, request_id)
  WHERE sendings.run = o.run AND sendings.change = o.change AND sendings.step = o.step AND ${isUnsettled("sendings")}
  RETURNING o.run, o.change`;

/** Its names are those that the effects touch. */
export interface ToRecord extends ActsOn {
  readonly bank: number;
  readonly of: AccountOfChange;
  readonly operation: SentOperation;
  readonly outcome: Outcome;
  readonly end: Verdict | undefined;
  readonly effects: OutcomeEffects | null;
}

interface WithEffects extends ToRecord {
  readonly effects: OutcomeEffects;
}

/** One that was not to be settled any more changes nothing. */
export const recordOutcomes: Perform<ToRecord, void> = async (sql, items) => {
  const rows = items.map(({ run, change, operation, outcome }) => [
    run.no,
    change,
    operation.step,
    ...outcomeColumns(outcome),
  ]);
  const read = await readForAll<{ run: number; change: number }>(sql, RECORD_OUTCOMES, rows);
  const changeOf = (run: number, change: number) => `${run} ${change}`;
  const recorded = new Set(read.map(({ run, change }) => changeOf(run, change)));
  const isRecorded = ({ run, change }: ToRecord) => recorded.has(changeOf(run.no, change));
  const happened = items.filter(isRecorded).flatMap(({ effects, ...item }) => (effects ? [{ ...item, effects }] : []));
  await recordEffects(sql, happened);
  await recordLast(sql, happened);
  return items.map((item) =>
    isRecorded(item) ? undefined : settledElsewhere(item.run, item.change, item.operation.step),
  );
};

/** What is remembered of the accounts. */
async function recordEffects(sql: Sql, items: readonly WithEffects[]): Promise<void> {
  await touchAccounts(
    sql,
    items.map(({ run, change, names, effects: { touch } }) => ({ run, change, names, touch })),
  );
  const kept = items.flatMap(({ bank, outcome: { kept }, effects: { accountId } }) =>
    kept && accountId !== null ? [{ bank, accountId, kept }] : [],
  );
  await recordKept(sql, kept);
  const users = items.flatMap(({ run, bank, outcome, effects: { accountId, touch } }) =>
    outcome.users === undefined || accountId === null || touch.applied === null
      ? []
      : [{ bank, accountId, byRun: run.no, users: outcome.users }],
  );
  await recordUserTimes(sql, users);
  const made = items.flatMap(({ run, change, bank, of, effects: { madeId: accountId } }) =>
    accountId === null ? [] : [{ run: run.no, change, bank, clientAccountId: clientIdOf(of.key), accountId }],
  );
  await nameAccounts(sql, made);
  await addLinks(sql, made);
}

/** The ends of those changes of which it was the last outcome. */
async function recordLast(sql: Sql, items: readonly WithEffects[]): Promise<void> {
  const ended = items.flatMap(({ run, change, of, outcome, end, effects }) =>
    end === undefined ? [] : [{ run, change, verdict: end, atMs: outcome.atMs, of, effects }],
  );
  await recordEnds(sql, ended);
  await restClaims(
    sql,
    ended.filter(({ effects }) => !effects.touch.ends),
    true,
  );
  // The touch has given up every name that the account was claimed under, but for one that was found, or that is new.
  await releaseClaims(
    sql,
    ended.filter(({ of, effects }) => effects.touch.ends && (effects.madeId !== null || identityOf(of) !== of.key)),
  );
}
