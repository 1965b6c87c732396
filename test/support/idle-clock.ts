/**
 * IdleClock: time stands still while anything is at work, and jumps to whoever is due next as soon as all only wait. For
 * whole runs over real sockets, files and ledgers, which then never wait for the time of day.
 */
import { FakeClock } from "./fake-clock.ts";

/** Turns of the event loop in a row in which nothing was at work: answers are handed up over several, and so are commits. */
const QUIET_TURNS = 50;
/** And then as long again after so much real time: Node does not say that a file is still being closed. */
const QUIET_MS = 4;
/** What Node calls a pending request to the file system or to zlib. */
const WORK = /^(FSReq|Zlib)/i;

export class IdleClock extends FakeClock {
  #atWork = 0;
  #drives = false;
  readonly #onIdle: (() => Promise<boolean> | boolean)[] = [];

  /** From now, so that what the system's clock stamps lies close to it. */
  constructor(startMs: number = Date.now()) {
    super(startMs);
  }

  /**
   * Called whenever all wait, before time goes on, until it gives true: it has acted, and is not called again. What a test
   * does once something has happened then needs no waiting for it.
   */
  onIdle(act: () => Promise<boolean> | boolean): void {
    this.#onIdle.push(act);
  }

  /** Whether anything is under way that `during` was told of. */
  get isAtWork(): boolean {
    return this.#atWork > 0;
  }

  /** Time stands still until `work` has ended. */
  async during<Value>(work: Promise<Value>): Promise<Value> {
    this.#atWork += 1;
    return work.finally(() => {
      this.#atWork -= 1;
    });
  }

  override sleep(ms: number, signal?: AbortSignal): Promise<void> {
    const sleeping = super.sleep(ms, signal);
    if (!this.#drives && this.sleeping > 0) void this.#drive();
    return sleeping;
  }

  async #drive(): Promise<void> {
    this.#drives = true;
    for (let quiet = 0; this.sleeping > 0; ) {
      const isBusy = this.#atWork > 0 || process.getActiveResourcesInfo().some((name) => WORK.test(name));
      // A socket answers when it answers: there is no use in asking at every turn.
      await new Promise((resolve) => (isBusy ? setTimeout(resolve, 1) : setImmediate(resolve)));
      quiet = isBusy ? 0 : quiet + 1;
      if (quiet === QUIET_TURNS) await new Promise((resolve) => setTimeout(resolve, QUIET_MS));
      if (quiet < 2 * QUIET_TURNS) continue;
      quiet = 0;
      if (!(await this.#act())) await this.advance(this.nextInMs ?? 0);
    }
    this.#drives = false;
  }

  async #act(): Promise<boolean> {
    for (const [index, act] of this.#onIdle.entries()) {
      if (!(await act())) continue;
      this.#onIdle.splice(index, 1);
      return true;
    }
    return false;
  }
}
