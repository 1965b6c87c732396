/**
 * HTTP: sends one request once and gives back its answer, or says whether a byte of it may have left. The only file that
 * knows HTTP; never retries, never follows a redirect, never throws.
 *
 * Whether a request was `sent` decides whether it can have taken effect. undici calls `onRequestStart` in the very step
 * that writes the first byte to a connected socket, so before it nothing has left, and from then on everything may have.
 *
 * Every wait has a deadline: connecting, DNS and TLS included, 10 s; silence before the headers, the call's own; silence
 * within the body, 10 s; an idle socket, 20 s; the call as a whole, `callTimeoutMs`, which no trickle lengthens. So
 * closing waits no longer than that, or than its grace.
 */
import { isUtf8 } from "node:buffer";
import { type Dispatcher, Pool } from "undici";
import type { Clock } from "../../clock.ts";
import { nodeCode } from "../../errors/node-code.ts";
import { toLine } from "../../text/to-line.ts";
import type { BankReply, BankRequest, Transport } from "../transport.ts";
import { parseRetryAfter } from "./retry-after.ts";

export interface HttpSettings {
  /** As `checkApiUrl` gives it. */
  readonly apiUrl: string;
  readonly connections: number;
  /** For one call as a whole: waiting for a socket, connecting, sending, and receiving the last byte. */
  readonly callTimeoutMs: number;
}

export interface HttpTransport {
  readonly send: Transport;
  /** How far the clock of the latest whole answer's Date is ahead of ours; null before there was one. */
  skewMs(): number | null;
  /** Lets the calls in flight end, for as long as `graceMs` if it is given, then closes the sockets. */
  close(graceMs?: number): Promise<void>;
}

const LONGEST_CONNECT_MS = 10_000;
/** The longest silence in the middle of an answer. */
const LONGEST_STALL_MS = 10_000;
/** Below the 60 s after which load balancers commonly drop an idle connection, so that we do so first. */
const IDLE_SOCKET_MS = 20_000;
/** Taken off the server's own hint, since its clock started earlier. */
const IDLE_MARGIN_MS = 2_000;
const HALF_A_SECOND_MS = 500;
const LARGEST_ANSWER_BYTES = 4 * 1024 * 1024;

export function openHttpTransport(settings: HttpSettings, clock: Clock): HttpTransport {
  const url = new URL(settings.apiUrl);
  const basePath = url.pathname.replace(/\/$/, "");
  const pool = new Pool(url.origin, {
    connections: settings.connections,
    pipelining: 1,
    allowH2: false,
    connectTimeout: Math.min(settings.callTimeoutMs, LONGEST_CONNECT_MS),
    headersTimeout: settings.callTimeoutMs,
    bodyTimeout: Math.min(settings.callTimeoutMs, LONGEST_STALL_MS),
    keepAliveTimeout: IDLE_SOCKET_MS,
    keepAliveMaxTimeout: IDLE_SOCKET_MS,
    keepAliveTimeoutThreshold: IDLE_MARGIN_MS,
    maxResponseSize: LARGEST_ANSWER_BYTES,
  });
  let skewMs: number | null = null;
  const send: Transport = (request) =>
    new Promise((resolve) => {
      if (!isSendable(request)) {
        resolve({
          kind: "no_response",
          sent: false,
          status: 0,
          reason: "its path, key or token cannot be sent in a header",
        });
        return;
      }
      const options = { method: request.method, path: basePath + request.path, headers: headersOf(request) };
      pool.dispatch(
        { ...options, body: request.body ?? null },
        new Exchange(settings.callTimeoutMs, clock, resolve, (ms) => {
          skewMs = ms;
        }),
      );
    });
  let closed: Promise<void> | undefined;
  const close = async (graceMs?: number) => {
    closed ??= pool.close().catch(() => {});
    if (graceMs === undefined) return closed;
    const inTime = new AbortController();
    const cut = clock.sleep(graceMs, inTime.signal).then(async () => {
      if (!inTime.signal.aborted) await pool.destroy();
    });
    await closed;
    inTime.abort("closed");
    await cut;
  };
  return { send, skewMs: () => skewMs, close };
}

