/**
 * Takes accounts for changes in PostgreSQL, many at once: which change gets each, and who holds the others.
 */
import type { Claim } from "../ledger.ts";
import { leaseSuffix } from "../run.ts";
import { IS_IN_DOUBT, isOpen } from "../sql/conditions.ts";
import type { Sql } from "./database.ts";
import { type AccountName, type ActsOn, lockHeld, releaseNamed, restClaims } from "./held-accounts.ts";
import { readForAll } from "./run-for-all.ts";

/** Of its names the first is the identity of the account, and another one how it may be held too. */
export interface Wanted extends ActsOn {
  readonly nowMs: number;
}

/**
 * Gives what was free, with its touch; the touch of one never claimed before is 0. What another process has just made is waited for, and
 * locked. $1 bank, $2 identity, $3 run, $4 change.
 */
export const TAKE = `INSERT INTO accounts (bank, identity, touch, run, change, at_work) SELECT bank, identity, 0, run, change, 1
  FROM unnest($1::integer[], $2::text[], $3::integer[], $4::integer[]) AS o (bank, identity, run, change)
  ORDER BY bank, identity COLLATE "C"
  ON CONFLICT (bank, identity) DO UPDATE SET run = excluded.run, change = excluded.change, at_work = 1
  WHERE accounts.run IS NULL RETURNING bank, identity, touch`;

/** $1 bank, $2 identity. */
export const READ_ACCOUNTS = `SELECT a.bank, a.identity, a.touch, a.run, a.change, a.at_work
  FROM unnest($1::integer[], $2::text[]) AS o (bank, identity) JOIN accounts a ON a.bank = o.bank AND a.identity = o.identity`;

/** $1 run, $2 change, $3 the end of the name of its lease. */
export const READ_HOLDERS = `SELECT o.run, o.change, r.id, r.job, l.until,
    EXISTS (SELECT 1 FROM changes c WHERE c.run = o.run AND c.change = o.change AND ${isOpen("c")}) AS is_open,
    EXISTS (SELECT 1 FROM sendings s WHERE s.run = o.run AND s.change = o.change AND ${IS_IN_DOUBT}) AS in_doubt
  FROM unnest($1::integer[], $2::integer[], $3::text[]) AS o (run, change, lease)
  LEFT JOIN runs r ON r.no = o.run LEFT JOIN leases l ON l.name = r.job || ' ' || o.lease`;

interface FreeAccount extends AccountName {
  readonly touch: number;
}

/** Of somebody, perhaps of who wants it. */
interface ClaimedAccount extends FreeAccount {
  readonly run: number;
  readonly change: number;
  readonly at_work: 0 | 1;
}

interface HoldingChange {
  readonly run: number;
  readonly change: number;
  /** Of its run; null for one that is gone. */
  readonly id: string | null;
  readonly job: string | null;
  /** Until when its lease holds; null for one that never was. */
  readonly until: number | null;
  readonly is_open: boolean;
  readonly in_doubt: boolean;
}

export type Busy = Extract<Claim, { kind: "busy" }>;

const textOf = ({ bank, identity }: AccountName) => `${bank} ${identity}`;
const holderOf = ({ run, change }: { run: number | null; change: number | null }) => `${run} ${change}`;

/**
 * For each the touch of its account, once that is taken; or who holds it. Names that were there are locked. When two want one that is free,
 * the statement fails, which undoes the transaction: the writer then performs each write apart.
 */
