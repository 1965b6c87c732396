/**
 * A process is killed by SIGKILL at each point there is: at every commit of the ledger, every request to the bank, every
 * answer and every file of the results, before it and after it; and then once more, anywhere, while it makes good.
 */
import { expect } from "chai";
import pLimit from "p-limit";
import { IS_WHOLE, itWhole } from "../support/extent.ts";
import { AT_ONCE, figures, numbersOf, TIMEOUT_MS } from "./figures.ts";
import { EFFECTS, JOB_OF_TEN, TOLD } from "./job-of-ten.ts";
import { POINTS, type Point, type Reached, type Strike } from "./points.ts";
import { type Opening, type Outcome, Scene, wasKilled } from "./scene.ts";
import { Random } from "./simulation/random.ts";
import { wrongsOf } from "./verdict.ts";

/** A process that makes good reaches at least so many points. */
const POINTS_OF_A_RESUME = 60;

const openingIn = (results: Opening["results"]): Opening => ({ ...JOB_OF_TEN, results });

/** Starts the job until it ends by itself, each start struck by the next of `strikes`. */
async function play(opening: Opening, strikes: readonly Strike[]): Promise<{ outcome: Outcome; reached: Reached[] }> {
  await using scene = await Scene.open(opening);
  const reached: Reached[] = [];
  for (let index = 0; ; index++) {
    const strike = strikes[index];
    const life = scene.start({ strike: strike && { ...strike, signal: "SIGKILL" } });
    const isOver = !wasKilled(await life.ended);
    const told = await life.reached();
    if (told === null) throw new Error("the process told nothing");
    reached.push(told);
    if (isOver) return { outcome: await scene.look(), reached };
    figures.strike(`killed at ${told.struck}${index > 0 ? ", once more" : ""}`);
  }
}

/** Of two kills in a row the second may be anywhere, so the first need not be. */
const STRIDE_OF_TWO = 2;

describe("a process killed at any point", function () {
  this.timeout(TIMEOUT_MS);
  const limit = pLimit(AT_ONCE);
  let wrongs: string[];
  let clean: Outcome;

  beforeEach(() => {
    wrongs = [];
  });

  before(async () => {
    clean = (await play(openingIn("folder"), [])).outcome;
    expect(clean.rows.map((row) => `${row.result} ${row.result_operations}`)).to.deep.equal(TOLD);
    expect(clean.effects).to.deep.equal(EFFECTS);
  });

  /** Point by point, or every other one where two follow each other, until a run comes to its end before it. Gives the number of kills. */
  async function goThrough(results: Opening["results"], point: Point, again: Random | null): Promise<number> {
    let kills = 0;
    for (const nth of numbersOf(point, again === null ? 1 : STRIDE_OF_TWO)) {
      const second = again === null ? [] : [{ point: "any", nth: again.whole(1, POINTS_OF_A_RESUME) } as const];
      const where = `${results}, ${point} ${nth}${second.map((strike) => `, then any ${strike.nth}`).join("")}`;
      const { outcome, reached } = await play(openingIn(results), [{ point, nth }, ...second]);
      wrongs.push(...wrongsOf(outcome, clean, where));
      if (reached[0]?.struck === null) return kills;
      kills += 1;
    }
    return kills;
  }

  it("leaves a job whose next start finishes it, each effect once and each row told of", async () => {
    const ways = POINTS.flatMap((point) => [["folder", point] as const, ["bucket", point] as const]).filter(
      // The two places differ only in how they are written to, and a link is one step.
      ([results, point]) => (results === "folder" ? point !== "publish amid" : point.startsWith("publish")),
    );
    const kills = await Promise.all(ways.map((way) => limit(() => goThrough(way[0], way[1], null))));
    const total = kills.reduce((sum, count) => sum + count, 0);
    expect(wrongs).to.deep.equal([]);
    expect(total, "processes killed").to.be.at.least(IS_WHOLE ? 150 : ways.length);
  });

  itWhole("and killed once more while it makes good, likewise", async () => {
    const points = POINTS.filter((point) => point !== "publish amid");
    const kills = await Promise.all(
      points.map((point) => limit(() => goThrough("folder", point, new Random(1, point)))),
    );
    expect(wrongs).to.deep.equal([]);
    expect(kills.reduce((sum, count) => sum + count, 0)).to.be.at.least(75);
  });
});
