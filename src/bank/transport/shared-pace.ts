/**
 * SharedPace: the pace of a client that shares it with others: it reserves slots in the one line of all, a little ahead, and each call uses
 * one. A slot whose time has come is good for a moment; one that nobody uses is lost, never saved up.
 *
 * What a client learns from a 429 or 503 holds for itself at once, and for the others as soon as they hear of it: they drop the slots that
 * they hold. Where the line cannot be reached, a client goes on alone with a call a second: whoever keeps the line also keeps the ledger, so
 * there is little to be done meanwhile, and however many clients there are, they do not meet the bank with a pace for each.
 */
import type { BankReply } from "../transport.ts";
import {
  backOffFor,
  type Pace,
  type PaceChange,
  type PaceOutside,
  type PaceSettings,
  SLOWEST_PER_SECOND,
  slowsDown,
} from "./pace.ts";
import { askShared, type Reserved, type SharedLimits, type SharedState } from "./shared-limits.ts";

/** More slots are reserved when those in hand end so soon: longer than a busy database takes to answer. */
const AHEAD_MS = 200;
/** The most at once, so that those of several clients alternate. */
const AT_ONCE_MS = 100;
/** As late as a busy process may be, or its next call may come. A second never has more than a tenth too many calls by it. */
const SLOT_LIFE_MS = 100;
const ALONE_EVERY_MS = 1_000;

export interface SharedPaceOutside extends PaceOutside {
  /** Called with what this client hears. */
  readonly onState: (state: SharedState) => void;
}

export class SharedPace implements Pace {
  #settings: PaceSettings;
  readonly #shared: SharedLimits;
  readonly #outside: SharedPaceOutside;
  /** When each slot is due, the first first. */
  #slots: number[] = [];
  /** Whatever is under way at the line; it never rejects. */
  #asking: Promise<unknown> | null = null;
  /** When slots were last asked for, and how many calls have gone since. */
  #askedMs = 0;
  #gone = 0;
  #epoch: number | null = null;
  #slowedInARow = 0;
  #share = 1;
  /** When this client last learned of a change, and how many it has learned of. */
  #heardMs = Number.NEGATIVE_INFINITY;
  #heard = 0;
  /** No call goes before. */
  #pausedMs = Number.NEGATIVE_INFINITY;
  #aloneMs = Number.NEGATIVE_INFINITY;

