/**
 * A mortal process: whatever it asks of the ledger, the bank and the clock goes through here, and at a chosen step it dies,
 * before the step or after it was done and before the answer is seen. Nothing of a dead one ever settles again.
 */
import type { Clock } from "../../../src/clock.ts";
import type { Ledger } from "../../../src/ledger/ledger.ts";

export interface Cut {
  /** From 1, over writes of the ledger and requests to the bank together. */
  readonly atStep: number;
  readonly when: "before" | "after";
}

/** Methods of the ledger that change it, but for the lease's renewal, which comes as time goes by. */
const WRITES = /^(record|open|claim|close|reopen)/;

export class Mortal {
  readonly #cut: Cut | null;
  #isDead = false;
  #asked = 0;
  /** Steps taken so far. */
  steps = 0;

  constructor(cut: Cut | null) {
    this.#cut = cut;
  }

  get isDead(): boolean {
    return this.#isDead;
  }

  /** Wherever it is. */
  die(): void {
    this.#isDead = true;
  }

  /** Whether the ledger or the bank has still to answer it. */
  get isWaiting(): boolean {
    return this.#asked > 0;
  }

  async step<Value>(act: () => Promise<Value>): Promise<Value> {
    await this.#live();
    this.steps += 1;
    const isLast = this.steps === this.#cut?.atStep;
    if (isLast && this.#cut?.when === "before") this.#isDead = true;
    await this.#live();
    const value = await this.#ask(act);
    if (isLast) this.#isDead = true;
    await this.#live();
    return value;
  }

  async #read<Value>(act: () => Promise<Value>): Promise<Value> {
    await this.#live();
    const value = await this.#ask(act);
    await this.#live();
    return value;
  }

  async #ask<Value>(act: () => Promise<Value>): Promise<Value> {
    this.#asked += 1;
    return act().finally(() => {
      this.#asked -= 1;
    });
  }

  clock(clock: Clock): Clock {
    return {
      nowMs: () => clock.nowMs(),
      monotonicMs: () => clock.monotonicMs(),
      sleep: async (ms, signal) => {
        await this.#live();
        await clock.sleep(ms, signal);
        await this.#live();
      },
    };
  }

  ledger(ledger: Ledger): Ledger {
    const wrapped = Object.entries(ledger).map(([part, methods]) => {
      if (part === "fencedBy" || part === "audited") return [part, (given: never) => this.ledger(ledger[part](given))];
      return [part, typeof methods === "object" && methods !== null ? this.#part(methods) : methods];
    });
    return Object.fromEntries(wrapped) as Ledger;
  }

  #part(methods: object): object {
    return new Proxy(methods, {
      get: (target, name) => {
        const method: unknown = Reflect.get(target, name);
        if (typeof method !== "function") return method;
        const take = WRITES.test(String(name)) ? this.step.bind(this) : this.#read.bind(this);
        return (...given: unknown[]) => take(async () => Reflect.apply(method, target, given));
      },
    });
  }

  async #live(): Promise<void> {
    if (this.#isDead) await new Promise<never>(() => {});
  }
}
