/**
 * The server of a ledger on which several processes work at once, as far as it is no ledger: the way to it, its queue of chunks, and the pace
 * that all who call the bank share.
 */
import { LineOfAll } from "../../support/line-of-all.ts";
import type { Figures } from "./figures.ts";
import { Queue } from "./queue.ts";
import type { Random } from "./random.ts";
import type { World } from "./world.ts";

/** The longest that a question to the server is under way. */
const LONGEST_WAY_MS = 40;

export class Server {
  readonly queue: Queue;
  readonly line: LineOfAll<{ monotonicMs(): number }>;
  /** How long it takes differs, so that of two questions the second may arrive first. */
  readonly way: () => Promise<void>;

  constructor(world: World, random: Random, figures: Figures) {
    this.way = () => world.pass(random.whole(1, LONGEST_WAY_MS));
    this.queue = new Queue(world, random, figures, this.way);
    this.line = new LineOfAll({ monotonicMs: () => world.elapsedMs });
  }
}
