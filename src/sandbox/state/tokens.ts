/**
 * Access tokens: the client's credentials and the scopes that it asks for in, a token that expires out; and what a token allows.
 * Never stores a token beyond the life of the process.
 */
import { randomBytes } from "node:crypto";
import { answerError, answerOk, type SandboxAnswer } from "../answer.ts";

/** The scopes that a client may hold; read_write covers read. */
export const SCOPES = [
  "account/read",
  "account/read_write",
  "entity/read",
  "entity/read_write",
  "application/read",
  "application/read_write",
] as const;
export type Scope = (typeof SCOPES)[number];

export interface TokenRules {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly tokenSeconds: number;
  readonly scopes: readonly Scope[];
  readonly now: () => number;
}

interface Grant {
  readonly scopes: ReadonlySet<string>;
  readonly expiresAt: number;
}

export class Tokens {
  readonly #rules: TokenRules;
  /** By the whole Authorization header, so that the hot path looks up and does nothing else. */
  readonly #grants = new Map<string, Grant>();

  constructor(rules: TokenRules) {
    this.#rules = rules;
  }

  /** Answers `POST /v1/oauth/token`; every refusal is a 400, the only one that is documented there. */
  issue(body: unknown): SandboxAnswer {
    const { clientId, clientSecret, tokenSeconds, scopes: granted, now } = this.#rules;
    if (typeof body !== "object" || body === null) return badToken("payload_invalid", "The body must be JSON.");
    const wish: Readonly<Record<string, unknown>> = { ...body };
    if (wish.grant_type !== "client_credentials") {
      return badToken("parameters_invalid", "grant_type must be client_credentials.");
    }
    if (wish.client_id !== clientId || wish.client_secret !== clientSecret) {
      return badToken("parameters_invalid", "client_id and client_secret do not belong to a client.");
    }
    if (wish.scope !== undefined && typeof wish.scope !== "string") {
      return badToken("parameters_invalid", "scope must be text.");
    }
    const scopes = wish.scope === undefined ? [...granted] : wish.scope.split(" ").filter((scope) => scope !== "");
    const foreign = scopes.find((scope) => !granted.some((own) => covers(own, scope)));
    if (foreign !== undefined || scopes.length === 0) {
      return badToken("parameters_invalid", `scope has one that this client was not granted: ${foreign ?? "none"}.`);
    }
    const token = randomBytes(24).toString("base64");
    this.#grants.set(`Bearer ${token}`, { scopes: new Set(scopes), expiresAt: now() + tokenSeconds * 1000 });
    const answer = { access_token: token, token_type: "Bearer", scope: scopes.join(" "), expires_in: tokenSeconds };
    return answerOk(answer);
  }

  /** Undefined when the header has a live token with the scope; else the 401 or 403. */
  check(authorization: string | undefined, scope: Scope): SandboxAnswer | undefined {
    const grant = authorization === undefined ? undefined : this.#grants.get(authorization);
    if (grant === undefined || this.#rules.now() >= grant.expiresAt) return answerUnauthorized();
    if (grant.scopes.has(scope)) return undefined;
    for (const own of grant.scopes) if (covers(own, scope)) return undefined;
    const detail = `The token lacks the scope ${scope}.`;
    return answerError(403, "insufficient_scope", "The token does not allow this call.", detail);
  }

  /** Every token ends now; the next call with one is a 401. */
  revoke(): void {
    this.#grants.clear();
  }
}

/** 401 for a token that is missing, unknown, revoked or past its time. */
export function answerUnauthorized(): SandboxAnswer {
  return answerError(401, "unauthorized", "No valid access token.", "The token is missing, unknown or has expired.");
}

function covers(own: string, wanted: string): boolean {
  return own === wanted || own === `${wanted}_write`;
}

/** The one error whose `status` is a number (OpenAPI, POST /v1/oauth/token). */
function badToken(code: string, detail: string): SandboxAnswer {
  const title = "No token can be issued for this request.";
  return { kind: "json", status: 400, body: JSON.stringify({ status: 400, code, title, detail }) };
}
