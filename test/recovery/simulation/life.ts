/**
 * Life: one process of the job as the world sees it. Whatever the process asks of the outside goes through here, where it
 * may die, fall asleep, or be told to stop, before the call reaches its part or after it was done and before the answer
 * is seen. Nothing of a dead one ever settles again.
 */
import type { Clock } from "../../../src/clock.ts";
import type { Random } from "./random.ts";
import type { World } from "./world.ts";

export const DOOMS = ["kill", "power cut", "pause", "told to stop", "ledger failed"] as const;
export type DoomKind = (typeof DOOMS)[number];

/** What strikes the process, at its n-th call to the outside or after so many milliseconds, whichever comes first. */
export interface Doom {
  readonly kind: DoomKind;
  readonly atCall: number;
  readonly when: "before" | "after";
  readonly afterMs: number;
}

/** What the calls of a dead process end with, when all is told. */
export class Buried extends Error {}

export class Life {
  readonly name: string;
  readonly #world: World;
  readonly #doom: Doom | null;
  readonly #strike: (doom: Doom, life: Life) => void;
  readonly #stop = new AbortController();
  #calls = 0;
  #hasStruck = false;
  #isDead = false;
  #asleep: Promise<void> | null = null;
  readonly #grave = Promise.withResolvers<never>();
  /** Whether the ledger's disk has failed under this process. */
  ledgerFailed = false;

  constructor(name: string, world: World, doom: Doom | null, strike: (doom: Doom, life: Life) => void) {
    this.name = name;
    this.#world = world;
    this.#doom = doom;
    this.#strike = strike;
    this.#grave.promise.catch(() => {});
    if (doom !== null && Number.isFinite(doom.afterMs)) world.after(doom.afterMs, () => this.#meet());
  }

  get isDead(): boolean {
    return this.#isDead;
  }

  /** Aborted when somebody asks the process to stop. */
  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  die(): void {
    this.#isDead = true;
  }

  /** Once the history is told, the calls with files in hand end after all, so that the files are closed. */
  bury(): void {
    this.#isDead = true;
    this.#grave.reject(new Buried());
  }

  /** `reason` is what the signal aborts with. */
  tellToStop(reason?: unknown): void {
    this.#stop.abort(reason);
  }

  /** Nothing that the process waits for comes to it before then. */
  sleepUntil(awake: Promise<void>): void {
    this.#asleep = awake;
    void awake.then(() => {
      this.#asleep = null;
    });
  }

  /** A call of the process to the outside; `withFiles` when it may hold files open meanwhile. */
  async call<Value>(act: () => Promise<Value>, withFiles = false): Promise<Value> {
    if (this.#isHeldUp) await this.#awake(withFiles);
    this.#calls += 1;
    if (this.#isDoomed("before") && this.#isHeldUp) await this.#awake(withFiles);
    try {
      return await act();
    } finally {
      this.#isDoomed("after");
      if (this.#isHeldUp) await this.#awake(withFiles);
    }
  }

  /** Time as the process sees it. */
  readonly clock: Clock = {
    nowMs: () => this.#world.nowMs(),
    monotonicMs: () => this.#world.elapsedMs,
    sleep: async (ms, signal) => {
      if (ms <= 0 || signal?.aborted === true) return;
      await this.#world.sleep(ms, signal);
      if (this.#isHeldUp) await this.#awake();
    },
  };

  #isDoomed(when: Doom["when"]): boolean {
    if (this.#doom === null || this.#doom.when !== when || this.#calls < this.#doom.atCall) return false;
    this.#meet();
    return true;
  }

  #meet(): void {
    if (this.#hasStruck || this.#isDead || this.#doom === null) return;
    this.#hasStruck = true;
    this.#strike(this.#doom, this);
  }

  /** Whether `#awake` has anything to wait for. */
  get #isHeldUp(): boolean {
    return this.#isDead || this.#asleep !== null;
  }

  async #awake(withFiles = false): Promise<void> {
    while (this.#asleep !== null && !this.#isDead) await this.#asleep;
    if (this.#isDead) await (withFiles ? this.#grave.promise : new Promise<never>(() => {}));
  }
}

/** Early moments are as likely as late ones. */
export function drawDoom(random: Random, kinds: readonly DoomKind[]): Doom {
  const isByTime = random.chance(0.25);
  return {
    kind: random.pick(kinds),
    atCall: isByTime ? Number.POSITIVE_INFINITY : random.spread(1, 1_200),
    when: random.chance(0.5) ? "before" : "after",
    afterMs: isByTime ? random.spread(50, 2 * 3_600_000) : Number.POSITIVE_INFINITY,
  };
}
