/**
 * The crew: a range of seeds goes in, and is lived through by several threads at once; what went wrong comes out, with the
 * figures of all. A thread lives through one range after another, as starting one costs as much as many histories.
 */
import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import pLimit from "p-limit";
import { type FigureCounts, Figures } from "./figures.ts";

export interface Range {
  readonly from: number;
  readonly seeds: number;
  /** Of the policy; a mutant's, or `real`. */
  readonly policy: string;
  /** Whether the first history that goes wrong is the last one. */
  readonly untilWrong: boolean;
}

export interface Wrong {
  readonly seed: number;
  readonly wrongs: readonly string[];
}

export interface Report {
  readonly figures: Figures;
  readonly wrong: readonly Wrong[];
}

/** What a thread says of its part of a range. */
export interface Message {
  readonly figures: FigureCounts;
  readonly wrong: readonly Wrong[];
}

/** So many seeds at once are a thread's. */
const SEEDS_A_PART = 8;

export class Crew implements AsyncDisposable {
  readonly #threads = availableParallelism();
  readonly #atOnce = pLimit(this.#threads);
  readonly #workers: Worker[] = [];
  readonly #free: Worker[] = [];

  /** `onProgress` gets the figures so far, and what has just gone wrong. Several ranges may be under way. */
  async liveThrough(
    range: Range,
    onProgress: (figures: Figures, wrong: readonly Wrong[]) => void = () => {},
  ): Promise<Report> {
    const figures = new Figures();
    const wrong: Wrong[] = [];
    const parts: Promise<void>[] = [];
    for (let first = 0; first < range.seeds; first += SEEDS_A_PART) {
      const part = { ...range, from: range.from + first, seeds: Math.min(SEEDS_A_PART, range.seeds - first) };
      const live = async () => {
        if (range.untilWrong && wrong.length > 0) return;
        const message = await this.#give(part);
        figures.add(message.figures);
        wrong.push(...message.wrong);
        onProgress(figures, message.wrong);
      };
      parts.push(this.#atOnce(live));
    }
    await Promise.all(parts);
    return { figures, wrong: wrong.sort((a, b) => a.seed - b.seed) };
  }

  async #give(part: Range): Promise<Message> {
    const worker = this.#free.pop() ?? this.#start();
    const { promise, resolve, reject } = Promise.withResolvers<Message>();
    worker.once("message", resolve).once("error", reject);
    worker.postMessage(part);
    const message = await promise;
    worker.off("error", reject);
    this.#free.push(worker);
    return message;
  }

  #start(): Worker {
    const worker = new Worker(new URL("thread.ts", import.meta.url));
    this.#workers.push(worker);
    return worker;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const ends = this.#workers.map((worker) => new Promise<void>((resolve) => worker.once("exit", () => resolve())));
    for (const worker of this.#workers) worker.postMessage(null);
    await Promise.all(ends);
  }
}