  constructor(settings: PaceSettings, shared: SharedLimits, outside: SharedPaceOutside) {
    this.#settings = settings;
    this.#shared = shared;
    this.#outside = outside;
    const listening = shared.listen((state) => {
      // What was reserved meanwhile may be newer.
      if (this.#epoch === null || state.epoch > this.#epoch) this.#hear(state);
    });
    outside.closing.addEventListener("abort", () => listening[Symbol.dispose](), { once: true });
  }

  take(): boolean {
    const nowMs = this.#outside.clock.monotonicMs();
    this.#slots = this.#slots.filter((dueMs) => dueMs >= nowMs - SLOT_LIFE_MS);
    const [dueMs = Number.POSITIVE_INFINITY] = this.#slots;
    if (dueMs > nowMs || this.#pausedMs > nowMs) return false;
    this.#slots.shift();
    this.#gone += 1;
    return true;
  }

  async next(waiting: () => number): Promise<void> {
    const { clock, closing } = this.#outside;
    const pauseMs = this.#pausedMs - clock.monotonicMs();
    if (pauseMs > 0) return clock.sleep(Math.ceil(pauseMs), closing);
    if (this.#asking === null) {
      const slots = this.#lacking(waiting());
      if (slots > 0) this.#ask(() => this.#reserve(slots));
    }
    const [dueMs] = this.#slots;
    if (dueMs === undefined) await this.#asking;
    else await clock.sleep(Math.ceil(dueMs - clock.monotonicMs()), closing);
  }

  observe(reply: BankReply, startedMs: number): void {
    if (!slowsDown(reply)) return;
    const { clock, random } = this.#outside;
    const nowMs = clock.monotonicMs();
    const isNews = startedMs > this.#heardMs;
    const waitMs = reply.retryAfterMs ?? (isNews ? backOffFor(this.#slowedInARow, random()) : 0);
    // A longer pause that comes with an old reply is this client's alone: the others hear of it by a reply of their own.
    this.#pausedMs = Math.max(this.#pausedMs, nowMs + waitMs);
    if (!isNews) return;
    this.#learn(nowMs);
    this.#change(this.#share / 2, { reason: reply.status === 429 ? "rate_limited" : "unavailable", waitMs });
    const epoch = this.#epoch;
    if (epoch !== null) this.#ask(async () => this.#hear(await this.#answer(this.#shared.slow(epoch, waitMs))));
  }

  set(settings: PaceSettings): void {
    this.#settings = settings;
    this.#change(this.#share, { reason: "asked", waitMs: 0 });
  }

  /** How many slots to reserve now: for those who wait and as many as have been coming, never far ahead, and none for a few alone. */
  #lacking(waiting: number): number {
    const nowMs = this.#outside.clock.monotonicMs();
    const lastMs = this.#slots.at(-1) ?? nowMs;
    if (lastMs - nowMs > AHEAD_MS) return 0;
    const coming = (this.#gone * SLOT_LIFE_MS) / Math.max(SLOT_LIFE_MS, nowMs - this.#askedMs);
    const most = Math.max(1, Math.round((this.#perSecond() * AT_ONCE_MS) / 1000));
    const wanted = waiting + Math.floor(coming);
    const lacking = Math.min(most, wanted - this.#slots.length);
    return lacking * 2 < Math.min(most, wanted) && this.#slots.length > 0 ? 0 : lacking;
  }

  /** One after another, so that what is heard last is the latest. */
  #ask(act: () => Promise<void>): void {
    const asking = (this.#asking ?? Promise.resolve()).then(act).finally(() => {
      if (this.#asking === asking) this.#asking = null;
    });
    this.#asking = asking;
  }

  #answer<Value>(asking: Promise<Value>): Promise<Value | null> {
    return askShared(asking, this.#outside);
  }

  async #reserve(slots: number): Promise<void> {
    const { clock, closing } = this.#outside;
    this.#askedMs = clock.monotonicMs();
    this.#gone = 0;
    const heard = this.#heard;
    const reserved = await this.#answer(this.#shared.reserve(slots, this.#settings));
    if (closing.aborted) return;
    if (reserved === null) this.#goAlone();
    else if (this.#heard === heard) this.#hold(slots, reserved);
  }

  #hold(slots: number, reserved: Reserved): void {
    const nowMs = this.#outside.clock.monotonicMs();
    this.#hear(reserved);
    const { dueInMs, stepMs } = reserved;
    for (let slot = 0; slot < slots; slot += 1) this.#slots.push(nowMs + Math.max(0, dueInMs + slot * stepMs));
  }

  #goAlone(): void {
    const nowMs = this.#outside.clock.monotonicMs();
    this.#aloneMs = Math.max(nowMs, this.#pausedMs, this.#aloneMs + ALONE_EVERY_MS);
    this.#slots.push(this.#aloneMs);
  }

  #hear(state: SharedState | null): void {
    if (state === null) return;
    const { epoch, share, slowedInARow, pauseMs } = state;
    if (epoch !== this.#epoch) {
      const nowMs = this.#outside.clock.monotonicMs();
      if (this.#epoch !== null) this.#learn(nowMs);
      this.#epoch = epoch;
      this.#pausedMs = Math.max(this.#pausedMs, nowMs + pauseMs);
    }
    this.#slowedInARow = slowedInARow;
    if (share < this.#share) this.#change(share, { reason: "another_worker", waitMs: pauseMs });
    if (share > this.#share) this.#change(share, { reason: "recovering", waitMs: 0 });
    this.#outside.onState(state);
  }

  /** From now on nothing holds that was reserved, or that left, before. */
  #learn(nowMs: number): void {
    this.#heardMs = nowMs;
    this.#heard += 1;
    this.#slots = [];
  }

  #change(share: number, change: Omit<PaceChange, "requestsPerSecond">): void {
    this.#share = share;
    this.#outside.onPaceChange?.({ ...change, requestsPerSecond: this.#perSecond() });
  }

  #perSecond(): number {
    const { requestsPerSecond } = this.#settings;
    return Math.max(Math.min(SLOWEST_PER_SECOND, requestsPerSecond), requestsPerSecond * this.#share);
  }
}
