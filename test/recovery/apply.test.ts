/**
 * A plan whose apply is killed by SIGKILL at points all along the way, while it copies the plan and while it sends: typed again it says what to
 * type, and in the end each effect has happened once.
 */
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { IS_WHOLE } from "../support/extent.ts";
import { figures, numbersOf, TIMEOUT_MS } from "./figures.ts";
import { EFFECTS, JOB_OF_TEN, TOLD } from "./job-of-ten.ts";
import { POINTS, type Point, type Strike } from "./points.ts";
import { type Outcome, Scene } from "./scene.ts";
import { wrongsOf } from "./verdict.ts";

/** Of a process that has opened its run, and copies the plan. */
const COMMIT_OF_COPY = 7;
/** Each kill waits for a lease to end, and what follows the copy is killed everywhere by every-point.test.ts. */
const STRIDE = 5;

interface Played {
  readonly outcome: Outcome;
  readonly isStruck: boolean;
}

async function play(strike?: Strike): Promise<Played> {
  await using scene = await Scene.open({ ...JOB_OF_TEN, results: "folder" });
  const planned = await scene.start({ args: ["plan", scene.job] }).ended;
  const [, plan = ""] = /^plan (\S+)/.exec(planned.out) ?? [];
  expect(plan, planned.err).to.not.equal("");
  // Only the results of the run are looked at.
  await rm(join(scene.folder, "out"), { recursive: true });
  const apply = { args: ["apply", plan] };
  const first = await scene.start({ ...apply, strike: strike && { ...strike, signal: "SIGKILL" } }).ended;
  const isStruck = first.signal === "SIGKILL";
  if (!isStruck && first.code !== 3) throw new Error(`apply ended with ${first.code}: ${first.err}`);
  const again = await scene.start(apply).ended;
  const isBegun = again.code === 7;
  expect(isBegun || again.code === 3, again.err).to.equal(true);
  if (isBegun) {
    const [, unfinished] = /to finish it, type: \S+ ?\S* resume ([0-9a-f-]+)/.exec(again.err) ?? [];
    if (unfinished !== undefined) {
      const resumed = await scene.start({ args: ["resume", unfinished] }).ended;
      expect(resumed.code, resumed.err).to.equal(3);
    }
  }
  return { outcome: await scene.look(), isStruck };
}

describe("an apply killed on its way", function () {
  this.timeout(TIMEOUT_MS);
  let clean: Outcome;

  before(async () => {
    const { outcome } = await play();
    expect(outcome.rows.map((row) => `${row.result} ${row.result_operations}`)).to.deep.equal(TOLD);
    expect(outcome.effects).to.deep.equal(EFFECTS);
    clean = outcome;
  });

  async function strikeAt(point: Point, numbers: Iterable<number>): Promise<readonly string[]> {
    const wrongs: string[] = [];
    for (const nth of numbers) {
      const { outcome, isStruck } = await play({ point, nth });
      wrongs.push(...wrongsOf(outcome, clean, `${point} ${nth}`));
      if (!isStruck) return wrongs;
      figures.strike(`an apply killed at ${point}`);
    }
    return wrongs;
  }

  const points = POINTS.filter((point) => point !== "publish amid");
  for (const point of IS_WHOLE ? points : (["send after", "commit after"] as const)) {
    it(`${point} is finished by what its message says to type, each effect once`, async () => {
      const numbers = IS_WHOLE || point === "send after" ? numbersOf(point, STRIDE) : [COMMIT_OF_COPY];
      expect(await strikeAt(point, numbers)).to.deep.equal([]);
    });
  }
});
