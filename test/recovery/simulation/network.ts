/**
 * The network between a process and the bank: requests are lost, late, refused or cut, answers too, the bank fails now
 * and then, and what is on its way lives on when its sender dies.
 */
import type { HttpTransport } from "../../../src/bank/transport/http-transport.ts";
import type { BankReply, BankRequest } from "../../../src/bank/transport.ts";
import { answerError, answerNotFound, renderAnswer, type SandboxAnswer } from "../../../src/sandbox/answer.ts";
import { answerTooMany } from "../../../src/sandbox/server/fault-answers.ts";
import { TOKEN_PATH } from "../../../src/sandbox/state/journal.ts";
import type { Bank } from "./bank.ts";
import { CALL_FAULTS, type CallFault, type Outage, type Profile } from "./faults.ts";
import type { Figures } from "./figures.ts";
import type { Life } from "./life.ts";
import type { Random } from "./random.ts";
import type { World } from "./world.ts";

/** As the job has it. */
const CALL_TIMEOUT_MS = 30_000;
/** The grid of time on which requests and answers arrive. */
const TICK_MS = 20;
const PAGE = { kind: "page", status: 200, body: "<!doctype html><title>Maintenance</title>\n" } as const;

const BLOCKED = { kind: "page", status: 403, body: "<!doctype html><title>Request blocked</title>\n" } as const;

type End = (reply: BankReply) => void;

const isOfTokens = (kind: Outage["kind"] | null) => kind?.startsWith("outage: no token") === true;

export class Network {
  readonly #world: World;
  readonly #bank: Bank;
  readonly #random: Random;
  readonly #profile: Profile;
  readonly #figures: Figures;
  #outage: Outage["kind"] | null = null;
  #toCome: Outage | null = null;
  #isCalm = false;
  #requests = 0;

  constructor(world: World, bank: Bank, profile: Profile, random: Random, figures: Figures) {
    this.#world = world;
    this.#bank = bank;
    this.#profile = profile;
    this.#random = random;
    this.#figures = figures;
  }

  /** From now on nothing goes wrong any more, but what is late already. */
  calm(): void {
    this.#isCalm = true;
    this.#outage = null;
    this.#toCome = null;
  }

  /** One outage at a time is to come. */
  plan(outage: Outage): void {
    this.#toCome = { ...outage, afterRequests: this.#requests + outage.afterRequests };
  }

