/**
 * A chunk that this process works on: how much of it is at work, and whether it is this process's still.
 */
import type { Stop } from "../run/stop.ts";
import { Places } from "../run/window.ts";
import { type QueuedChunk, SILENT_SECONDS } from "./chunk-queue.ts";

export class ChunkInHand {
  readonly queued: QueuedChunk;
  readonly places = new Places();
  /** How many rows fill a slot. */
  size = 1;
  isLost = false;
  readonly #heard = new AbortController();
  #oursAtMs: number;

  constructor(queued: QueuedChunk, nowMs: number) {
    this.queued = queued;
    this.#oursAtMs = nowMs;
  }

  /** Of a slot, from 0 to 1. Rows at rest need none, and a chunk of which no row has begun needs a whole one. */
  get share(): number {
    return this.places.begun === 0 ? 1 : Math.min(1, this.places.atWork / this.size);
  }

  /** Aborted when it is another's, or when the run must stop. */
  get signal(): AbortSignal {
    return this.#heard.signal;
  }

  /** Whether the queue has it as this process's; undefined when the queue did not answer, which after a while means that it is not. */
  hear(isOurs: boolean | undefined, nowMs: number): void {
    if (isOurs) this.#oursAtMs = nowMs;
    else if (isOurs === false || nowMs - this.#oursAtMs > SILENT_SECONDS * 1_000) {
      this.isLost = true;
      this.#heard.abort("lost");
    }
  }

  stop(why: Stop): void {
    this.#heard.abort(why);
  }
}
