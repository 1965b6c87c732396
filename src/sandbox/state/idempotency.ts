/**
 * Idempotency keys: which keys are in flight, and the 200 that each spent key got. A key belongs to one method, path and
 * body (contract, "Idempotency"); it knows them by their hash, and never keeps a body.
 */
import { hash } from "node:crypto";
import { answerError, type SandboxAnswer } from "../answer.ts";

const MAX_KEY_CHARACTERS = 255;

/** A spent key as in the state file. `at` is in milliseconds since 1970. */
export interface SpentKey {
  readonly key: string;
  readonly request: string;
  readonly at: number;
  readonly body: string;
}

export class IdempotencyKeys {
  /** Oldest first, so that the expired ones are at the front. */
  readonly #spent = new Map<string, SpentKey>();
  readonly #inFlight = new Map<string, string>();
  readonly #keepMs: number;
  readonly #now: () => number;

  constructor(keyHours: number, now: () => number, spent: readonly SpentKey[] = []) {
    this.#keepMs = keyHours * 3_600_000;
    this.#now = now;
    for (const entry of spent) this.#spent.set(entry.key, entry);
  }

  /** What a key belongs to. */
  static hashRequest(method: string, path: string, body: string): string {
    return hash("sha256", `${method} ${path}\n${body}`, "base64");
  }

  /** An answer, when the request must not be processed; undefined, and the key is in flight from now on. */
  begin(key: string | undefined, request: string, call: { isBatch: boolean }): SandboxAnswer | undefined {
    if (key === undefined || key === "" || key.length > MAX_KEY_CHARACTERS) {
      const detail = `The header Idempotency-Key is required, with 1 to ${MAX_KEY_CHARACTERS} characters.`;
      return answerError(400, "idempotency_error", "A required header is missing.", detail);
    }
    this.#dropExpired();
    const spent = this.#spent.get(key);
    const known = spent?.request ?? this.#inFlight.get(key);
    if (known !== undefined && known !== request) return answerInconsistent(call.isBatch);
    if (spent !== undefined) return { kind: "json", status: 200, body: spent.body };
    if (known !== undefined) return answerInFlight();
    this.#inFlight.set(key, request);
    return undefined;
  }

  /** The request under this key is done: a 200 spends the key, anything else gives it back. */
  end(key: string, request: string, answer: SandboxAnswer): void {
    this.#inFlight.delete(key);
    if (answer.kind === "json") this.#spent.set(key, { key, request, at: this.#now(), body: answer.body });
  }

  /** The keys still kept, oldest first. */
  listSpent(): SpentKey[] {
    this.#dropExpired();
    return [...this.#spent.values()];
  }

  #dropExpired(): void {
    const before = this.#now() - this.#keepMs;
    for (const [key, { at }] of this.#spent) {
      if (at > before) return;
      this.#spent.delete(key);
    }
  }
}

/** 409: an earlier request with this key is still being processed. */
export function answerInFlight(): SandboxAnswer {
  const detail = "An earlier request with this idempotency key has not been answered yet.";
  return answerError(409, "idempotency_in_progress", "This request is still being processed.", detail);
}

function answerInconsistent(isBatch: boolean): SandboxAnswer {
  const detail = "This idempotency key belongs to another request; use a new key, or send the first request again.";
  const title = "The idempotency key was used for something else.";
  return answerError(isBatch ? 409 : 422, "idempotency_request_inconsistent", title, detail);
}
