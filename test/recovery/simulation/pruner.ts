/**
 * Pruner: in some histories somebody prunes a job from time to time, with no patience at all: whatever is over goes at once. A process of its
 * own each time, which may be killed.
 */
import { FatalError } from "../../../src/errors/fatal-error.ts";
import { pruneJob } from "../../../src/run/after/prune-job.ts";
import { Life } from "./life.ts";
import type { Line } from "./line.ts";
import { Random } from "./random.ts";
import { openContext, type Surroundings } from "./run-context.ts";

const OF_HISTORIES = 0.25;
const LONGEST_GAP_MS = 6 * 3_600_000;
const MOST_CALLS = 300;

/** Until the last timer of the history; `lives` gets each process, to be buried with the others. */
export function schedulePruner(around: Surroundings, seed: number, lines: readonly Line[], lives: Life[]): void {
  const fate = new Random(seed, "pruner");
  if (!fate.chance(OF_HISTORIES)) return;
  const { world, figures } = around;
  let times = 0;
  const act = () => {
    if (lines.every(({ isDone }) => isDone)) return;
    const line = fate.pick(lines);
    const doom = fate.chance(0.5)
      ? ({
          kind: "kill",
          atCall: fate.spread(1, MOST_CALLS),
          when: "after",
          afterMs: Number.POSITIVE_INFINITY,
        } as const)
      : null;
    const life = new Life(`pruner-${++times}`, world, doom, (_, struck) => struck.die());
    lives.push(life);
    const evidence = fate.chance(0.5) ? "0d" : "never";
    void prune(around, line, life, evidence).then(() => world.after(fate.spread(60_000, LONGEST_GAP_MS), act));
    // One that was killed never ends.
    if (doom !== null) world.after(LONGEST_GAP_MS, () => life.isDead && act());
  };
  world.after(fate.spread(1_000, LONGEST_GAP_MS), act);
  figures.strike("pruned beside");
}

async function prune(around: Surroundings, line: Line, life: Life, evidence: string): Promise<void> {
  const context = openContext(around, { ...line, job: { ...line.job, planMaxAgeMs: 0 } }, life);
  try {
    for await (const pruned of pruneJob(
      context,
      { cells: "0d", evidence, legalHold: [], at: "command" },
      { isTrial: false },
    ))
      around.world.tell(() => `${life.name}: ${pruned.kind} of ${pruned.run.id}`);
  } catch (error) {
    const isExpected = error instanceof FatalError && ["lease_held", "ledger_failed"].includes(error.code);
    if (!isExpected && !life.isDead) around.onError(`${life.name} broke: ${String(error)}`);
  }
}
