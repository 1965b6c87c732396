/**
 * The crew: a range of seeds goes in, and is lived through by several threads at once; what went wrong comes out, with the
 * figures of all.
 */
import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { type FigureCounts, Figures } from "./figures.ts";

export interface Range {
  readonly from: number;
  readonly seeds: number;
  /** Of the policy; a mutant's, or `real`. */
  readonly policy: string;
  /** Whether the first history that goes wrong is the last one. */
  readonly untilWrong: boolean;
  /** As many as the machine has cores when not given. */
  readonly threads?: number;
}

export interface Wrong {
  readonly seed: number;
  readonly wrongs: readonly string[];
}

export interface Report {
  readonly figures: Figures;
  readonly wrong: readonly Wrong[];
}

/** What a thread says now and then, and at its end. */
export interface Message {
  readonly figures: FigureCounts;
  readonly wrong: readonly Wrong[];
}

/** `onProgress` gets the figures so far. */
export async function liveThrough(range: Range, onProgress: (figures: Figures) => void = () => {}): Promise<Report> {
  const threads = Math.min(range.threads ?? availableParallelism(), range.seeds);
  const figures = new Figures();
  const wrong: Wrong[] = [];
  const workers = Array.from({ length: threads }, (_, part) => {
    const workerData = { ...range, first: range.from + part, step: threads };
    return new Worker(new URL("thread.ts", import.meta.url), { workerData });
  });
  const ends = workers.map(
    (worker) =>
      new Promise<void>((resolve, reject) => {
        worker.on("message", (message: Message) => {
          figures.add(message.figures);
          wrong.push(...message.wrong);
          onProgress(figures);
          if (range.untilWrong && message.wrong.length > 0) for (const one of workers) one.postMessage("enough");
        });
        worker.on("error", reject);
        worker.on("exit", () => resolve());
      }),
  );
  await Promise.all(ends);
  return { figures, wrong: wrong.sort((a, b) => a.seed - b.seed) };
}
