/**
 * The caps: at most N reads and M writes in flight at once, which may change meanwhile. Wraps a Transport; a call that waits for its turn, for the pace
 * or for another attempt holds no place.
 *
 * Answers come in bursts, and each one that is handed up is planned or recorded before the event loop continues. So calls go
 * first: a place that has become free is used at once, and the answer is handed up in a later turn of the event loop,
 * a few with each turn. Otherwise the bank would wait for the work on a whole burst before it gets the next call.
 */
import pLimit, { type LimitFunction } from "p-limit";
import type { Transport } from "../transport.ts";

export interface Caps {
  readonly reads: number;
  readonly writes: number;
}

/** How many answers are handed up in one turn of the event loop. */
const ANSWERS_A_TURN = 8;

export class CallCaps {
  readonly #reads: LimitFunction;
  readonly #writes: LimitFunction;
  readonly #turns = new Turns();

  constructor({ reads, writes }: Caps) {
    this.#reads = pLimit(reads);
    this.#writes = pLimit(writes);
  }

  /** From now on. Calls in flight beyond it end as they would. */
  set({ reads, writes }: Caps): void {
    this.#reads.concurrency = reads;
    this.#writes.concurrency = writes;
  }

  around(transport: Transport): Transport {
    return async (request) => {
      const reply = await (request.call === "read" ? this.#reads : this.#writes)(transport, request);
      await this.#turns.next();
      return reply;
    };
  }
}

/**
 * Lets those who wait go on, first come, first served, ANSWERS_A_TURN in each turn of the event loop at most. The first of
 * them waits a turn more, since the calls that take the places of a burst are written at the end of the turn that brought it.
 */
class Turns {
  readonly #waiting: (() => void)[] = [];

  next(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#waiting.push(resolve) === 1) setImmediate(this.#nextTurn);
    });
  }

  readonly #nextTurn = () => setImmediate(this.#pass);

  readonly #pass = () => {
    for (const resolve of this.#waiting.splice(0, ANSWERS_A_TURN)) resolve();
    if (this.#waiting.length > 0) setImmediate(this.#pass);
  };
}
