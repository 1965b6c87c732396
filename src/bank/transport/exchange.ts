/**
 * Exchange: one request on its way, as undici's handler: collects the answer, keeps the deadline, and resolves exactly once,
 * whatever the error.
 *
 * Whether a request was `sent` decides whether it can have taken effect. undici calls `onRequestStart` in the very step
 * that writes the first byte to a connected socket, so before it nothing has left, and from then on everything may have.
 */
import { isUtf8 } from "node:buffer";
import type { Client, Dispatcher } from "undici";
import type { Clock } from "../../clock.ts";
import { nodeCode } from "../../errors/node-code.ts";
import { toLine } from "../../text/to-line.ts";
import type { BankReply } from "../transport.ts";
import type { Deadlines, Due } from "./deadlines.ts";
import type { LaneCall } from "./lanes.ts";
import { findRequestId } from "./request-id.ts";
import { parseRetryAfter } from "./retry-after.ts";

export interface ExchangeOutside {
  readonly clock: Clock;
  readonly deadlines: Deadlines;
  /** That of the deadlines. */
  readonly callTimeoutMs: number;
  /** Gets the milliseconds by which the bank's clock is ahead. */
  readonly tellSkew: (ms: number) => void;
}

const HALF_A_SECOND_MS = 500;

export class Exchange implements Dispatcher.DispatchHandler, LaneCall, Due {
  readonly #options: Dispatcher.DispatchOptions;
  readonly #outside: ExchangeOutside;
  readonly #resolve: (reply: BankReply) => void;
  readonly #startedMs: number;
  #controller: Dispatcher.DispatchController | undefined;
  #ended = false;
  #status = 0;
  #retryAfterMs: number | undefined;
  #dateMs = Number.NaN;
  #requestId: string | undefined;
  readonly #chunks: Buffer[] = [];

  constructor(options: Dispatcher.DispatchOptions, outside: ExchangeOutside, resolve: (reply: BankReply) => void) {
    this.#options = options;
    this.#outside = outside;
    this.#resolve = resolve;
    this.#startedMs = outside.clock.monotonicMs();
    outside.deadlines.add(this);
  }

  begin(lane: Client): boolean {
    if (this.#ended) return false;
    lane.dispatch(this.#options, this);
    return true;
  }

  turnAway(): void {
    this.#fail("the client is closed");
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    // Given up while it waited for its socket, or handed out a second time: aborting here, nothing is written.
    if (this.#ended || this.#controller !== undefined) controller.abort(new Error("given up"));
    else this.#controller = controller;
  }

  onResponseStart(_: Dispatcher.DispatchController, status: number, headers: Readonly<Record<string, unknown>>): void {
    if (status < 200) return;
    const date = textOf(headers.date);
    this.#status = status;
    this.#retryAfterMs = parseRetryAfter(textOf(headers["retry-after"]), date, this.#outside.clock.nowMs());
    this.#dateMs = Date.parse(date ?? "");
    this.#requestId = findRequestId(headers);
  }

  onResponseData(_: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#chunks.push(chunk);
  }

  onResponseEnd(): void {
    const { clock, tellSkew } = this.#outside;
    // The header has whole seconds, and the answer was made somewhere between start and end. How long that took is not
    // asked of the wall clock, which may be set in between.
    const middleMs = clock.nowMs() - (clock.monotonicMs() - this.#startedMs) / 2;
    if (!Number.isNaN(this.#dateMs)) tellSkew(Math.round(this.#dateMs + HALF_A_SECOND_MS - middleMs));
    const [first, ...more] = this.#chunks;
    const bytes = first !== undefined && more.length === 0 ? first : Buffer.concat(this.#chunks);
    // In a success every character matters, since documents and metadata are sent back as read.
    if (this.#status < 300 && !isUtf8(bytes)) {
      this.#fail("the answer is not UTF-8");
      return;
    }
    const reply = { kind: "response", status: this.#status, body: bytes.toString("utf8") } as const;
    this.#end(this.#retryAfterMs === undefined ? reply : { ...reply, retryAfterMs: this.#retryAfterMs });
  }

  onResponseError(_: Dispatcher.DispatchController | null, error: Error): void {
    this.#fail(toLine(reasonOf(error), 200));
  }

  expire(): void {
    this.#fail(`timed out after ${this.#outside.callTimeoutMs} ms`);
    this.#controller?.abort(new Error("timed out"));
  }

  #fail(reason: string): void {
    this.#end({ kind: "no_response", sent: this.#controller !== undefined, status: this.#status, reason });
  }

  #end(reply: Exclude<BankReply, { kind: "not_sent" }>): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#outside.deadlines.remove(this);
    this.#resolve(this.#requestId === undefined ? reply : { ...reply, requestId: this.#requestId });
  }
}

/** A failed attempt at several addresses has a code and no message. The message of OpenSSL is an address and a line of its source. */
function reasonOf(error: Error): string {
  const code = nodeCode(error) ?? "";
  if (code.startsWith("ERR_SSL_")) return `no TLS with this server: ${Reflect.get(error, "reason") ?? code}`;
  return error.message || code || error.name;
}

/** A header that comes twice is ambiguous. */
function textOf(header: unknown): string | undefined {
  return typeof header === "string" ? header : undefined;
}
