/**
 * Open rows: original rows whose last attempt ended short of agreement, that no later run has overtaken, and that nobody has accepted for
 * now. Walks through them in the ledger, in bounded memory, and decides whether a run has come right since.
 */
import type { Issue } from "../errors/issue.ts";
import type { Word } from "../errors/words.ts";
import type { Ledger, OriginalRow, ShortPage, ShortPlace, ShortRow } from "../ledger/ledger.ts";
import type { BankName, Run } from "../ledger/run.ts";
import { layoutOf } from "../read/layouts.ts";
import type { Reading } from "../read/reading.ts";
import { listOvertakenUsers } from "./overtaken-users.ts";
import { PAGE, walk } from "./pages.ts";

/** Whose runs are looked at; all for null. */
export interface OpenScope {
  readonly bank: BankName | null;
  readonly job: string | null;
}

/** A row that is open, or would be if nobody had accepted it. */
export interface OpenRow {
  readonly original: OriginalRow;
  readonly job: string;
  /** Its last attempt, which is the row itself if it was never run again. */
  readonly last: { readonly run: string; readonly row: number; readonly reading: Reading | null };
  /** The change that the last attempt is part of, or its row. */
  readonly change: number;
  readonly word: Word;
  readonly issue: Issue | undefined;
  /** As far as the ledger knows it: the bank's id, else the program's own. */
  readonly accountId: string | null;
  readonly key: string | null;
  /** Null unless a person has accepted it, be it for a time that has passed. */
  readonly acceptedUntilMs: number | null;
}

const FIRST: ShortPlace = { change: 0, row: 0 };

/** Every open row, accepted ones too, by the runs of their last attempts. */
export async function* walkOpen(ledger: Ledger, scope: OpenScope): AsyncGenerator<OpenRow> {
  for await (const run of walkUnsettled(ledger, scope)) yield* openIn(ledger, run);
}

/** The open row whose original is of the earliest run, and the first of its file; with `settle`, runs before that which have none are left out from now on. */
export async function findOldestOpen(
  ledger: Ledger,
  scope: OpenScope,
  nowMs: number,
  { settle = false } = {},
): Promise<OpenRow | undefined> {
  let oldest: OpenRow | undefined;
  for await (const run of walkUnsettled(ledger, scope)) {
    const isFirst = oldest === undefined;
    let isSettled = run.stage === "ended";
    for await (const row of openIn(ledger, run, () => oldest?.original)) {
      isSettled = false;
      if (!isAccepted(row, nowMs) && isBefore(row.original, oldest?.original)) oldest = row;
    }
    if (settle && isFirst && isSettled) await ledger.lineage.settle(run);
  }
  return oldest;
}

function isBefore(one: OriginalRow, other: OriginalRow | undefined): boolean {
  return other === undefined || one.no < other.no || (one.no === other.no && one.row < other.row);
}

export function isAccepted({ acceptedUntilMs }: Pick<OpenRow, "acceptedUntilMs">, nowMs: number): boolean {
  return acceptedUntilMs !== null && acceptedUntilMs > nowMs;
}

/** Open rows whose originals are rows of the run, accepted ones too. */
export async function* openOf(ledger: Ledger, run: Run): AsyncGenerator<OpenRow> {
  yield* ofOriginal(run, openIn(ledger, run));
  for (const id of await ledger.lineage.listAttemptRuns(run)) {
    const attempts = await ledger.runs.find(id);
    if (attempts !== undefined) yield* ofOriginal(run, openIn(ledger, attempts));
  }
}

/** Whether the last attempt of one of the run's rows ended short, be it that a later run has overtaken it. Accepted rows do not count. */
export async function hasShort(ledger: Ledger, run: Run, attempts: readonly string[], nowMs: number): Promise<boolean> {
  const isShort = (row: ShortRow) => row.original.run === run.id && !isAccepted(row, nowMs);
  for (const id of [run.id, ...attempts]) {
    const one = await ledger.runs.find(id);
    if (one === undefined) continue;
    for await (const last of lastShort(ledger, one)) if (last.some(isShort)) return true;
  }
  return false;
}

async function* ofOriginal({ id }: Run, rows: AsyncGenerator<OpenRow>): AsyncGenerator<OpenRow> {
  for await (const row of rows) if (row.original.run === id) yield row;
}

function walkUnsettled({ runs }: Ledger, scope: OpenScope): AsyncGenerator<Run> {
  return walk(
    ({ after, limit }) => runs.listUnsettled(scope, after, limit),
    ({ no }) => no,
    RUNS,
  );
}

/** Runs that are in memory at once, each with its summary. */
const RUNS = 50;

/** Rows whose last attempt is in the run and ended short, page by page; only those with an original before that one, if one is given. */
async function* lastShort(
  { lineage }: Ledger,
  run: Run,
  before = (): OriginalRow | undefined => undefined,
): AsyncGenerator<readonly ShortRow[]> {
  for (let place: ShortPlace | null = FIRST; place !== null; ) {
    const page: ShortPage = await lineage.readShort(run, place, PAGE, before());
    yield page.rows.filter(({ isRetried }) => !isRetried);
    place = page.next;
  }
}

/** Those of them that no later run has overtaken. */
export async function* openIn(
  ledger: Ledger,
  run: Run,
  before?: () => OriginalRow | undefined,
): AsyncGenerator<OpenRow> {
  const isOfUsers = layoutOf(run.reading).rowIsAbout === "user";
  for await (const last of lastShort(ledger, run, before)) {
    const list = () => (isOfUsers ? listOvertakenUsers(ledger, run, last) : ledger.lineage.listOvertaken(run, last));
    const overtaken = last.length === 0 ? new Set() : await list();
    for (const [at, row] of last.entries()) if (!overtaken.has(at)) yield toOpen(run, row);
  }
}

function toOpen({ id, job, reading }: Run, row: ShortRow): OpenRow {
  const { original, word, issues, accountId, key, acceptedUntilMs } = row;
  const change = row.change === 0 ? row.row : row.change;
  const last = { run: id, row: row.row, reading };
  return { original, job, last, change, word, issue: issues[0], accountId, key, acceptedUntilMs };
}
