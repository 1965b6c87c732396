/**
 * The queue of chunks as pg-boss keeps it, in virtual time: it hands each chunk to one process, and on to another when that one is silent.
 * Now and then it loses a chunk, has it twice, or does not hear who works on it, so that two do.
 */
import { type ChunkHandout, type QueuedChunk, SILENT_SECONDS } from "../../../src/workers/chunk-queue.ts";
import type { QueueFault } from "./faults.ts";
import type { Figures } from "./figures.ts";
import type { Life } from "./life.ts";
import { ledgerFailed } from "./machine.ts";
import type { Random } from "./random.ts";
import type { World } from "./world.ts";

interface Entry {
  readonly queue: string;
  readonly run: string;
  readonly no: number;
  readonly id: string;
  retryCount: number;
  /** When it was last said to be worked on; null while it waits. */
  heardMs: number | null;
  /** Whether nothing more of it is heard. */
  isUnheard: boolean;
}

export class Queue {
  readonly #world: World;
  readonly #random: Random;
  readonly #figures: Figures;
  readonly #way: () => Promise<void>;
  /** Of each fault, whenever it may strike. */
  #chance: number;
  #entries: Entry[] = [];
  #ids = 0;

  constructor(world: World, random: Random, figures: Figures, way: () => Promise<void>) {
    this.#world = world;
    this.#random = random;
    this.#figures = figures;
    this.#way = way;
    this.#chance = random.pick([0, 0.05, 0.2, 0.4]);
  }

  /** From now on it works as it should. */
  calm(): void {
    this.#chance = 0;
  }

  /** The queue as one process has it. While the way to its server is cut, only who says that it is at work hears of that. */
  open(life: Life): ChunkHandout {
    const ask = <Value>(act: () => Value): Promise<Value | undefined> =>
      life.call(async () => {
        if (life.ledgerFailed) return undefined;
        await this.#way();
        return act();
      });
    return {
      put: (queue, run, nos) => ask(() => this.#put(queue, run, nos)),
      take: (queue) => ask(() => this.#take(queue)),
      touch: async (_, chunks) => {
        const ours = await ask(() => new Set(chunks.filter((chunk) => this.#touch(chunk))));
        if (ours === undefined) throw ledgerFailed();
        return ours;
      },
      done: (chunk) => ask(() => this.#done(chunk)),
      giveBack: (chunk) => ask(() => this.#giveBack(chunk)),
    };
  }

  #put(queue: string, run: string, nos: readonly number[]): void {
    for (const no of nos) {
      if (this.#entries.some((entry) => entry.run === run && entry.no === no) || this.#strikes("chunk lost")) continue;
      const copies = this.#strikes("chunk doubled") ? 2 : 1;
      for (let copy = 0; copy < copies; copy++) {
        const id = String(++this.#ids);
        this.#entries.push({ queue, run, no, id, retryCount: 0, heardMs: null, isUnheard: false });
      }
    }
  }

  /** The first in order of the file, and of its copies the oldest. */
  #take(queue: string): QueuedChunk | undefined {
    this.#giveOn();
    const waiting = this.#entries.filter((entry) => entry.queue === queue && entry.heardMs === null);
    const [next] = waiting.sort((one, other) => one.no - other.no);
    if (next === undefined) return undefined;
    next.heardMs = this.#world.elapsedMs;
    next.isUnheard = this.#strikes("chunk unheard of");
    const { run, no, id, retryCount } = next;
    return { run, no, queue, attempt: { id, retryCount } };
  }

  #touch(chunk: QueuedChunk): boolean {
    this.#giveOn();
    const entry = this.#find(chunk);
    if (entry !== undefined && !entry.isUnheard) entry.heardMs = this.#world.elapsedMs;
    return entry !== undefined;
  }

  #done(chunk: QueuedChunk): void {
    const entry = this.#find(chunk);
    if (entry?.isUnheard === false) this.#entries = this.#entries.filter((one) => one !== entry);
  }

  #giveBack(chunk: QueuedChunk): void {
    const entry = this.#find(chunk);
    if (entry?.isUnheard === false) this.#wait(entry);
  }

  /** What is worked on in silence is handed on. */
  #giveOn(): void {
    const beforeMs = this.#world.elapsedMs - SILENT_SECONDS * 1_000;
    for (const entry of this.#entries) if (entry.heardMs !== null && entry.heardMs < beforeMs) this.#wait(entry);
  }

  #wait(entry: Entry): void {
    entry.heardMs = null;
    entry.retryCount += 1;
  }

  /** As it was handed out then, and not since. */
  #find({ attempt: { id, retryCount } }: QueuedChunk): Entry | undefined {
    return this.#entries.find((one) => one.id === id && one.retryCount === retryCount && one.heardMs !== null);
  }

  #strikes(fault: QueueFault): boolean {
    const isStruck = this.#random.chance(this.#chance);
    if (isStruck) this.#figures.strike(fault);
    return isStruck;
  }
}
