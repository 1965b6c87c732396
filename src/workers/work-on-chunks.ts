/**
 * Works on chunks as long as there are some: takes one when there is room, says every few seconds that it is at it, and drops it when it is
 * another's. Whatever happens here, the ledger refuses writes of a chunk that was taken over.
 */
import { FatalError } from "../errors/fatal-error.ts";
import type { ChunksLedger } from "../ledger/chunks.ts";
import type { Lease, Run } from "../ledger/run.ts";
import type { RunInHand } from "../run/run-in-hand.ts";
import { isBusy, type Stop } from "../run/stop.ts";
import { workOnRange } from "../run/work-on-range.ts";
import type { ChunkQueue, QueuedChunk } from "./chunk-queue.ts";
import { SILENT_SECONDS } from "./chunk-queue.ts";

/** Chunks in hand at once: while the last calls of one are under way, those of the next have begun. */
const SLOTS = 2;
/** The most chunks in hand, with those whose rows all rest. */
const MOST_IN_HAND = 20;
/** A chunk in which nothing has moved for so long rests, and gives its slot away. */
const RESTS_AFTER_MS = 2_000;
const BEAT_MS = 3_000;
const LOOK_MS = 250;

export interface ChunkDesk {
  readonly queue: ChunkQueue;
  /** The queue's name; see nameQueue. */
  readonly name: string;
  readonly owner: string;
  /** The run that is in hand; chunks of others are left to others. */
  readonly inHand: RunInHand;
}

interface InHand {
  /** When something last moved in it; long ago once all its rows have been worked on. */
  movedMs: number;
}

/** Works until the signal aborts, and then gives back what it has not ended. Rejects when the ledger or our own code fails. */
export async function workOnChunks(desk: ChunkDesk, signal: AbortSignal): Promise<void> {
  const { queue, name, inHand } = desk;
  const { clock } = inHand;
  const chunks = new Set<InHand>();
  const errors: unknown[] = [];
  const failed = new AbortController();
  const either = AbortSignal.any([signal, failed.signal]);
  const hasRoom = () => {
    const nowMs = clock.monotonicMs();
    const moving = [...chunks].filter(({ movedMs }) => nowMs - movedMs < RESTS_AFTER_MS).length;
    return moving < SLOTS && chunks.size < MOST_IN_HAND;
  };
  /** Aborted when a chunk gives its slot away. */
  let freed = new AbortController();
  const begin = async (queued: QueuedChunk) => {
    const chunk: InHand = { movedMs: clock.monotonicMs() };
    chunks.add(chunk);
    const free = () => {
      chunk.movedMs = Number.NEGATIVE_INFINITY;
      freed.abort("freed");
    };
    try {
      await workOn(desk, queued, { chunk, free }, either);
    } finally {
      chunks.delete(chunk);
      free();
    }
  };
  const fail = (error: unknown) => {
    errors.push(error);
    failed.abort("failed");
  };
  const under: Promise<void>[] = [];
  while (!either.aborted) {
    freed = new AbortController();
    const queued = hasRoom() ? await queue.take(name).catch(fail) : undefined;
    if (queued === undefined) await clock.sleep(LOOK_MS, AbortSignal.any([either, freed.signal]));
    else under.push(begin(queued).catch(fail));
  }
  await Promise.all(under);
  if (errors.length > 0) throw errors[0];
}

async function workOn(
  desk: ChunkDesk,
  queued: QueuedChunk,
  { chunk, free }: { readonly chunk: InHand; readonly free: () => void },
  signal: AbortSignal,
): Promise<void> {
  const { queue, owner, inHand } = desk;
  const { ledger, clock } = inHand;
  const run = await ledger.runs.find(queued.run);
  const chunksOf = ledger.chunks;
  if (
    run !== undefined &&
    run.id !== inHand.run.id &&
    (await chunksOf?.listOpen(run.bank, run.job))?.includes(run.id)
  ) {
    // Whoever has that run in hand has asked whether it may, and has a client and facts for it.
    await clock.sleep(LOOK_MS, signal);
    return queue.giveBack(queued);
  }
  const begun = run && (await chunksOf?.begin(run, queued.no, owner));
  if (run === undefined || chunksOf === null || begun === undefined) return queue.done(queued);
  const { lease, chunk: range } = begun;
  const ended = new AbortController();
  const watch = watchChunk({ chunks: chunksOf, queue, run, queued, clock }, ended.signal);
  const hand: RunInHand = {
    ...inHand,
    run,
    ledger: ledger.fencedBy(() => lease),
    lease: () => lease,
    signal: AbortSignal.any([signal, inHand.signal, watch.signal]),
  };
  const work = { phase: range.phase, range, isTakenOver: range.isTakenOver, isPart: true };
  try {
    const stop = await workOnRange(hand, work, () => {
      chunk.movedMs = clock.monotonicMs();
    });
    // Its end may be recorded while the next chunk begins.
    free();
    if (watch.isLost()) return;
    if (stop !== null && hand.signal.aborted) return await handBack(chunksOf, queue, run, queued, lease);
    await chunksOf.end(run, queued.no, lease, stop === null ? null : JSON.stringify(stop));
  } catch (error) {
    if (error instanceof FatalError && error.code === "lease_lost") return;
    await handBack(chunksOf, queue, run, queued, lease);
    throw error;
  } finally {
    ended.abort("ended");
    await watch.over;
  }
  await queue.done(queued);
}

async function handBack(
  chunks: ChunksLedger,
  queue: ChunkQueue,
  run: Run,
  queued: QueuedChunk,
  lease: Lease,
): Promise<void> {
  await chunks.giveBack(run, queued.no, lease).catch(() => {});
  await queue.giveBack(queued).catch(() => {});
}

interface Watched extends Pick<RunInHand, "clock"> {
  readonly chunks: ChunksLedger;
  readonly queue: ChunkQueue;
  readonly run: Run;
  readonly queued: QueuedChunk;
}

/** Says that this process is at work on the chunk, and hears when it is another's or when the run must stop. */
function watchChunk({ chunks, queue, run, queued, clock }: Watched, ended: AbortSignal) {
  const heard = new AbortController();
  let isLost = false;
  const lose = () => {
    isLost = true;
    heard.abort("lost");
  };
  const over = (async () => {
    let heardMs = clock.monotonicMs();
    while (!ended.aborted && !heard.signal.aborted) {
      await clock.sleep(BEAT_MS, ended);
      if (ended.aborted) return;
      const [isOurs, stop] = await Promise.all([
        queue.touch(queued).catch(() => undefined),
        chunks.findStop(run).catch(() => null),
      ]);
      if (isOurs) heardMs = clock.monotonicMs();
      if (isOurs === false || clock.monotonicMs() - heardMs > SILENT_SECONDS * 1_000) lose();
      if (stop !== null) heard.abort(JSON.parse(stop));
    }
  })();
  return { signal: heard.signal, over, isLost: () => isLost };
}

/** The first stop that ends the run, else the first of a row whose account is busy. */
export function firstStop(stops: readonly string[]): Stop | null {
  const all = stops.map((text) => JSON.parse(text) as Stop);
  return all.find((stop) => !isBusy(stop)) ?? all[0] ?? null;
}
