/**
 * Figures: what the processes of these tests went through, counted, and printed at the end by `npm run test:kill`. And how
 * much is to be done: all of it there, one kill at each kind of point by `npm test`.
 */
import { IS_WHOLE } from "../support/extent.ts";
import type { Point } from "./points.ts";
import type { Verdict } from "./verdict.ts";

/** Scenes played at once. */
export const AT_ONCE = 2;
export const TIMEOUT_MS = 3_600_000;

/**
 * Which of the points of a kind are gone through, counted from 1: every `stride`-th without end, until a process no longer
 * comes there; by `npm test` one from where creates and patches are sent, or for `publish` the second.
 */
export function* numbersOf(point: Point, stride: number): Generator<number> {
  if (IS_WHOLE) for (let nth = 1; ; nth += stride) yield nth;
  else yield point.startsWith("publish") ? 2 : 16;
}

class Figures {
  runs = 0;
  readonly #struck = new Map<string, number>();
  readonly #verdict = { duplicates: 0, lost: 0, unknown: 0 };

  /** A process has been killed, stopped or starved of room there. */
  strike(how: string): void {
    this.#struck.set(how, (this.#struck.get(how) ?? 0) + 1);
  }

  judge(verdict: Verdict): void {
    this.runs += 1;
    if (IS_WHOLE && this.runs % 50 === 0) process.stderr.write(`${this.runs} runs\n`);
    for (const name of ["duplicates", "lost", "unknown"] as const) this.#verdict[name] += verdict[name];
  }

  render(): string {
    const { duplicates, lost, unknown } = this.#verdict;
    const struck = [...this.#struck].sort().map(([how, count]) => `  ${String(count).padStart(5)}  ${how}`);
    const total = [...this.#struck.values()].reduce((sum, count) => sum + count, 0);
    return [
      `${this.runs} runs, ${total} times disturbed: ${duplicates} duplicates, ${lost} lost, ${unknown} unknown`,
      ...struck,
    ].join("\n");
  }
}

export const figures = new Figures();

after(() => {
  if (IS_WHOLE) process.stdout.write(`\n${figures.render()}\n`);
});
