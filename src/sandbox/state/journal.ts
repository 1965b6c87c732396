/**
 * What the stand-in has seen and done: every request, every change of state, counts of both, and the most that was in
 * flight at once. Notes only; it never holds a secret, and never changes what happens.
 */

export interface SandboxRequest {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly idempotencyKey?: string;
  /** The parsed JSON, or the text when it isn't JSON; of a token request everything but the secret. */
  readonly body?: unknown;
  /** What the answer's header x-request-id calls it. */
  readonly requestId: string;
  /** The status that was decided; 0 until then, and for ever when the request was never processed. */
  status: number;
  /** Milliseconds since 1970, at arrival. */
  readonly at: number;
}

export type EffectKind =
  | "create"
  | "patch"
  | "activate"
  | "deactivate"
  | "close"
  | "add_relationships"
  | "remove_relationship";

/** One write that the bank processed; a replayed answer is none. */
export interface SandboxEffect {
  readonly kind: EffectKind;
  readonly accountId: string;
  readonly idempotencyKey?: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}

export type Traffic = "token" | "read" | "write";

/** Counts that are kept whether or not requests are recorded. */
export interface SandboxCounts {
  readonly token: number;
  readonly read: number;
  readonly write: number;
  /** Decided answers by HTTP status. */
  readonly byStatus: Readonly<Record<number, number>>;
  readonly effects: Readonly<Record<EffectKind, number>>;
}

export const TOKEN_PATH = "/v1/oauth/token";

/** POST other than the token, PATCH and DELETE are writes. */
export function trafficOf(method: string, path: string): Traffic {
  if (path === TOKEN_PATH) return "token";
  return method === "GET" || method === "HEAD" ? "read" : "write";
}

export class Journal {
  readonly requests: SandboxRequest[] = [];
  readonly effects: SandboxEffect[] = [];
  readonly peak = { reads: 0, writes: 0 };
  readonly counts = {
    token: 0,
    read: 0,
    write: 0,
    byStatus: {} as Record<number, number>,
    effects: {
      create: 0,
      patch: 0,
      activate: 0,
      deactivate: 0,
      close: 0,
      add_relationships: 0,
      remove_relationship: 0,
    } satisfies Record<EffectKind, number>,
  };
  readonly #inFlight = { token: 0, read: 0, write: 0 };
  readonly #recordRequests: boolean;

  constructor(recordRequests: boolean) {
    this.#recordRequests = recordRequests;
  }

  /** A request has come in; it is in flight until the function that comes back is called, for the first time. */
  arrive(request: SandboxRequest, traffic: Traffic): () => void {
    if (this.#recordRequests) this.requests.push(request);
    this.counts[traffic] += 1;
    const inFlight = ++this.#inFlight[traffic];
    if (traffic === "read" && inFlight > this.peak.reads) this.peak.reads = inFlight;
    if (traffic === "write" && inFlight > this.peak.writes) this.peak.writes = inFlight;
    let gone = false;
    return () => {
      if (gone) return;
      gone = true;
      this.#inFlight[traffic] -= 1;
    };
  }

  /** The answer to a request is decided. */
  decide(request: SandboxRequest, status: number): void {
    request.status = status;
    this.counts.byStatus[status] = (this.counts.byStatus[status] ?? 0) + 1;
  }

  /** The bank has processed one write. */
  noteEffect(kind: EffectKind, accountId: string, idempotencyKey: string | undefined, at: number): void {
    this.counts.effects[kind] += 1;
    this.effects.push({ kind, accountId, ...(idempotencyKey !== undefined && { idempotencyKey }), at });
  }
}
