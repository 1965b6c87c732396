/**
 * Pause: while a person holds the calls back, none begins, and those in flight end. Wraps Transports; never drops a call and never sends one
 * again.
 *
 * It has two parts, as the breaker has: calls wait in the guard, around everything else, and the gate, next to the network, turns those back
 * that were past the guard already.
 */
import { CLOSED, type Transport } from "../transport.ts";

/** The gate's sign to the guard alone: the call waits once more. */
const TURNED_BACK = { ...CLOSED };

export class Pause {
  readonly #closing: AbortSignal;
  /** Aborted when the pause ends, or the client stops. */
  #over: AbortController | null = null;

  /** `closing` is aborted when the client stops: callers that still wait end as not sent. */
  constructor(closing: AbortSignal) {
    this.#closing = closing;
    closing.addEventListener("abort", () => this.set(false), { once: true });
  }

  set(isPaused: boolean): void {
    if (isPaused && !this.#closing.aborted) this.#over ??= new AbortController();
    else {
      this.#over?.abort();
      this.#over = null;
    }
  }

  guard(transport: Transport): Transport {
    return async (request) => {
      for (;;) {
        if (this.#over !== null) await ended(this.#over.signal);
        const reply = this.#closing.aborted ? CLOSED : await transport(request);
        if (reply !== TURNED_BACK) return reply;
      }
    };
  }

  gate(transport: Transport): Transport {
    return async (request) => (this.#over === null ? transport(request) : TURNED_BACK);
  }
}

const ended = (signal: AbortSignal) =>
  new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
