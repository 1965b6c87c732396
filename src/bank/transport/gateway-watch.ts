/**
 * The gateway watch: when a gateway in front of the bank answers in its place, or nobody answers, decides whether that
 * concerns one call, whose body a firewall may reject or whose account the bank cannot read, or whether no call gets
 * through any more. Wraps a Transport; marks replies with `isBlocked` and `isLone`, and makes one harmless read of its own
 * where nothing else can decide.
 */
import { isRecord } from "../../text/json.ts";
import { type BankReply, type BankRequest, jsonOf, knownRoute, type Transport } from "../transport.ts";
import { meaningOf, whoAnswered } from "../who-answered.ts";

/** An account that no bank has: a no to it, in the bank's own words, shows that calls get through. */
const QUESTION: BankRequest = { call: "read", method: "GET", path: "/v0/accounts/account_0" };
/** This many different writes in a row that a gateway answered are not an accident of single bodies. */
const WRITES_IN_A_ROW = 50;
/** This many reads of one route in a row without an answer are not an accident of single accounts, entities or applications. */
const SILENT_IN_A_ROW = 10;

/** Wraps the retries, so that a read is judged once its attempts are spent. */
export function withGatewayWatch(transport: Transport): Transport {
  const watch = new GatewayWatch(transport);
  return async (request) => {
    const before = watch.through;
    const reply = await transport(request);
    if (isSilence(reply, request)) return watch.judgeSilence(reply, request);
    if (!isInPlace(reply)) {
      watch.note(reply, request);
      return reply;
    }
    // A route that the bank may lack proves nothing about the others.
    if (knownRoute(request) !== "has") return reply;
    return (await watch.isBlocked(request, before)) ? { ...reply, isBlocked: true } : reply;
  };
}

class GatewayWatch {
  readonly #transport: Transport;
  /** Writes that a gateway answered since one got through, each once however often it went out. */
  readonly #writes = new Set<string>();
  /** Reads of each route that nobody answered since one was answered; no entry for a route that never was. */
  readonly #silent = new Map<string, number>();
  #asking: Promise<BankReply> | undefined;
  /** How many calls the bank itself has answered. */
  through = 0;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  note(reply: BankReply, request: BankRequest): void {
    if (!isTheBanks(reply)) return;
    this.through += 1;
    if (request !== QUESTION || !this.#silent.has(routeOf(QUESTION))) this.#silent.set(routeOf(request), 0);
    if (request.call !== "read") this.#writes.clear();
  }

  /** `before`: how many calls had got through when this one began. */
  async isBlocked(request: BankRequest, before: number): Promise<boolean> {
    if (request.call !== "read") this.#writes.add(`${request.method} ${request.path} ${request.body}`);
    if (this.#writes.size >= WRITES_IN_A_ROW) return true;
    if (this.through > before) return false;
    return isInPlace(await this.#ask());
  }

  /**
   * If the bank answers the question, it is up, so the call goes out once more, since the bank may have been down just before.
   * Silence again then concerns this call alone, unless its route has never answered, or no longer does.
   */
  async judgeSilence(silence: BankReply, request: BankRequest): Promise<BankReply> {
    if (!isTheBanks(await this.#ask())) return silence;
    const again = await this.#transport(request);
    this.note(again, request);
    if (!isSilence(again, request)) return again;
    const route = routeOf(request);
    const silent = (this.#silent.get(route) ?? SILENT_IN_A_ROW) + 1;
    if (silent > SILENT_IN_A_ROW) return again;
    this.#silent.set(route, silent);
    return { ...again, isLone: true };
  }

  #ask(): Promise<BankReply> {
    const ask = async () => {
      const reply = await this.#transport(QUESTION);
      this.note(reply, QUESTION);
      return reply;
    };
    this.#asking ??= ask().finally(() => {
      this.#asking = undefined;
    });
    return this.#asking;
  }
}

/** The same for paths that differ in ids only. */
function routeOf({ path }: BankRequest): string {
  const parts = (path.split("?")[0] ?? "").split("/");
  return `${parts[2]} ${parts[4] ?? ""} ${parts.length}`;
}

function isInPlace(reply: BankReply): reply is Extract<BankReply, { kind: "response" }> {
  return reply.kind === "response" && meaningOf(reply.status, reply.body) === "in_place";
}

/** A read that left, and that nobody answered; a write in doubt is settled by reading, and an outage is everybody's. */
function isSilence(reply: BankReply, { call }: BankRequest): reply is Extract<BankReply, { kind: "no_response" }> {
  return call === "read" && reply.kind === "no_response" && reply.sent && reply.outage !== true;
}

function isTheBanks(reply: BankReply): boolean {
  if (reply.kind !== "response") return false;
  return reply.status === 200 ? isRecord(jsonOf(reply)) : whoAnswered(reply.body) === "bank";
}
