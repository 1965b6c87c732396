/**
 * Tells one target of one event, once. Resolves with why it could not, in words without address or secret, or null. Never rejects, and takes
 * no longer than its limit.
 */
import { nodeCode } from "../errors/node-code.ts";
import type { NotifyTarget } from "../notify-settings.ts";
import { signatureOf, slackText, type ToldEvent } from "./describe-notice.ts";

/** One try of one target may take so long. */
export const SEND_MS = 10_000;

export interface TellingOutside {
  /** The environment, for addresses and secrets. */
  readonly variables: Readonly<Record<string, string | undefined>>;
  /** Starts the program with that text on its standard input, and no other variables than those named. As sendNotice, resolves with why not. */
  readonly pipeTo: (
    command: readonly string[],
    names: readonly string[],
    text: string,
    signal: AbortSignal,
  ) => Promise<string | null>;
  /** As the global one, by a proxy where there is one; nobody reads the answer's body. */
  readonly fetch: (url: string, request: RequestInit) => Promise<{ readonly status: number }>;
  readonly nowMs: () => number;
}

export async function sendNotice(
  target: NotifyTarget,
  told: ToldEvent,
  outside: TellingOutside,
  ends: AbortSignal,
): Promise<string | null> {
  const signal = AbortSignal.any([ends, AbortSignal.timeout(SEND_MS)]);
  const body = JSON.stringify(told);
  if (target.kind === "command") return outside.pipeTo(target.command, target.env, body, signal);
  if (target.kind === "slack")
    return post(target.slack, JSON.stringify({ text: slackText(told) }), {}, outside, signal);
  const secret = outside.variables[target.secret]?.trim();
  if (!secret) return `${target.secret} is not set`;
  const headers = { "Tieout-Signature": signatureOf(body, secret, outside.nowMs()), "Tieout-Event-Id": told.id };
  return post(target.webhook, body, headers, outside, signal);
}

async function post(
  variable: string,
  body: string,
  headers: Readonly<Record<string, string>>,
  { variables, fetch }: TellingOutside,
  signal: AbortSignal,
): Promise<string | null> {
  const url = variables[variable]?.trim();
  if (!url) return `${variable} is not set`;
  if (!/^https?:$/.test(URL.parse(url)?.protocol ?? ""))
    return `${variable} is no address that begins with https:// or http://`;
  try {
    // Whoever answers with another address is not told where the first one is.
    const { status } = await fetch(url, {
      method: "POST",
      headers: { "Content-Type": "application/json", ...headers },
      body,
      redirect: "manual",
      signal,
    });
    if (status >= 300 && status < 400) return `it answers with another address (${status}), which is not followed`;
    return status >= 200 && status < 300 ? null : `it answers ${status}`;
  } catch (error) {
    if (signal.aborted) return "it has not answered in time";
    const code = nodeCode(error instanceof Error ? error.cause : error);
    return `it cannot be reached${code === undefined ? "" : ` (${code})`}`;
  }
}