/** Asked beforehand, since undici takes a socket out of use on which it refuses to begin a request. */
function isSendable({ path, key = "", token = "" }: BankRequest): boolean {
  return /^[\x21-\x7e]+$/.test(path + key + token);
}

function headersOf(request: BankRequest): string[] {
  const headers = ["accept", "application/json", "user-agent", "tieout"];
  if (request.body !== undefined) headers.push("content-type", "application/json");
  if (request.token !== undefined) headers.push("authorization", `Bearer ${request.token}`);
  if (request.key !== undefined) headers.push("idempotency-key", request.key);
  return headers;
}

/**
 * One request on its way, as undici's handler: collects the answer, keeps the deadline, and resolves exactly once, whatever
 * the error. `tellSkew` gets the milliseconds by which the bank's clock is ahead.
 */
export class Exchange implements Dispatcher.DispatchHandler {
  readonly #clock: Clock;
  readonly #startedMs: number;
  readonly #tellSkew: (ms: number) => void;
  #dateMs = Number.NaN;
  readonly #resolve: (reply: BankReply) => void;
  readonly #deadline: NodeJS.Timeout;
  #controller: Dispatcher.DispatchController | undefined;
  #ended = false;
  #status = 0;
  #retryAfterMs: number | undefined;
  readonly #chunks: Buffer[] = [];

  constructor(timeoutMs: number, clock: Clock, resolve: (reply: BankReply) => void, tellSkew: (ms: number) => void) {
    this.#clock = clock;
    this.#startedMs = clock.monotonicMs();
    this.#resolve = resolve;
    this.#tellSkew = tellSkew;
    this.#deadline = setTimeout(() => this.#expire(timeoutMs), timeoutMs);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    // Given up while it waited for a socket, or handed out a second time: aborting here, nothing is written.
    if (this.#ended || this.#controller !== undefined) controller.abort(new Error("given up"));
    else this.#controller = controller;
  }

  onResponseStart(_: Dispatcher.DispatchController, status: number, headers: Readonly<Record<string, unknown>>): void {
    if (status < 200) return;
    this.#status = status;
    this.#retryAfterMs = parseRetryAfter(textOf(headers["retry-after"]), textOf(headers.date), this.#clock.nowMs());
    this.#dateMs = Date.parse(textOf(headers.date) ?? "");
  }

  onResponseData(_: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#chunks.push(chunk);
  }

  onResponseEnd(): void {
    // The header has whole seconds, and the answer was made somewhere between start and end. How long that took is not
    // asked of the wall clock, which may be set in between.
    const middleMs = this.#clock.nowMs() - (this.#clock.monotonicMs() - this.#startedMs) / 2;
    if (!Number.isNaN(this.#dateMs)) this.#tellSkew(Math.round(this.#dateMs + HALF_A_SECOND_MS - middleMs));
    const bytes = Buffer.concat(this.#chunks);
    // In a success every character matters, since documents and metadata are sent back as read.
    if (this.#status < 300 && !isUtf8(bytes)) {
      this.#fail("the answer is not UTF-8");
      return;
    }
    const reply = { kind: "response", status: this.#status, body: bytes.toString("utf8") } as const;
    this.#end(this.#retryAfterMs === undefined ? reply : { ...reply, retryAfterMs: this.#retryAfterMs });
  }

  onResponseError(_: Dispatcher.DispatchController | null, error: Error): void {
    // A failed attempt at several addresses has a code and no message.
    this.#fail(toLine(error.message || nodeCode(error) || error.name, 200));
  }

  #expire(timeoutMs: number): void {
    const controller = this.#controller;
    this.#fail(`timed out after ${timeoutMs} ms`);
    controller?.abort(new Error("timed out"));
  }

  #fail(reason: string): void {
    this.#end({ kind: "no_response", sent: this.#controller !== undefined, status: this.#status, reason });
  }

  #end(reply: BankReply): void {
    if (this.#ended) return;
    this.#ended = true;
    clearTimeout(this.#deadline);
    this.#resolve(reply);
  }
}

/** A header that comes twice is ambiguous. */
function textOf(header: unknown): string | undefined {
  return typeof header === "string" ? header : undefined;
}
