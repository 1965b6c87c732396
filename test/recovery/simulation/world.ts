/**
 * World: virtual time. Timers are set, and time jumps to the next one as soon as everything that can happen without time
 * passing has happened; nobody ever waits for real.
 */
import { goThrough } from "./quiet.ts";

interface Timer {
  readonly atMs: number;
  readonly no: number;
  /** Taken away when the timer is called off. */
  act: (() => void) | null;
}

interface Sleeper {
  readonly signal: AbortSignal;
  readonly wake: () => void;
}

/** Where virtual time begins, in milliseconds since 1970. */
const EPOCH_MS = Date.UTC(2025, 0, 15, 12);

export class World {
  #nowMs = 0;
  #count = 0;
  /** A binary heap, the first timer due at its top. */
  readonly #timers: Timer[] = [];
  readonly #sleepers = new Set<Sleeper>();
  readonly #tellLine: ((line: string) => void) | null;

  /** `tellLine` gets every event, for people who look for a mistake. */
  constructor(tellLine: ((line: string) => void) | null = null) {
    this.#tellLine = tellLine;
  }

  /** Milliseconds since the world began. */
  get elapsedMs(): number {
    return this.#nowMs;
  }

  /** Whole milliseconds since 1970, as machines tell them. */
  readonly nowMs = (): number => EPOCH_MS + Math.floor(this.#nowMs);

  tell(line: () => string): void {
    this.#tellLine?.(`${formatTime(this.#nowMs)} ${line()}`);
  }

  /** Resolves the moment by calling `act`; what comes back calls it off. */
  after(ms: number, act: () => void): () => void {
    const timer: Timer = { atMs: this.#nowMs + Math.max(0, ms), no: this.#count++, act };
    this.#push(timer);
    return () => {
      timer.act = null;
    };
  }

  pass(ms: number): Promise<void> {
    return new Promise((resolve) => void this.after(ms, resolve));
  }

  /**
   * Resolves after so long, or before time goes on once the signal is aborted. Nobody listens to the signal: Node's
   * listeners cost more than looking does, as a process may have many hundreds of signals.
   */
  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (signal === undefined) return this.pass(ms);
    return new Promise((resolve) => {
      const callOff = this.after(ms, () => {
        this.#sleepers.delete(sleeper);
        resolve();
      });
      const wake = () => {
        callOff();
        resolve();
      };
      const sleeper = { signal, wake };
      this.#sleepers.add(sleeper);
    });
  }

  /** Whether anybody was woken. */
  #wakeAborted(): boolean {
    let woken = false;
    for (const sleeper of this.#sleepers) {
      if (!sleeper.signal.aborted) continue;
      this.#sleepers.delete(sleeper);
      sleeper.wake();
      woken = true;
    }
    return woken;
  }

  /** Lets time go on until `isOver`. Throws when nothing is left that could ever happen. */
  async run(isOver: () => boolean): Promise<void> {
    await goThrough({
      now: () => this.#nextMs() === this.#nowMs && this.#takeNext(),
      later: () => {
        if (this.#wakeAborted()) return true;
        if (isOver()) return false;
        const nextMs = this.#nextMs();
        if (nextMs === undefined) throw new Error("the world stands still, and nobody waits for anything");
        this.#nowMs = nextMs;
        return this.#takeNext();
      },
    });
  }

  #takeNext(): true {
    this.#pop()?.act?.();
    return true;
  }

  /** When the next timer is due that nobody has called off. */
  #nextMs(): number | undefined {
    for (let timer = this.#timers[0]; timer !== undefined; timer = this.#timers[0]) {
      if (timer.act !== null) return timer.atMs;
      this.#pop();
    }
    return undefined;
  }

  #push(timer: Timer): void {
    const heap = this.#timers;
    let at = heap.push(timer) - 1;
    while (at > 0) {
      const above = (at - 1) >> 1;
      const parent = heap[above];
      if (parent === undefined || isBefore(parent, timer)) break;
      heap[at] = parent;
      at = above;
    }
    heap[at] = timer;
  }

  #pop(): Timer | undefined {
    const heap = this.#timers;
    const first = heap[0];
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return first;
    let at = 0;
    for (;;) {
      const left = heap[2 * at + 1];
      const right = heap[2 * at + 2];
      if (left === undefined) break;
      const isRight = right !== undefined && isBefore(right, left);
      const child = isRight ? right : left;
      if (isBefore(last, child)) break;
      heap[at] = child;
      at = 2 * at + (isRight ? 2 : 1);
    }
    heap[at] = last;
    return first;
  }
}

function isBefore(one: Timer, other: Timer): boolean {
  return one.atMs < other.atMs || (one.atMs === other.atMs && one.no < other.no);
}

function formatTime(ms: number): string {
  const hours = Math.floor(ms / 3_600_000);
  const minutes = String(Math.floor(ms / 60_000) % 60).padStart(2, "0");
  return `${hours}:${minutes}:${String(((ms / 1000) % 60).toFixed(3)).padStart(6, "0")}`;
}
