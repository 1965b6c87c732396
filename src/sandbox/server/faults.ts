/**
 * Faults on order: which fault hits which of the coming requests. Chooses and counts only; the server acts.
 */
import { hash } from "node:crypto";
import { type SandboxRequest, TOKEN_PATH } from "../state/journal.ts";

/**
 * What may go wrong with a request. A plain status, `page` (200, HTML) and `403_page` (HTML, as a firewall shows it) are
 * answered with nothing processed.
 * - `reset`: the connection is cut, nothing processed; `reset_after`: processed, then cut before a byte of the answer.
 * - `timeout_before`: the request is lost and the connection stays silent until the client ends it; `timeout_after`:
 *   processed, then silent. `500_after`, `503_after`, `403_page_after`, `204_after` (no body): processed, then that answer.
 * - `cut_after`: processed, then half of the answer and a cut; `garbled_after`: processed, then a 200 that isn't JSON.
 * - `late`: still travelling, unknown to the bank; it arrives after the order's `ms`, or when `landLate()` is called,
 *   even if nobody waits for it any more.
 * - `token_expired`: every token ends as the request arrives, which then meets the gates like any other.
 * - `slow`: processed and answered, but the answer is kept back for the order's `ms`. It comes on top of any other fault.
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
  "403_page",
  "reset",
  "timeout_before",
  "late",
  "500_after",
  "503_after",
  "403_page_after",
  "204_after",
  "reset_after",
  "timeout_after",
  "cut_after",
  "garbled_after",
  "token_expired",
  "slow",
] as const;
export type Fault = (typeof FAULTS)[number];

/** Which requests a fault may hit; without it, every request except the one for a token. */
export type FaultMatch = (request: SandboxRequest) => boolean;

/** Which fault hits which requests, and how often. All numbers count matching requests only. */
export interface FaultOrder {
  readonly fault: Fault;
  readonly match?: FaultMatch;
  /** The first N matching requests are skipped; 0. */
  readonly after?: number;
  /** Then every Nth one is hit; 1. */
  readonly every?: number;
  /** How likely such a request is hit; 1. The same request, the same number of times sent, gets the same result. */
  readonly chance?: number;
  /** Change it to draw different faults; 0. */
  readonly seed?: number;
  /** The most hits; no limit. */
  readonly count?: number;
  /** For `slow` and `late`. */
  readonly ms?: number;
  /** Sent with the answer of a `429` or `503`. */
  readonly retryAfterSeconds?: number;
}

/** What hits one request: at most one fault beside `slow`, and the delays of all that are slow together. */
export interface Strike {
  readonly order: FaultOrder | undefined;
  readonly delayMs: number;
}

interface Standing {
  readonly order: FaultOrder;
  /** Its place among all orders ever given, so that two equal orders draw differently. */
  readonly place: number;
  seen: number;
  left: number;
}

const isNoTokenRequest: FaultMatch = ({ path }) => path !== TOKEN_PATH;
const UNHARMED: Strike = { order: undefined, delayMs: 0 };

export class Faults {
  readonly #struck: Partial<Record<Fault, number>> = {};
  #standing: Standing[] = [];
  #given = 0;
  /** How often each request that was drawn for has come, by its hash; kept for as long as the server lives. */
  readonly #drawn = new Map<string, number>();
  #travelling: { land: () => void; readonly settled: Promise<void> }[] = [];

  /** Orders are tried in the order they were given: the first whose turn it is hits, and only that one is used up. */
  add(order: FaultOrder): void {
    const left = order.count ?? Number.POSITIVE_INFINITY;
    this.#given += 1;
    this.#struck[order.fault] ??= 0;
    if (left > 0) this.#standing.push({ order, place: this.#given, seen: 0, left });
  }

  /** How often each fault that was ever ordered has hit. */
  get struck(): Readonly<Partial<Record<Fault, number>>> {
    return this.#struck;
  }

  /** What hits this request; asking uses it up. */
  take(request: SandboxRequest): Strike {
    if (this.#standing.length === 0) return UNHARMED;
    let order: FaultOrder | undefined;
    let delayMs = 0;
    for (const standing of this.#standing) {
      const { match = isNoTokenRequest, fault, ms = 0 } = standing.order;
      if (!match(request)) continue;
      standing.seen += 1;
      if (!this.#isTurn(standing, request) || (fault !== "slow" && order !== undefined)) continue;
      standing.left -= 1;
      this.#struck[fault] = (this.#struck[fault] ?? 0) + 1;
      if (fault === "slow") delayMs += ms;
      else order = standing.order;
    }
    this.#standing = this.#standing.filter(({ left }) => left > 0);
    return { order, delayMs };
  }

  #isTurn({ order: { after = 0, every = 1, chance = 1, seed = 0 }, place, seen }: Standing, request: SandboxRequest) {
    // Drawn even out of turn, so that a change of `after` or `every` does not change what is drawn.
    const isDrawn = chance >= 1 || this.#draw(`${seed} ${place}`, request) < chance;
    return isDrawn && seen > after && (seen - after) % every === 0;
  }

  /** From 0 up to 1, by what the request is and how often it has come; never by when. Its key is another in each run. */
  #draw(order: string, { method, path, query, body }: SandboxRequest): number {
    const request = hash("sha256", JSON.stringify([order, method, path, query, body]), "base64");
    const time = (this.#drawn.get(request) ?? 0) + 1;
    this.#drawn.set(request, time);
    return hash("sha256", `${request} ${time}`, "buffer").readUInt32BE() / 2 ** 32;
  }

  /** Drops every order that is left. */
  clear(): void {
    this.#standing = [];
  }

  /**
   * Keeps a request on its way, for `ms` if given; it arrives when the promise resolves. `settled` resolves once it has been
   * processed.
   */
  async holdBack(settled: Promise<void>, ms: number | undefined): Promise<void> {
    const { promise, resolve: land } = Promise.withResolvers<void>();
    const travelling = { land, settled };
    this.#travelling.push(travelling);
    const timer = ms === undefined ? undefined : setTimeout(land, ms).unref();
    await promise;
    clearTimeout(timer);
    this.#travelling = this.#travelling.filter((other) => other !== travelling);
  }

  /** Lets what is travelling arrive, in order, and waits until it is processed. */
  async landLate(): Promise<void> {
    const arriving = this.#travelling;
    this.#travelling = [];
    for (const { land } of arriving) land();
    await Promise.all(arriving.map(({ settled }) => settled));
  }
}
