/**
 * OpenTally: what is still open, as sums by age and owner and then the oldest rows, as text for people. Pure. It shows ids of accounts, like
 * results and `explain` do.
 */
import type { Word } from "../errors/words.ts";
import { counted, grouped } from "../text/counted.ts";
import { toLine } from "../text/to-line.ts";

/** One open row, by its original. */
export interface ListedRow {
  readonly run: string;
  readonly row: number;
  readonly job: string;
  readonly word: Word;
  readonly code: string;
  /** What the row has come to in short; see describeCause. */
  readonly cause: string;
  /** Who can fix it. */
  readonly owner: string;
  /** The bank's id, else the program's own; null where the row names none. */
  readonly account: string | null;
  readonly since: string;
  /** Whole days since then. */
  readonly days: number;
  /** The last attempt, if the row was run again. */
  readonly lastRun: string;
  readonly lastRow: number;
}

export interface OpenSums {
  readonly rows: number;
  /** Rows that somebody has accepted for now; they are not among the others. */
  readonly accepted: number;
  readonly oldest: number | null;
  /** Ages, each with its rows by owner. */
  readonly ages: readonly { readonly age: string; readonly owners: Readonly<Record<string, number>> }[];
}

const DAY_MS = 86_400_000;

/** Between two instants, in milliseconds. */
export function wholeDays(sinceMs: number, nowMs: number): number {
  return Math.floor(Math.max(0, nowMs - sinceMs) / DAY_MS);
}

/** From so many days on; the last that fits. */
const AGES = [
  [0, "today"],
  [1, "1 to 6 days"],
  [7, "7 to 29 days"],
  [30, "30 days and more"],
] as const;

/** Takes every open row, and keeps the oldest `limit` of them. */
export class OpenTally {
  readonly #limit: number;
  readonly #owners = AGES.map((): Record<string, number> => ({}));
  #rows: ListedRow[] = [];
  #count = 0;
  accepted = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  add(row: ListedRow): void {
    this.#count += 1;
    const at = AGES.findLastIndex(([from]) => row.days >= from);
    const owners = this.#owners[Math.max(at, 0)];
    if (owners !== undefined) owners[row.owner] = (owners[row.owner] ?? 0) + 1;
    this.#rows.push(row);
    if (this.#rows.length >= 2 * this.#limit + PAGE) this.#rows = this.oldest();
  }

  /** The oldest first. */
  oldest(): ListedRow[] {
    return this.#rows.sort(byAge).slice(0, this.#limit);
  }

  sums(): OpenSums {
    const ages = AGES.flatMap(([, age], at) => {
      const owners = this.#owners[at] ?? {};
      return Object.keys(owners).length === 0 ? [] : [{ age, owners }];
    }).reverse();
    const [first] = this.oldest();
    return { rows: this.#count, accepted: this.accepted, oldest: first?.days ?? null, ages };
  }
}

const PAGE = 500;

function byAge(one: ListedRow, other: ListedRow): number {
  if (one.since !== other.since) return one.since < other.since ? -1 : 1;
  if (one.run !== other.run) return one.run < other.run ? -1 : 1;
  return one.row - other.row;
}

export function renderSums({ rows, accepted, oldest, ages }: OpenSums): string {
  const apart = accepted === 0 ? "" : `; ${grouped(accepted)} more ${accepted === 1 ? "is" : "are"} accepted for now`;
  if (rows === 0) return `no row is open${apart}`;
  const lines = ages.map(({ age, owners }) => {
    const parts = Object.entries(owners).sort(([, one], [, other]) => other - one);
    return `  ${age}: ${parts.map(([owner, count]) => `${grouped(count)} ${owner}`).join(", ")}`;
  });
  return [`${counted(rows, "row")} open, the oldest for ${counted(oldest ?? 0, "day")}${apart}`, ...lines].join("\n");
}

export function renderListed(listed: ListedRow): string {
  const { run, row, days, account, owner, cause, lastRun, lastRow, since } = listed;
  const again = lastRun === run ? "" : `, last tried in run ${lastRun} row ${lastRow}`;
  const age = `${counted(days, "day")}, since ${since.slice(0, 10)}${again}`;
  return [`${run} row ${row}`, account ?? "no account", cause, owner, age].map((part) => toLine(part)).join("  ");
}