  #beginOutage({ kind, lastsMs }: Outage): void {
    this.#toCome = null;
    this.#outage = kind;
    if (isOfTokens(kind)) this.#bank.revokeTokens();
    this.#world.tell(() => `network: ${kind}, for ${Math.round(lastsMs / 1000)} s`);
    this.#world.after(lastsMs, () => {
      this.#outage = null;
    });
  }

  /** One process's way to the bank. */
  open(life: Life): HttpTransport {
    const inFlight = new Set<() => void>();
    let skewMs: number | null = null;
    let whenEmpty = () => {};
    const send = (request: BankRequest) =>
      new Promise<BankReply>((resolve) => {
        const no = ++this.#requests;
        this.#figures.requests += 1;
        this.#world.tell(() => `#${no} ${life.name} ${describe(request)}`);
        const end: End = (reply) => {
          if (!inFlight.delete(cut)) return;
          callOff();
          this.#world.tell(() => `#${no} ${life.name} gets ${describeReply(reply)}`);
          if (reply.kind === "response") skewMs = this.#bank.habits.skewMs;
          resolve(reply);
          if (inFlight.size === 0) whenEmpty();
        };
        const cut = () => end(silence("cut"));
        const callOff = this.#world.after(CALL_TIMEOUT_MS, () => end(silence("timed out")));
        inFlight.add(cut);
        this.#carry(no, request, end);
      });
    const close = async (graceMs?: number) => {
      if (inFlight.size === 0) return;
      const emptied = new Promise<void>((resolve) => {
        whenEmpty = resolve;
      });
      if (graceMs !== undefined) {
        const callOff = this.#world.after(graceMs, () => {
          for (const cut of inFlight) cut();
        });
        await emptied;
        callOff();
      }
      await emptied;
    };
    return {
      send: (request) => life.call(() => send(request)),
      skewMs: () => skewMs,
      close: (graceMs) => life.call(() => close(graceMs)),
    };
  }

  #carry(no: number, request: BankRequest, end: End): void {
    const fault = this.#isCalm ? null : this.#drawFault(request);
    if (this.#toCome !== null && no > this.#toCome.afterRequests) this.#beginOutage(this.#toCome);
    const outage = isOfTokens(this.#outage) && request.path !== TOKEN_PATH ? null : this.#outage;
    if (outage !== null) this.#figures.strike(outage);
    else if (fault !== null) {
      this.#figures.strike(fault);
      this.#world.tell(() => `#${no} ${fault}`);
    }
    const way = this.#wayMs();
    if (outage === "outage: silent" || (outage === null && fault === "lost")) return;
    if (outage === "outage: refused" || (outage === null && fault === "refused")) {
      this.#onTick(way, () => end({ kind: "no_response", sent: false, status: 0, reason: "refused" }));
      return;
    }
    if (outage === "outage: 503" || outage === "outage: no token") {
      this.#onTick(way, () => this.#answer(answerError(503, "down", "Down.", "Try later."), request, end));
      return;
    }
    if (outage === "outage: no token, 404") {
      this.#onTick(way, () => this.#answer(answerNotFound("There is no such route.", []), request, end));
      return;
    }
    if (outage === "outage: page") {
      this.#onTick(way, () => this.#answer(PAGE, request, end));
      return;
    }
    if (fault === "reset") {
      this.#onTick(way, () => end(silence("reset")));
      if (this.#random.chance(0.5)) return;
    }
    const lateMs = fault === "late" ? this.#random.spread(1_000, Math.max(1_000, this.#profile.lateMs)) : 0;
    this.#onTick(way + lateMs, () => this.#arrive(no, request, fault, end));
  }

  /** The request is at the bank. */
  #arrive(no: number, request: BankRequest, fault: CallFault | null, end: End): void {
    if (fault === "401") this.#bank.revokeTokens();
    const early = fault === null ? undefined : this.#answerInstead(fault);
    if (early !== undefined) {
      const retryAfter = fault === "429 with Retry-After" ? this.#random.spread(1_000, 120_000) : undefined;
      this.#answer(early, request, end, retryAfter);
      return;
    }
    const received = this.#bank.receive(request);
    if (typeof received !== "function") {
      this.#answerUnder(fault, received, request, end);
      return;
    }
    const isSlow = fault === "work slow" || (request.call === "batch" && this.#bank.habits.saysLittle);
    const workMs = isSlow ? this.#random.spread(1_000, 90_000) : this.#random.whole(1, 30);
    this.#onTick(workMs, () => {
      const answer = received();
      this.#world.tell(() => `#${no} the bank has done it: ${answer.status}`);
      this.#answerUnder(fault, answer, request, end);
    });
  }

  /** What is said without the request having been looked at. */
  #answerInstead(fault: CallFault): SandboxAnswer | undefined {
    if (fault === "page") return PAGE;
    if (fault === "429" || fault === "429 with Retry-After") return answerTooMany();
    if (fault === "403 page before") return BLOCKED;
    if (!fault.endsWith(" before")) return undefined;
    return answerError(Number.parseInt(fault, 10), "internal_error", "Something went wrong.", "Try again later.");
  }

  /** The request has been processed; its answer goes back, or what the fault makes of it. */
  #answerUnder(fault: CallFault | null, answer: SandboxAnswer, request: BankRequest, end: End): void {
    if (fault === "answer lost") return;
    if (fault === "answer cut") {
      this.#onTick(this.#wayMs(), () => end({ ...silence("cut"), status: answer.status }));
      return;
    }
    if (fault === "answer garbled" && answer.kind === "json") {
      this.#answer({ ...answer, body: answer.body.slice(0, -2) }, request, end);
      return;
    }
    if (fault === "answer slow") {
      this.#onTick(this.#random.spread(1_000, 60_000), () => this.#answer(answer, request, end));
      return;
    }
    if (fault === "403 page after" || fault === "204 after") {
      this.#answer(fault === "204 after" ? { ...BLOCKED, status: 204, body: "" } : BLOCKED, request, end);
      return;
    }
    const instead = fault?.endsWith(" after")
      ? answerError(Number.parseInt(fault, 10), "internal_error", "Something went wrong.", "Try again later.")
      : answer;
    this.#answer(instead, request, end);
  }

  #answer(answer: SandboxAnswer, request: BankRequest, end: End, retryAfterMs?: number): void {
    const body = renderAnswer(answer, request.path);
    const reply: BankReply = { kind: "response", status: answer.status, body };
    this.#onTick(this.#wayMs(), () => end(retryAfterMs === undefined ? reply : { ...reply, retryAfterMs }));
  }

  #drawFault({ call }: BankRequest): CallFault | null {
    let left = this.#random.next();
    const fault = CALL_FAULTS.find((one) => {
      left -= this.#profile.chances[one] ?? 0;
      return left < 0;
    });
    // A definite no to a question is an answer, and a bank that answers wrong breaks the contract.
    return fault === undefined || (fault === "422 before" && call === "read") ? null : fault;
  }

  #wayMs(): number {
    return this.#random.whole(2, 60);
  }

  /** Several things then happen at once, as they do where thousands are under way. */
  #onTick(ms: number, act: () => void): void {
    const { elapsedMs } = this.#world;
    this.#world.after(Math.ceil((elapsedMs + ms) / TICK_MS) * TICK_MS - elapsedMs, act);
  }
}

function silence(reason: string) {
  return { kind: "no_response", sent: true, status: 0, reason } as const;
}

function describe({ method, path, key, body = "" }: BankRequest): string {
  if (path.startsWith("/v1/")) return "asks for a token";
  return `${method} ${path} ${key === undefined ? "" : `key ${key.slice(0, 8)} `}${body.slice(0, 200)}`;
}

function describeReply(reply: BankReply): string {
  if (reply.kind === "not_sent") return "nothing sent";
  return reply.kind === "no_response" ? `no answer: ${reply.reason}` : `${reply.status}`;
}
