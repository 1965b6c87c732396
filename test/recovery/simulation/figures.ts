/**
 * Figures: what happened over one history or many, counted. Adds up; never judges.
 */
import { WORDS } from "../../../src/errors/words.ts";
import type { Fault } from "./faults.ts";
import { isDuplicate, isLost } from "./oracle.ts";

/** How a doubt came to its end, by the log of the run and by the bank's store of keys. */
export const SETTLED_BY = ["in effect", "absent", "answered again"] as const;

export class Figures {
  seeds = 0;
  rows = 0;
  starts = 0;
  requests = 0;
  virtualHours = 0;
  /** Promises that were broken: something was done twice, or a row or an effect is missing. */
  duplicates = 0;
  lost = 0;
  /** Rows that were not fetched, since they were tied out before. */
  notFetched = 0;
  readonly faults: Record<string, number> = {};
  readonly settled: Record<string, number> = {};
  readonly words: Record<string, number> = {};

  strike(fault: Fault): void {
    if (fault === "answered again") this.settle(fault);
    else this.faults[fault] = (this.faults[fault] ?? 0) + 1;
  }

  settle(way: string): void {
    this.settled[way] = (this.settled[way] ?? 0) + 1;
  }

  /** Of a history that is over. */
  countBroken(wrongs: readonly string[], elapsedMs: number): void {
    this.duplicates += wrongs.filter(isDuplicate).length;
    this.lost += wrongs.filter(isLost).length;
    this.seeds += 1;
    this.virtualHours += elapsedMs / 3_600_000;
  }

  /** The lines of results that a job has published last. */
  countRows(lines: readonly { readonly result?: string; readonly result_code?: string }[]): void {
    this.rows += lines.length;
    this.notFetched += lines.filter(({ result_code }) => result_code === "not_fetched").length;
    for (const word of WORDS) {
      const counted = lines.filter(({ result }) => result === word).length;
      if (counted > 0) this.words[word] = (this.words[word] ?? 0) + counted;
    }
  }

  add(other: FigureCounts): void {
    this.seeds += other.seeds;
    this.rows += other.rows;
    this.starts += other.starts;
    this.requests += other.requests;
    this.virtualHours += other.virtualHours;
    this.duplicates += other.duplicates;
    this.lost += other.lost;
    this.notFetched += other.notFetched;
    addCounts(this.faults, other.faults);
    addCounts(this.settled, other.settled);
    addCounts(this.words, other.words);
  }
}

/** The same as plain data, as it comes from another thread. */
export type FigureCounts = Omit<Figures, "strike" | "settle" | "countBroken" | "countRows" | "add">;

function addCounts(counts: Record<string, number>, others: Readonly<Record<string, number>>): void {
  for (const [name, count] of Object.entries(others)) counts[name] = (counts[name] ?? 0) + count;
}

const CRASHES: readonly Fault[] = ["kill", "power cut", "ledger failed", "worker: kill"];

/** Several lines for people. */
export function renderFigures(figures: FigureCounts): string {
  const number = (value: number) => Math.round(value).toLocaleString("en-US");
  const list = (counts: Readonly<Record<string, number>>) =>
    Object.entries(counts)
      .sort(([, a], [, b]) => b - a)
      .map(([name, count]) => `${name} ${number(count)}`)
      .join(", ");
  const words = Object.fromEntries(WORDS.map((word) => [word, figures.words[word] ?? 0]));
  const crashes = CRASHES.reduce((sum, kind) => sum + (figures.faults[kind] ?? 0), 0);
  return [
    `${number(figures.seeds)} histories, ${number(figures.rows)} rows, ${number(figures.starts)} starts, ${number(figures.requests)} requests, ${number(figures.virtualHours)} virtual hours`,
    `${number(crashes)} crashes, ${number(figures.duplicates)} duplicates, ${number(figures.lost)} lost`,
    `words: ${list(words)}; ${number(figures.notFetched)} of them not fetched`,
    `faults: ${list(figures.faults)}`,
    `doubts settled: ${list(figures.settled)}`,
  ].join("\n");
}
