/**
 * Works on chunks as long as there are some: takes one when there is room, says every few seconds that it is at it, and drops it when it is
 * another's. Whatever happens here, the ledger refuses writes of a chunk that was taken over.
 */
import { FatalError } from "../errors/fatal-error.ts";
import type { Job } from "../job.ts";
import type { Chunk, ChunksLedger } from "../ledger/chunks.ts";
import type { Lease, Run } from "../ledger/run.ts";
import type { RunInHand } from "../run/run-in-hand.ts";
import { isBusy, type Stop } from "../run/stop.ts";
import { MOST_RESTING } from "../run/window.ts";
import { workOnRange } from "../run/work-on-range.ts";
import { ChunkInHand } from "./chunk-in-hand.ts";
import type { ChunkHandout, QueuedChunk } from "./chunk-queue.ts";

/** Rows of a chunk, for each call that a worker may have in flight. */
const ROWS_PER_PLACE = 3;
/** Chunks at work at once: while the last calls of one are under way, those of the next have begun. */
const SLOTS = 2;
const BEAT_MS = 3_000;
const LOOK_MS = 250;

export interface ChunkDesk {
  readonly queue: ChunkHandout;
  /** The queue's name; see nameQueue. */
  readonly name: string;
  readonly owner: string;
  /** The run that is in hand; chunks of others are left to others. */
  readonly inHand: RunInHand;
}

/** Rows of a chunk. */
export function chunkSize({ concurrency }: Job, phase: Chunk["phase"]): number {
  return ROWS_PER_PLACE * concurrency[phase === "apply" ? "writes" : "reads"];
}

/** Works until the signal aborts, and then gives back what it has not ended. Rejects when the ledger or our own code fails. */
export async function workOnChunks(desk: ChunkDesk, signal: AbortSignal): Promise<void> {
  const { queue, name, inHand } = desk;
  const { clock } = inHand;
  const chunks = new Set<ChunkInHand>();
  const errors: unknown[] = [];
  const failed = new AbortController();
  const either = AbortSignal.any([signal, failed.signal]);
  /** Aborted when a chunk is through. */
  let freed = new AbortController();
  const begin = async (queued: QueuedChunk) => {
    const chunk = new ChunkInHand(queued, clock.monotonicMs());
    chunks.add(chunk);
    try {
      await workOn(desk, chunk, either, () => freed.abort("freed"));
    } finally {
      chunks.delete(chunk);
      freed.abort("freed");
    }
  };
  const fail = (error: unknown) => {
    errors.push(error);
    failed.abort("failed");
  };
  const ended = new AbortController();
  const beating = beat(desk, chunks, ended.signal);
  const under: Promise<void>[] = [];
  while (!either.aborted) {
    freed = new AbortController();
    const queued = hasRoom(chunks) ? await queue.take(name).catch(fail) : undefined;
    if (queued === undefined) await clock.sleep(LOOK_MS, AbortSignal.any([either, freed.signal]));
    else under.push(begin(queued).catch(fail));
  }
  await Promise.all(under);
  ended.abort("ended");
  await beating;
  if (errors.length > 0) throw errors[0];
}

/** Rows at rest take no room but memory: as many may rest as in a process that is alone. */
function hasRoom(chunks: ReadonlySet<ChunkInHand>): boolean {
  let atWork = 0;
  let resting = 0;
  for (const chunk of chunks) {
    atWork += chunk.share;
    resting += chunk.places.resting;
  }
  return atWork <= SLOTS - 1 && resting < MOST_RESTING;
}

async function workOn(desk: ChunkDesk, chunk: ChunkInHand, signal: AbortSignal, onThrough: () => void): Promise<void> {
  const { queue, owner, inHand } = desk;
  const { ledger, clock } = inHand;
  const { queued } = chunk;
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
  const { places } = chunk;
  chunk.size = chunkSize(inHand.job, range.phase);
  const hand: RunInHand = {
    ...inHand,
    run,
    places,
    ledger: ledger.fencedBy(() => lease),
    lease: () => lease,
    signal: AbortSignal.any([signal, inHand.signal, chunk.signal]),
  };
  const work = { phase: range.phase, range, isTakenOver: range.isTakenOver, isPart: true };
  try {
    const stop = await workOnRange(hand, work, () => {});
    // Its end may be recorded while the next chunk begins.
    onThrough();
    if (chunk.isLost) return;
    if (stop !== null && hand.signal.aborted) return await handBack(chunksOf, queue, run, queued, lease);
    await chunksOf.end(run, queued.no, lease, stop === null ? null : JSON.stringify(stop));
  } catch (error) {
    if (error instanceof FatalError && error.code === "lease_lost") return;
    await handBack(chunksOf, queue, run, queued, lease);
    throw error;
  }
  await queue.done(queued);
}

async function handBack(
  chunks: ChunksLedger,
  queue: ChunkHandout,
  run: Run,
  queued: QueuedChunk,
  lease: Lease,
): Promise<void> {
  await chunks.giveBack(run, queued.no, lease).catch(() => {});
  await queue.giveBack(queued).catch(() => {});
}

/** Says every few seconds that this process is at work on the chunks, and hears which are another's and when the run must stop. */
async function beat(
  { queue, name, inHand }: ChunkDesk,
  chunks: ReadonlySet<ChunkInHand>,
  ended: AbortSignal,
): Promise<void> {
  const { ledger, run, clock } = inHand;
  for (;;) {
    await clock.sleep(BEAT_MS, ended);
    if (ended.aborted) return;
    const held = [...chunks];
    const [own, stop] = await Promise.all([
      queue
        .touch(
          name,
          held.map(({ queued }) => queued),
        )
        .catch(() => undefined),
      ledger.chunks?.findStop(run).catch(() => null),
    ]);
    for (const chunk of held) {
      chunk.hear(own?.has(chunk.queued), clock.monotonicMs());
      if (stop != null) chunk.stop(JSON.parse(stop));
    }
  }
}

/** The first stop that ends the run, else the first of a row whose account is busy. */
export function firstStop(stops: readonly string[]): Stop | null {
  const all = stops.map((text) => JSON.parse(text) as Stop);
  return all.find((stop) => !isBusy(stop)) ?? all[0] ?? null;
}