export async function takeAccounts<By extends Wanted>(
  sql: Sql,
  wanted: readonly By[],
): Promise<ReadonlyMap<By, number | Busy>> {
  const taken = await take(sql, wanted);
  const rest = wanted.flatMap(({ names }) => names).filter((name) => !taken.has(textOf(name)));
  const read = await readForAll<ClaimedAccount>(
    sql,
    READ_ACCOUNTS,
    rest.map(({ bank, identity }) => [bank, identity]),
  );
  const claimed = new Map(read.map((account) => [textOf(account), account]));
  const claimedFor = (by: By, isOwn: boolean) =>
    by.names
      .flatMap((name) => claimed.get(textOf(name)) ?? [])
      .filter((account) => (holderOf(account) === holderOf({ run: by.run.no, change: by.change })) === isOwn);
  const contested = wanted.map((by) => ({ by, accounts: claimedFor(by, false) }));
  const busy = await takeOver(
    sql,
    contested.filter(({ accounts }) => accounts.length > 0),
    taken,
  );
  const resting = wanted.filter((by) => !busy.has(by) && claimedFor(by, true).some(({ at_work }) => at_work === 0));
  await restClaims(sql, resting, false);
  const touchOf = ({ names: [identity] }: By) => {
    const text = identity === undefined ? "" : textOf(identity);
    return taken.get(text) ?? claimed.get(text)?.touch ?? 0;
  };
  return new Map(wanted.map((by) => [by, busy.get(by) ?? touchOf(by)]));
}

/** The touch of each account that was free. */
async function take(sql: Sql, wanted: readonly ActsOn[]): Promise<ReadonlyMap<string, number>> {
  const rows = wanted.flatMap(({ names, run, change }) =>
    names.map(({ bank, identity }) => [bank, identity, run.no, change]),
  );
  const taken = await readForAll<FreeAccount>(sql, TAKE, rows);
  return new Map(taken.map((account) => [textOf(account), account.touch]));
}

/**
 * Takes what others hold who may not keep it. A holder is judged once all that it holds is locked, as it locks that before it sends: what it
 * has sent is seen then, and it sends nothing more. Gives who is refused; they give up what they have just taken.
 */
async function takeOver<By extends Wanted>(
  sql: Sql,
  contested: readonly { readonly by: By; readonly accounts: readonly ClaimedAccount[] }[],
  taken: ReadonlyMap<string, number>,
): Promise<ReadonlyMap<By, Busy>> {
  const busy = new Map<By, Busy>();
  if (contested.length === 0) return busy;
  const all = contested.flatMap(({ by, accounts }) => accounts.map((account) => ({ by, ...account })));
  const locked = await lockHeld(sql, all);
  const rows = all.map(({ by, run, change }) => [run, change, leaseSuffix(by.run.bank)]);
  const read = await readForAll<HoldingChange>(sql, READ_HOLDERS, rows);
  const holders = new Map(read.map((holder) => [holderOf(holder), holder]));
  const freed = new Set<string>();
  for (const { by, accounts } of contested) {
    const judged = accounts.flatMap((account) => holders.get(holderOf(account)) ?? []);
    const [first] = judged.flatMap((holder) => judgeHolder(by, holder) ?? []);
    if (first !== undefined) busy.set(by, first);
    else for (const account of accounts) freed.add(holderOf(account));
  }
  const givenUp = [...busy.keys()].flatMap(({ names }) => names).filter((name) => taken.has(textOf(name)));
  await releaseNamed(sql, [...givenUp, ...locked.filter((account) => freed.has(holderOf(account)))]);
  await take(
    sql,
    contested.map(({ by }) => by).filter((by) => !busy.has(by)),
  );
  return busy;
}

/**
 * Why the claim of that holder keeps the run out: somebody works on the change, or its own outcome is open. Undefined when it does not. A
 * holder of the same job has lost the job's one lease to this run.
 */
function judgeHolder({ run, nowMs }: Wanted, holder: HoldingChange): Busy | undefined {
  if (holder.job === null) return undefined;
  const isOurs = holder.run === run.no;
  const isAlive = isOurs || (holder.job !== run.job && holder.until !== null && holder.until > nowMs);
  const isAtWork = isAlive && holder.is_open;
  return isAtWork || holder.in_doubt ? { kind: "busy", run: holder.id ?? "", isAtWork } : undefined;
}
