/**
 * Secrets: what the process knows and no text may show. Text comes in, and goes out with every secret blotted out, in
 * whichever form it is there: plain, as JSON or a URL writes it, or within base64.
 *
 * A bank may echo a request, and its answers go to results, ledger or log. So all of them are blotted in one place, next to
 * the network.
 */
import { parseJson } from "../text/json.ts";
import { type BankReply, TOKEN_PATH, type Transport } from "./transport.ts";

export const BLOT = "[secret]";
/** Former tokens that are remembered; a run seldom has more than ten. */
const MOST_TOKENS = 50;
/** A shorter form than this would blot out what is no secret. */
const SHORTEST_FORM = 8;
/** The bank's data is compared with the file and sent back, and a short secret may be an ordinary word in it. */
const SHORTEST_IN_DATA = 16;

export class Secrets {
  /** The forms of each secret, the longest first. */
  readonly #lasting = new Map<string, readonly string[]>();
  readonly #tokens = new Map<string, readonly string[]>();

  /** One that lasts as long as the process; "" is none. */
  add(secret: string): void {
    if (secret !== "") this.#lasting.set(secret, formsOf(secret));
  }

  addToken(token: string): void {
    this.#tokens.set(token, formsOf(token));
    const [oldest] = this.#tokens.keys();
    if (this.#tokens.size > MOST_TOKENS && oldest !== undefined) this.#tokens.delete(oldest);
  }

  blot(text: string): string {
    return this.#blot(text, 1);
  }

  /** Every reply as it comes from the network. The answer that brings a token is read before it is one, and goes nowhere. */
  around(transport: Transport): Transport {
    return async (request) => {
      const reply = await transport(request);
      const isToken = request.path === TOKEN_PATH && reply.kind === "response" && reply.status === 200;
      return isToken ? reply : this.#blotReply(this.#withoutId(reply));
    };
  }

  /** An id is kept whole or not at all. */
  #withoutId(reply: BankReply): BankReply {
    if (reply.kind === "not_sent" || reply.requestId === undefined) return reply;
    const { requestId, ...rest } = reply;
    return this.blot(requestId) === requestId ? reply : rest;
  }

  #blotReply(reply: BankReply): BankReply {
    if (reply.kind === "not_sent") return reply;
    if (reply.kind === "no_response") return { ...reply, reason: this.blot(reply.reason) };
    if (reply.status !== 200) return { ...reply, body: this.#blotError(reply.body) };
    const body = this.#blotData(reply.body);
    return body === reply.body ? reply : { ...reply, body, isBlotted: true };
  }

  /** A JSON body is blotted in its values, since they may be escaped in the text. */
  #blotError(body: string): string {
    const json = parseJson(body);
    const blotValue = (_: string, value: unknown) => (typeof value === "string" ? this.blot(value) : value);
    return json === undefined ? this.blot(body) : JSON.stringify(json, blotValue);
  }

  /** The text itself as far as possible, since a number may have more digits there than once it is parsed. */
  #blotData(body: string): string {
    const blotted = this.#blot(body, SHORTEST_IN_DATA);
    if (!blotted.includes("\\")) return blotted;
    const json = parseJson(blotted);
    if (json === undefined) return blotted;
    const plain = JSON.stringify(json);
    const again = this.#blot(plain, SHORTEST_IN_DATA);
    return again === plain ? blotted : again;
  }

  #blot(text: string, shortest: number): string {
    let rest = text;
    for (const known of [this.#lasting, this.#tokens]) {
      for (const [secret, forms] of known) {
        if (secret.length < shortest) continue;
        for (const form of forms) if (rest.includes(form)) rest = rest.replaceAll(form, BLOT);
      }
    }
    return rest;
  }
}

function formsOf(secret: string): readonly string[] {
  const json = JSON.stringify(secret).slice(1, -1);
  const url = encodeURIComponent(secret.toWellFormed());
  const field = new URLSearchParams({ _: secret }).toString().slice(2);
  const derived = [
    json,
    JSON.stringify(json).slice(1, -1),
    json.replaceAll("/", "\\/"),
    url,
    field,
    ...base64Of(secret),
  ];
  const lower = [url, field].map((form) => form.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()));
  const long = [...derived, ...lower].filter((form) => form.length >= SHORTEST_FORM);
  return [...new Set([secret, ...long])].sort((one, other) => other.length - one.length);
}

/** Within a longer text base64 looks different at each of three offsets; only the part that the secret alone decides is used. */
function base64Of(secret: string): string[] {
  const bytes = Buffer.from(secret);
  return [0, 1, 2].flatMap((before) => {
    const text = Buffer.concat([Buffer.alloc(before), bytes]).toString("base64");
    const whole = text.slice(before === 0 ? 0 : before + 1, Math.floor(((before + bytes.length) * 8) / 6));
    return [whole, whole.replaceAll("+", "-").replaceAll("/", "_")];
  });
}
