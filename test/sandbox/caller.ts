/**
 * A plain caller of a sandbox for its tests: method, path and body in, status and JSON out. It obtains one token, and
 * knows nothing else of the bank.
 */
import { randomUUID } from "node:crypto";
import type { Sandbox } from "../../src/sandbox/start-sandbox.ts";

export interface Said {
  readonly status: number;
  readonly text: string;
  readonly headers: Headers;
  /** The parsed body; an empty object when it isn't JSON. */
  // biome-ignore lint/suspicious/noExplicitAny: an answer is judged by the assertions of each test
  readonly json: any;
}

export interface Sent {
  readonly body?: unknown;
  /** The Idempotency-Key; a new one for each POST and PATCH unless given, none when null. */
  readonly key?: string | null;
  readonly headers?: Record<string, string>;
}

export type Caller = (call: string, sent?: Sent) => Promise<Said>;

const JSON_TYPE = { "content-type": "application/json" };

/** Asks for a token; `wish` is merged into the body. */
export async function askToken(bank: Sandbox, wish: Record<string, unknown> = {}): Promise<Said> {
  const body = {
    grant_type: "client_credentials",
    client_id: bank.clientId,
    client_secret: bank.clientSecret,
    ...wish,
  };
  return say(`${bank.url}/v1/oauth/token`, { method: "POST", headers: JSON_TYPE, body: JSON.stringify(body) });
}

/** A caller with a token; a call is written as `GET /v0/accounts/account_1`. */
export async function openCaller(bank: Sandbox, scope?: string): Promise<Caller> {
  const { json } = await askToken(bank, scope === undefined ? {} : { scope });
  return (call, { body, key, headers } = {}) => {
    const [method = "", path = ""] = call.split(" ");
    const isKeyed = method === "POST" || method === "PATCH";
    const ownKey = key === undefined && isKeyed ? randomUUID() : key;
    return say(`${bank.url}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${json.access_token}`,
        ...(body !== undefined && JSON_TYPE),
        ...(typeof ownKey === "string" && { "idempotency-key": ownKey }),
        ...headers,
      },
      ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
  };
}

async function say(url: string, init: RequestInit): Promise<Said> {
  const response = await fetch(url, { ...init, signal: AbortSignal.timeout(5000) });
  const text = await response.text();
  let json = {};
  try {
    json = JSON.parse(text);
  } catch {
    // A page or a spoilt answer; the test looks at the text.
  }
  return { status: response.status, text, headers: response.headers, json };
}

/** The names or parameters that an error complains of. */
export function complaintsOf(said: Said): string[] {
  return (said.json.invalid_parameters ?? []).map(({ name, parameter }: Record<string, string>) => name ?? parameter);
}
