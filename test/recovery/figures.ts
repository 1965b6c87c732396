/**
 * Figures: what the processes of these tests went through, counted, and told at the end by `npm run test:kill`. And how
 * much is to be done: all of it there, a part in the tests of every day.
 */
import type { Point } from "./points.ts";
import type { Verdict } from "./verdict.ts";

/** Whether every point and every size is gone through; otherwise only some of them. */
export const IS_WHOLE = process.env.TEST_KILLS === "all";
/** Scenes played at once. */
export const AT_ONCE = 2;
export const TIMEOUT_MS = IS_WHOLE ? 3_600_000 : 600_000;

/**
 * Which of the points of a kind are gone through, counted from 1: every `stride`-th without end, until a process no longer
 * comes there; in the tests of every day `some` from where creates and patches are sent, or for `publish` the second.
 */
export function* numbersOf(point: Point, { stride, some }: { stride: number; some: number }): Generator<number> {
  if (IS_WHOLE) for (let nth = 1; ; nth += stride) yield nth;
  else if (point.startsWith("publish")) yield 2;
  else for (let index = 1; index <= some; index++) yield 10 + 6 * index;
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
