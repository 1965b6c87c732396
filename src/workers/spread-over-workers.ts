/**
 * The coordinator of a run: cuts each phase into chunks, works on them beside all others who do, and waits until every one has ended or the
 * run must stop.
 */
import type { ChunksLedger } from "../ledger/chunks.ts";
import { jobSha256 } from "../run/job-sha256.ts";
import type { OnThrough, Spread } from "../run/ranges.ts";
import type { RunInHand } from "../run/run-in-hand.ts";
import { isBusy, type Stop, stopOf } from "../run/stop.ts";
import { workHere } from "../run/work-on-range.ts";
import type { ChunkHandout } from "./chunk-queue.ts";
import { nameQueue } from "./name-queue.ts";
import { chunkSize, firstStop, workOnChunks } from "./work-on-chunks.ts";

/** Fewer chunks are not worth a second process. */
const FEWEST_CHUNKS = 3;
const LOOK_MS = 500;
/** What has not ended after so long is put into the queue once more, which drops doubles: an entry there may be gone. */
const PUT_AGAIN_MS = 15_000;

export interface SpreadParts {
  /** Opens the queue, once. */
  readonly queue: () => Promise<ChunkHandout>;
  readonly owner: string;
  /** Of this program: workers of another one take no chunk. */
  readonly version: string;
}

export function spreadOverWorkers({ queue: openQueue, owner, version }: SpreadParts): Spread {
  return async (inHand, work, onThrough) => {
    const { ledger, run, job, maxChange, isResumed } = inHand;
    const { chunks } = ledger;
    // Workers take chunks of the run that has the job's lease, so what needs none is done here.
    if (chunks === null || inHand.lease() === null) return workHere(inHand, work, onThrough);
    const { phase } = work;
    const size = chunkSize(job, phase);
    const about = { jobSha256: jobSha256(job), version, isResumed };
    const nos = await chunks.open(run, phase, about, { size, to: maxChange });
    if (nos.length < FEWEST_CHUNKS) {
      await chunks.close(run);
      return workHere(inHand, work, onThrough);
    }
    const queue = await openQueue();
    const name = nameQueue("tieout-chunk", run);
    await queue.put(name, run.id, nos);
    const ended = new AbortController();
    const own = workOnChunks({ queue, name, owner, inHand }, AbortSignal.any([ended.signal, inHand.signal]));
    // Seen by the loop below too; awaited at its end.
    own.catch(() => ended.abort("failed"));
    try {
      return await waitForEnd(inHand, { chunks, queue, name, ended: ended.signal }, onThrough);
    } finally {
      ended.abort("ended");
      await own;
    }
  };
}

interface Spreading {
  readonly chunks: ChunksLedger;
  readonly queue: ChunkHandout;
  readonly name: string;
  /** Aborted when this process's own part has failed. */
  readonly ended: AbortSignal;
}

async function waitForEnd(inHand: RunInHand, spreading: Spreading, onThrough: OnThrough): Promise<Stop | null> {
  const { run, clock, signal } = inHand;
  const { chunks, queue, name, ended } = spreading;
  let through = 0;
  let putMs = clock.monotonicMs();
  for (;;) {
    const counts = await chunks.count(run);
    for (; through < counts.through; through += 1) onThrough(clock.nowMs());
    const stop = firstStop(counts.stops);
    if (signal.aborted || (stop !== null && !isBusy(stop))) {
      const why = signal.aborted ? stopOf(signal) : stop;
      if (why !== null) await stopAll(inHand, chunks, why);
      return why;
    }
    if (counts.open === 0 || ended.aborted) return stop;
    if (clock.monotonicMs() - putMs > PUT_AGAIN_MS) {
      putMs = clock.monotonicMs();
      await queue.put(name, run.id, await chunks.listLeft(run));
    }
    await clock.sleep(LOOK_MS, AbortSignal.any([signal, ended]));
  }
}

/** Lets all who work on the run end the calls that they have in flight, and then refuses whatever they would still write. */
async function stopAll({ run, clock, job }: RunInHand, chunks: ChunksLedger, why: Stop): Promise<void> {
  await chunks.stop(run, JSON.stringify(why));
  const untilMs = clock.monotonicMs() + job.shutdownGraceMs;
  while (clock.monotonicMs() < untilMs && (await chunks.count(run)).held > 0) await clock.sleep(LOOK_MS);
  await chunks.close(run);
}
