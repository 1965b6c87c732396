/**
 * Long runs whose process is killed by SIGKILL again and again, at points and at times that a seed draws, until
 * one lives to the end. 200 kills in all.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import pLimit from "p-limit";
import { describeWhole } from "../support/extent.ts";
import { AT_ONCE, figures, TIMEOUT_MS } from "./figures.ts";
import { cleanOutcome, LONG_JOB, ROWS } from "./long-job.ts";
import type { Strike } from "./points.ts";
import { type Outcome, Scene, wasKilled } from "./scene.ts";
import { Random } from "./simulation/random.ts";
import { weigh, wrongsOf } from "./verdict.ts";

const KILLS = 200;
/** A row has some nine points, so that about ten kills fall on a run. */
const MOST_POINTS = ROWS * 1.6;
const MOST_MS = 2_500;
/** Each start's clock is a minute further, and a clock 15 minutes apart from the bank's sends nothing. */
const MOST_KILLS = 12;
/**
 * A row over which three processes died is not begun again, and that is as it should be. So a process that died before it
 * was through with the rows of the dead is followed by one that gets through with them.
 */
const SUSPECT_POINTS = 400;
const SUSPECT_WRITES = 60;

type Kill = { readonly strike: Strike } | { readonly afterMs: number };

function drawKill(random: Random, wasEarly: boolean): Kill {
  if (wasEarly) return { strike: { point: "any", nth: SUSPECT_POINTS + random.whole(1, MOST_POINTS) } };
  if (random.chance(0.3)) return { afterMs: random.whole(100, MOST_MS) };
  return { strike: { point: "any", nth: random.whole(1, MOST_POINTS) } };
}

/** Whether the process was killed, and before it was through with what others had left. */
async function live(scene: Scene, kill: Kill | null): Promise<{ isOver: boolean; wasEarly: boolean }> {
  const writes = scene.bank.counts.write;
  const strike = kill !== null && "strike" in kill ? ({ ...kill.strike, signal: "SIGKILL" } as const) : undefined;
  using life = scene.start({ strike });
  if (kill !== null && "afterMs" in kill) {
    await Promise.race([sleep(kill.afterMs), life.ended]);
    life.child.kill("SIGKILL");
  }
  const isOver = !wasKilled(await life.ended);
  if (!isOver)
    figures.strike(strike === undefined ? "killed at any time" : `killed at ${(await life.reached())?.struck}`);
  return { isOver, wasEarly: scene.bank.counts.write - writes < SUSPECT_WRITES };
}

/** Kills until the process has nothing left to do, and gives the number of kills. */
async function play(seed: number, most: number): Promise<{ outcome: Outcome; kills: number }> {
  const random = new Random(seed, "kills");
  await using scene = await Scene.open({ ...LONG_JOB, latencyMs: random.pick([0, 0, 5]) });
  for (let kills = 0, wasEarly = false; ; kills++) {
    const end = await live(scene, kills < most ? drawKill(random, wasEarly) : null);
    if (end.isOver) return { outcome: await scene.look(), kills };
    wasEarly = end.wasEarly;
  }
}

/**
 * A row over which three processes have died is set aside, and rightly. Each kill strikes at most one such row, and the
 * first two strike none. What is left of the row must not be doubled; all else must be as in the clean run.
 */
function verdictOf(outcome: Outcome, clean: Outcome, kills: number, where: string): string[] {
  const setAside = outcome.rows.filter(({ result_code }) => result_code === "poison");
  if (setAside.length === 0) return wrongsOf(outcome, clean, where);
  figures.strike("set aside after three kills");
  const numbers = setAside.map(({ result_row }) => Number(result_row) - 2);
  const names = new Set(numbers.flatMap((number) => [`c${number}`, `n${number}`]));
  const others = ({ rows, effects, accounts }: Outcome): Outcome => ({
    rows: rows.filter((_, index) => !numbers.includes(index)),
    effects: effects.filter((effect) => !names.has(effect.split(" ")[1] ?? "")),
    accounts: accounts.filter((account) => !names.has((account as { client_account_id: string }).client_account_id)),
  });
  const { duplicates } = weigh(outcome, clean);
  return [
    ...(duplicates > 0 ? [`${where}: ${duplicates} duplicates`] : []),
    ...(setAside.length > kills - 2 ? [`${where}: ${setAside.length} rows set aside by ${kills} kills`] : []),
    ...wrongsOf(others(outcome), others(clean), where),
  ];
}

describeWhole("a process killed again and again at random", function () {
  this.timeout(TIMEOUT_MS);

  it("brings a long run to its end all the same, each effect once and each row told of", async () => {
    const clean = await cleanOutcome();
    const wrongs: string[] = [];
    let total = 0;
    let seed = 0;
    const playOn = async () => {
      while (total < KILLS) {
        seed += 1;
        const where = `seed ${seed}`;
        const { outcome, kills } = await play(seed, Math.min(MOST_KILLS, KILLS));
        total += kills;
        wrongs.push(...verdictOf(outcome, clean, kills, where));
      }
    };
    const limit = pLimit(AT_ONCE);
    await Promise.all(Array.from({ length: AT_ONCE }, () => limit(playOn)));
    expect(wrongs).to.deep.equal([]);
    expect(total).to.be.at.least(KILLS);
  });
});
