/**
 * HTTP: sends one request once and gives back its answer, or says whether a byte of it may have left. The only room that
 * knows HTTP, with exchange.ts (one request on its way) and lanes.ts (the sockets); never retries, never follows a redirect,
 * never throws.
 *
 * Every wait has a deadline: connecting, DNS and TLS included, 10 s; silence within the body, 10 s; an idle socket, 20 s;
 * the call as a whole, `callTimeoutMs`, which no silence and no trickle lengthens. So closing waits no longer than that, or
 * than its grace.
 */
import type { Clock } from "../../clock.ts";
import type { BankNetwork } from "../bank-api.ts";
import type { BankRequest, Transport } from "../transport.ts";
import { Deadlines } from "./deadlines.ts";
import { Exchange } from "./exchange.ts";
import { Lanes } from "./lanes.ts";
import { openConnector } from "./open-connector.ts";

export interface HttpSettings {
  /** As `checkApiUrl` gives it. */
  readonly apiUrl: string;
  readonly connections: number;
  /** For one call as a whole: waiting for a socket, connecting, sending, and receiving the last byte. */
  readonly callTimeoutMs: number;
  readonly network?: BankNetwork | undefined;
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
const LARGEST_ANSWER_BYTES = 4 * 1024 * 1024;

export function openHttpTransport(settings: HttpSettings, clock: Clock): HttpTransport {
  const { apiUrl, connections, callTimeoutMs, network = {} } = settings;
  const url = new URL(apiUrl);
  const basePath = url.pathname.replace(/\/$/, "");
  const connect = openConnector(network, Math.min(callTimeoutMs, LONGEST_CONNECT_MS));
  const lanes = new Lanes(url.origin, connections, connect, {
    pipelining: 1,
    allowH2: false,
    // The deadline of the whole call includes this wait.
    headersTimeout: 0,
    bodyTimeout: Math.min(callTimeoutMs, LONGEST_STALL_MS),
    keepAliveTimeout: IDLE_SOCKET_MS,
    keepAliveMaxTimeout: IDLE_SOCKET_MS,
    keepAliveTimeoutThreshold: IDLE_MARGIN_MS,
    maxResponseSize: LARGEST_ANSWER_BYTES,
  });
  let skewMs: number | null = null;
  const tellSkew = (ms: number) => {
    skewMs = ms;
  };
  const around = { clock, deadlines: new Deadlines(callTimeoutMs), callTimeoutMs, tellSkew };
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
      lanes.send(new Exchange({ ...options, body: request.body ?? null }, around, resolve));
    });
  let closed: Promise<void> | undefined;
  const close = async (graceMs?: number) => {
    closed ??= lanes.close();
    if (graceMs === undefined) return closed;
    const inTime = new AbortController();
    const cut = clock.sleep(graceMs, inTime.signal).then(async () => {
      if (!inTime.signal.aborted) await lanes.destroy();
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
