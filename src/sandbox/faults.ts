/**
 * Misbehaviour on order: which fault strikes which coming request. Chooses only; the server carries it out.
 */
import { type SandboxRequest, TOKEN_PATH } from "./journal.ts";

/**
 * What may go wrong with a request. A plain status and `page` (200, HTML) are answered with nothing processed.
 * - `reset`: the connection is cut, nothing processed; `reset_after`: processed, then cut before a byte of the answer.
 * - `timeout_before`: the request is lost and the connection stays silent until the client ends it; `timeout_after`:
 *   processed, then silent. `500_after`, `503_after`: processed, then that answer.
 * - `cut_after`: processed, then half of the answer and a cut; `garbled_after`: processed, then a 200 that isn't JSON.
 * - `late`: still travelling, unknown to the bank; it arrives when `landLate()` is called, whoever waits for it.
 */
export const FAULTS = [
  "401",
  "403",
  "404",
  "409",
  "429",
  "500",
  "502",
  "503",
  "504",
  "page",
  "reset",
  "timeout_before",
  "late",
  "500_after",
  "503_after",
  "reset_after",
  "timeout_after",
  "cut_after",
  "garbled_after",
] as const;
export type Fault = (typeof FAULTS)[number];

/** Which requests a fault may strike; without it, every request but the one for a token. */
export type FaultMatch = (request: SandboxRequest) => boolean;

interface Order {
  readonly fault: Fault;
  readonly match: FaultMatch;
  left: number;
}

export class Faults {
  #orders: Order[] = [];
  #travelling: { land: () => void; readonly settled: Promise<void> }[] = [];

  /** Orders a fault for the next `count` requests that match; orders are served in the order they were given. */
  add(fault: Fault, count: number, match: FaultMatch = (request) => request.path !== TOKEN_PATH): void {
    if (count > 0) this.#orders.push({ fault, match, left: count });
  }

  /** The fault for this request, which is spent by asking. */
  take(request: SandboxRequest): Fault | undefined {
    if (this.#orders.length === 0) return undefined;
    const order = this.#orders.find(({ match }) => match(request));
    if (order === undefined) return undefined;
    order.left -= 1;
    if (order.left <= 0) this.#orders = this.#orders.filter((other) => other !== order);
    return order.fault;
  }

  /** Drops every order that is left. */
  clear(): void {
    this.#orders = [];
  }

  /** Keeps a request on its way; it goes on when the promise resolves. `settled` tells when it has been processed. */
  holdBack(settled: Promise<void>): Promise<void> {
    return new Promise((land) => this.#travelling.push({ land, settled }));
  }

  /** Lets what is travelling arrive, in order, and waits until it is processed. */
  async landLate(): Promise<void> {
    const arriving = this.#travelling;
    this.#travelling = [];
    for (const { land } of arriving) land();
    await Promise.all(arriving.map(({ settled }) => settled));
  }
}
