/**
 * The workers of a history: processes that serve its jobs beside those that begin their runs. Some come with each start, and are struck like
 * any other process. They are stopped when the run is over, or after a while.
 */
import { FatalError } from "../../../src/errors/fatal-error.ts";
import type { Run } from "../../../src/ledger/run.ts";
import type { RunContext } from "../../../src/run/context.ts";
import { resumeUnderLease } from "../../../src/run/start/resume-under-lease.ts";
import { serveJob } from "../../../src/workers/serve-job.ts";
import { WORKER_DOOMS } from "./faults.ts";
import { type Doom, drawDoom, Life } from "./life.ts";
import { isExpected, type Line } from "./line.ts";
import { Random } from "./random.ts";
import { openContext, type Surroundings, VERSION } from "./run-context.ts";
import type { Server } from "./server.ts";

const MINUTE_MS = 60_000;
/** Far beyond the time after which a chunk is another's. */
const LONGEST_PAUSE_MS = 2 * MINUTE_MS;
/** How long a worker waits before it opens a ledger anew that has failed. */
const REOPEN_MS = 1_000;

export class Workers {
  readonly #around: Surroundings & { readonly server: Server };
  readonly #fate: Random;
  /** The longest that one may sleep with a request in hand. */
  readonly #pauseMs: number;
  readonly #lives: Life[];
  readonly #most: number;
  readonly #present = new Map<Line, Set<Life>>();
  #started = 0;

  /** `lives` gets each that starts. */
  constructor(around: Surroundings & { readonly server: Server }, seed: number, pauseMs: number, lives: Life[]) {
    this.#around = around;
    this.#fate = new Random(seed, "workers");
    this.#pauseMs = pauseMs;
    this.#lives = lives;
    this.#most = this.#fate.whole(1, 3);
  }

  /** As many as there may be serve the job, with those that are still at it. */
  join(line: Line, isSpared: boolean): void {
    const present = this.#presentAt(line);
    while (present.size < this.#most) present.add(this.#start(line, isSpared));
  }

  /** They end what they have in hand in good order. */
  leave(line: Line): void {
    for (const life of this.#presentAt(line)) life.tellToStop();
  }

  #presentAt(line: Line): Set<Life> {
    const alive = [...(this.#present.get(line) ?? [])].filter(({ isDead }) => !isDead);
    const present = new Set(alive);
    this.#present.set(line, present);
    return present;
  }

  #start(line: Line, isSpared: boolean): Life {
    const { world } = this.#around;
    const fate = this.#fate;
    const doom = isSpared || !fate.chance(0.7) ? null : drawDoom(fate, WORKER_DOOMS);
    const life = new Life(`${line.name}-worker-${++this.#started}`, world, doom, (met) => this.#strike(met, life));
    this.#lives.push(life);
    world.tell(() => `${life.name} starts${doom === null ? "" : `, doomed: ${JSON.stringify(doom)}`}`);
    world.after(fate.spread(MINUTE_MS, 60 * MINUTE_MS), () => life.tellToStop());
    this.#serve(line, life).then(
      () => this.#end(life),
      (error: unknown) => this.#end(life, error),
    );
    return life;
  }

  #end(life: Life, error?: unknown): void {
    if (life.isDead) return;
    life.die();
    const { world, onError } = this.#around;
    world.tell(() => `${life.name} ends`);
    if (error !== undefined) onError(`${life.name} broke: ${error instanceof Error ? error.stack : String(error)}`);
  }

  #strike({ kind }: Doom, life: Life): void {
    const { world, figures } = this.#around;
    if (kind === "power cut") return;
    figures.strike(`worker: ${kind}`);
    world.tell(() => `${life.name}: ${kind}`);
    switch (kind) {
      case "kill":
        life.die();
        break;
      case "pause":
        life.sleepUntil(world.pass(Math.min(this.#pauseMs, this.#fate.spread(1_000, LONGEST_PAUSE_MS))));
        break;
      case "told to stop":
        life.tellToStop();
        break;
      case "ledger failed":
        life.ledgerFailed = true;
        world.after(this.#fate.spread(1_000, MINUTE_MS), () => {
          life.ledgerFailed = false;
        });
        break;
    }
  }

  /** As `tieout worker` does: a ledger that has failed is opened anew. */
  async #serve(line: Line, life: Life): Promise<void> {
    const around = this.#around;
    while (!life.signal.aborted) {
      const context = openContext(around, line, life);
      const queue = around.server.queue.open(life);
      const resume = (run: Run) => this.#resume(line, context, run);
      try {
        await serveJob(context, { queue, owner: life.name, version: VERSION, isOwn: () => false, resume });
      } catch (error) {
        if (!isExpected(error, around.policy)) throw error;
        await life.clock.sleep(REOPEN_MS, life.signal);
      }
    }
  }

  async #resume(line: Line, context: RunContext, run: Run): Promise<void> {
    const { world, figures } = this.#around;
    world.tell(() => `${context.owner} takes over ${run.id}`);
    try {
      await resumeUnderLease(context, run, null);
    } catch (error) {
      // Another was first.
      if (error instanceof FatalError && error.code === "lease_held") return;
      throw error;
    }
    figures.strike("run taken over");
    this.leave(line);
  }
}
