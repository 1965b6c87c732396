/**
 * Accounts that changes hold in PostgreSQL, how they are locked, and how they are given up.
 */
import type { Run } from "../run.ts";
import { IS_IN_DOUBT, WHOLE } from "../sql/conditions.ts";
import type { Sql } from "./database.ts";
import { runForAll } from "./run-for-all.ts";

/**
 * Those of some names and all that is held by whoever holds one of them or by these changes: in one order, so that two processes never wait
 * for each other. $1 bank, $2 identity, $3 run, $4 change.
 */
export const LOCK_ACCOUNTS = `WITH named AS (SELECT * FROM unnest($1::integer[], $2::text[]) AS n (bank, identity)),
    holding AS (SELECT * FROM unnest($3::integer[], $4::integer[]) AS o (run, change)
      UNION SELECT a.run, a.change FROM named JOIN accounts a USING (bank, identity) WHERE a.run IS NOT NULL)
  SELECT bank, identity, run, change FROM accounts WHERE (bank, identity) IN (
    SELECT bank, identity FROM named UNION ALL SELECT a.bank, a.identity FROM holding JOIN accounts a USING (run, change))
  ORDER BY bank, identity FOR UPDATE`;
const LOCK_RUN = "SELECT 1 AS one FROM accounts WHERE run = $1 ORDER BY bank, identity FOR UPDATE";

const FREE = "UPDATE accounts SET run = NULL, change = NULL, at_work = 0";
/** $1 run, $2 change. */
const OF_CHANGES = `FROM unnest($1::integer[], $2::integer[]) AS o (run, change)
  WHERE accounts.run = o.run AND accounts.change = o.change`;
export const FREE_CHANGES = `${FREE} ${OF_CHANGES}`;
const WORK_ON_CHANGES = `UPDATE accounts SET at_work = 1 ${OF_CHANGES}`;
const REST_CHANGES = `UPDATE accounts SET at_work = 0 ${OF_CHANGES}`;
/** $1 bank, $2 identity. */
export const FREE_NAMED = `${FREE} FROM unnest($1::integer[], $2::text[]) AS o (bank, identity)
  WHERE accounts.bank = o.bank AND accounts.identity = o.identity`;

/** $1 run. */
const FREE_SURE = `${FREE} WHERE run = $1
  AND NOT EXISTS (SELECT 1 FROM sendings s WHERE s.run = accounts.run AND s.change = accounts.change AND ${IS_IN_DOUBT})`;
const FREE_ENDED = `${FREE} WHERE run = $1 AND EXISTS
  (SELECT 1 FROM ends e WHERE e.run = $1 AND e.change = accounts.change AND e.word <> 'unknown')`;
const REST_RUN = "UPDATE accounts SET at_work = 0 WHERE run = $1 AND change > $2::bigint AND change <= $3::bigint";

export interface AccountName {
  readonly bank: number;
  readonly identity: string;
}

/** A change, and beside the accounts that it holds those that it is to act on. */
export interface ActsOn {
  readonly run: Run;
  readonly change: number;
  readonly names: readonly AccountName[];
}

interface Holding {
  readonly run: number;
  readonly change: number;
}

export interface HeldAccount extends AccountName {
  /** Both null for one that nobody holds. */
  readonly run: number | null;
  readonly change: number | null;
}

type OfRun = Pick<ActsOn, "run" | "change">;
const rowsOf = (changes: readonly OfRun[]) => changes.map(({ run, change }) => [run.no, change]);

/** Locks what they hold and name, and all of who holds that now, until the transaction ends. What it protects is read afterwards, by a statement of its own. */
export async function lockAccounts(sql: Sql, acts: readonly ActsOn[]): Promise<void> {
  const names = acts.flatMap((each) => each.names);
  const holders = acts.map(({ run, change }) => ({ run: run.no, change }));
  await lock(sql, names, holders);
}

/** Locks what these changes hold, and gives it. */
export function lockHeld(sql: Sql, holders: readonly Holding[]): Promise<readonly HeldAccount[]> {
  return lock(sql, [], holders);
}

function lock(sql: Sql, names: readonly AccountName[], holders: readonly Holding[]): Promise<HeldAccount[]> {
  return sql.all<HeldAccount>(
    LOCK_ACCOUNTS,
    names.map(({ bank }) => bank),
    names.map(({ identity }) => identity),
    holders.map(({ run }) => run),
    holders.map(({ change }) => change),
  );
}

/** Gives up what the changes hold; nothing when they hold nothing. */
export async function releaseClaims(sql: Sql, changes: readonly OfRun[]): Promise<void> {
  await runForAll(sql, FREE_CHANGES, rowsOf(changes));
}

/** Gives up these accounts, whoever holds them. */
export async function releaseNamed(sql: Sql, names: readonly AccountName[]): Promise<void> {
  await runForAll(
    sql,
    FREE_NAMED,
    names.map(({ bank, identity }) => [bank, identity]),
  );
}

/** The changes keep what they hold, and nobody is at work on it; or somebody is, again. */
export async function restClaims(sql: Sql, changes: readonly OfRun[], isResting: boolean): Promise<void> {
  await runForAll(sql, isResting ? REST_CHANGES : WORK_ON_CHANGES, rowsOf(changes));
}

/** Gives up what the run holds and has nothing in doubt on. */
export async function releaseSure(sql: Sql, run: Run): Promise<void> {
  await sql.all(LOCK_RUN, run.no);
  await sql.run(FREE_SURE, run.no);
}

/** Gives up what changes of the run hold that have ended, but for unknown ones. */
export async function releaseEnded(sql: Sql, run: Run): Promise<void> {
  await sql.all(LOCK_RUN, run.no);
  await sql.run(FREE_ENDED, run.no);
}

/** Nobody is at work on anything that changes of the run hold, above `after` and up to `to`. */
export async function restAll(sql: Sql, run: Run, { after, to } = WHOLE): Promise<void> {
  await sql.run(REST_RUN, run.no, after, to);
}
