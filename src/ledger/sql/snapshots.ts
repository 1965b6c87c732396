/**
 * Snapshots in either database: a few ways to ask and to write come in, the part of the ledger goes out. Long lists are worked through in parts,
 * so that other processes get their turn.
 */
import type { SnapshotOf } from "../../snapshot-settings.ts";
import { nearId } from "../near-id.ts";
import type { BankName, Run } from "../run.ts";
import {
  type AbsentAccount,
  type AbsentState,
  type KeptSnapshot,
  type SnapshotCounts,
  type SnapshotEnd,
  type SnapshotMarks,
  type SnapshotsLedger,
  STATES_COUNTED,
  type Unplaced,
} from "../snapshots.ts";
import type { SnapshotShape } from "./snapshot-shape.ts";
import * as sql from "./snapshot-shape.ts";

type Value = string | number | null;
type Statement = readonly [sql: string, ...values: Value[]];

/** What the databases do each in its own way. */
export interface SnapshotAccess {
  all<Shape extends object>(sql: string, ...values: readonly Value[]): Promise<Shape[]>;
  /** In one transaction, in this order. */
  write(...statements: readonly Statement[]): Promise<void>;
  /** The bank's number; null while the ledger does not have it. */
  numberOf(bank: BankName): Promise<number | null>;
  /** Adds rows: $1 the run, $2 a JSON list of lists: row, scope, account_id, client_account_id, near, is_read. */
  readonly addRows: string;
}

/** Values that the job lists count down from -1; both databases keep such a number. */
const FIRST_VALUE = -1_000_000_000;

/** Accounts, rows or changes of one transaction. */
const PART = 5_000;

export function snapshotsOn(access: SnapshotAccess): SnapshotsLedger {
  const { all, write } = access;
  const of = async ({ bank, job, no }: Pick<Run, "bank" | "job" | "no">) =>
    [await access.numberOf(bank), job, no] as const;
  return {
    ...listsOn(access),
    distrustClientIds: (run) => write([sql.DISTRUST, run.no]),
    copy: (plan, run) => write(...sql.COPY.map((text): Statement => [text, run.no, plan.no])),
    recordEnd: (run, end, isOwed) => write([sql.RECORD_END, run.no, JSON.stringify(end), isOwed ? 1 : 0]),
    recordAbsent: (run, settings, marks) => judgeOn(access, run, settings, marks),

    async open(run, settings) {
      const values = settings.scope === "all" ? [] : (settings.scope.values ?? []);
      const listed = values.map((value, at): Statement => [sql.ADD_VALUE, run.no, -1 - at, value]);
      await write([sql.OPEN, run.no, JSON.stringify(settings)], ...listed);
    },

    async find(run) {
      const [kept] = await all<SnapshotShape>(sql.FIND, run.no);
      return kept && decodeKept(kept);
    },

    async recordRows(run, rows) {
      const listed = rows.map(({ row, scope, accountId, clientAccountId, isRead }) => {
        const near = clientAccountId === null ? null : nearId(clientAccountId);
        return [row, scope, accountId, clientAccountId, near, isRead ? 1 : 0];
      });
      await write([access.addRows, run.no, JSON.stringify(listed)]);
    },

    async recordCounts(run, settings) {
      const [kept] = await all<SnapshotShape>(sql.FIND, run.no);
      if (kept?.counts) return JSON.parse(kept.counts) as SnapshotCounts;
      const counts = await countOn(access, run, settings);
      await write([sql.RECORD_COUNTS, run.no, JSON.stringify(counts)]);
      return counts;
    },

    async countUnplaced(run) {
      const names = await of(run);
      const ofRows = (after: number) => all<Last<number>>(sql.END_OF_ROWS, run.no, after, PART);
      const sum = { byAccountId: 0, byClientId: 0 };
      await inParts(0, ofRows, async (after, last) => {
        const [part] = await all<Unplaced>(sql.COUNT_UNPLACED, ...names, after, last);
        sum.byAccountId += part?.byAccountId ?? 0;
        sum.byClientId += part?.byClientId ?? 0;
      });
      return sum;
    },

    async recordDone(run, from, { absent }, isApproved) {
      const names = await of(run);
      if (isApproved) await write([sql.APPROVE, from.no]);
      const ofChanges = (after: number) => all<Last<number>>(sql.END_OF_CHANGES, run.no, after, PART);
      await inParts(0, ofChanges, (after, last) =>
        write([sql.RECORD_DONE, ...names, after, last, from.no, JSON.stringify(absent)]),
      );
    },
  };
}

/** What is only asked. */
function listsOn({
  all,
  numberOf,
}: SnapshotAccess): Pick<
  SnapshotsLedger,
  "listAbsent" | "isSuperseded" | "findOwed" | "isApproved" | "listOtherJobs" | "listOfAccount"
> {
  return {
    async listAbsent(run, after, limit, state) {
      return (await all<AbsentShape>(sql.LIST, run.no, after, limit, state ?? null)).map(decodeAbsent);
    },

    async isSuperseded({ bank, job, no }) {
      return (await all(sql.FIND_LATER, await numberOf(bank), job, no)).length > 0;
    },

    async findOwed(bank, job, after) {
      return (await all<{ id: string }>(sql.FIND_OWED, await numberOf(bank), job, after))[0]?.id;
    },

    async isApproved({ bank, job }, settings) {
      const [last] = await all<{ settings: string }>(sql.FIND_APPROVED, await numberOf(bank), job);
      return last?.settings === JSON.stringify(settings);
    },

    async listOtherJobs(bank, job) {
      return (await all<{ job: string }>(sql.LIST_OTHER_JOBS, await numberOf(bank), job)).map((other) => other.job);
    },

    async listOfAccount(bank, accountId, limit) {
      const found = await all<AbsentShape & { run: string; job: string }>(
        sql.LIST_OF_ACCOUNT,
        await numberOf(bank),
        accountId,
        limit,
      );
      return found.map((shape) => ({ ...decodeAbsent(shape), run: shape.run, job: shape.job }));
    },
  };
}

async function judgeOn(
  access: SnapshotAccess,
  run: Run,
  { scope, absent }: SnapshotOf,
  { isMarked, writtenAtMs, hasUnplaced = false }: SnapshotMarks,
): Promise<SnapshotEnd["states"] | null> {
  const { all, write } = access;
  const [rows] = await all<{ kept: number }>(sql.COUNT_ROWS, run.no);
  if (rows?.kept !== run.rows) return null;
  const names = [await access.numberOf(run.bank), run.job, run.no] as const;
  const isAll = scope === "all";
  await write([sql.FORGET_ABSENT, run.no]);
  const ofAccounts = (after: string) => all<Last<string>>(sql.endOfPart(isAll), ...names, after, PART);
  const add = sql.addAbsent(isAll);
  await inParts("", ofAccounts, (after, last) =>
    write([add, ...names, after, last, writtenAtMs, JSON.stringify(absent), hasUnplaced ? 1 : 0]),
  );
  if (isMarked) await markOn(access, run, isAll);
  const found = await all<{ state: AbsentState; counted: number }>(sql.COUNT_STATES, run.no);
  const counts = Object.fromEntries(found.map(({ state, counted }) => [state, counted]));
  const states = Object.fromEntries(STATES_COUNTED.map((state) => [state, counts[state] ?? 0]));
  return { ...states, ...counts } as SnapshotEnd["states"];
}

async function countOn({ all, numberOf }: SnapshotAccess, run: Run, { scope }: SnapshotOf): Promise<SnapshotCounts> {
  const names = [await numberOf(run.bank), run.job, run.no] as const;
  const isAll = scope === "all";
  const [held] = await all<Pick<SnapshotCounts, "before" | "lost" | "back">>(sql.countHeld(isAll), ...names);
  const [unread] = await all<Pick<SnapshotCounts, "unread">>(sql.COUNT_UNREAD, ...names);
  const [rows] = await all<{ kept: number; named: number }>(sql.COUNT_ROWS, run.no);
  const [gone] = isAll ? [] : await all<{ gone: number; accounts: number }>(sql.COUNT_GONE, ...names);
  return {
    rows: rows?.kept ?? 0,
    before: held?.before ?? 0,
    lost: held?.lost ?? 0,
    back: held?.back ?? 0,
    unread: unread?.unread ?? 0,
    values: rows?.named ?? 0,
    goneValues: gone?.gone ?? 0,
    goneAccounts: gone?.accounts ?? 0,
  };
}

/** Marks the accounts that the file has and those that it lacks, and lets go of what was kept of earlier files. */
async function markOn({ all, write, numberOf }: SnapshotAccess, run: Run, isAll: boolean): Promise<void> {
  const names = [await numberOf(run.bank), run.job, run.no] as const;
  const endOfRows = (no: number) => (after: number) => all<Last<number>>(sql.END_OF_ROWS, no, after, PART);
  await inParts(0, endOfRows(run.no), (after, last) => write([sql.MARK_HELD, ...names, after, last]));
  const ofAbsent = (after: string) => all<Last<string>>(sql.END_OF_ABSENT, run.no, after, PART);
  await inParts("", ofAbsent, (after, last) => write([sql.MARK_ABSENT, ...names, after, last]));
  for (;;) {
    const [before] = await all<{ run: number }>(sql.findKeptRows(isAll), ...names);
    if (before === undefined) return;
    await inParts(FIRST_VALUE, endOfRows(before.run), (_, last) => write([sql.DROP_ROWS, before.run, last]));
  }
}

interface Last<Key> {
  readonly last: Key | null;
}

/** Calls `act` for what is above `after` and up to `last`, until `end` finds nothing more. */
async function inParts<Key extends string | number>(
  first: Key,
  end: (after: Key) => Promise<readonly Last<Key>[]>,
  act: (after: Key, last: Key) => Promise<void>,
): Promise<void> {
  for (let after = first; ; ) {
    const last = (await end(after))[0]?.last ?? null;
    if (last === null) return;
    await act(after, last);
    after = last;
  }
}

function decodeKept({ settings, counts, ending }: SnapshotShape): KeptSnapshot {
  return {
    settings: JSON.parse(settings) as SnapshotOf,
    counts: counts === null ? null : (JSON.parse(counts) as SnapshotCounts),
    end: ending === null ? null : (JSON.parse(ending) as SnapshotEnd),
  };
}

interface AbsentShape {
  readonly account_id: string;
  readonly client_account_id: string | null;
  readonly scope: string | null;
  readonly last_run: string | null;
  readonly state: AbsentState;
}

function decodeAbsent(shape: AbsentShape): AbsentAccount {
  const { account_id: accountId, client_account_id: clientAccountId, scope, last_run: lastRun, state } = shape;
  return { accountId, clientAccountId, scope, lastRun, state };
}
