/**
 * An approval killed by SIGKILL at every commit of the ledger and every file of its results, before it and after it: typed again it ends
 * well, nothing is sent before `resume`, and that sends each row once.
 */
import { expect } from "chai";
import { IS_WHOLE, itWhole } from "../support/extent.ts";
import { figures, TIMEOUT_MS } from "./figures.ts";
import { POINTS, type Point } from "./points.ts";
import { type Opening, Scene, wasKilled } from "./scene.ts";

const openingOf = (numbers: readonly number[]): Opening => ({
  seed: { accounts: numbers.map((n) => ({ id: `account_${n}`, client_account_id: `c${n}` })) },
  csv: `account_id,status,status_reason\n${numbers.map((n) => `account_${n},closed,paid_off\n`).join("")}`,
  job: { guards: { close: { max: 1 } } },
  results: "folder",
});
const NUMBERS = [1, 2, 3, 4];
const OPENING = openingOf(NUMBERS);
/** Rows are released ten thousand at a time. */
const LONG = Array.from({ length: 10_005 }, (_, n) => n + 1);
const APPROVE = ["approve", "last", "--guard", "close", "--max", "4", "--reason", "seen"];
const CLOSED = NUMBERS.map((n) => `close c${n}`);

/** Whether the approval was struck, which is then typed again; what came of it in the end is held against what must. */
async function playApproval(point: Point, nth: number): Promise<boolean> {
  await using scene = await Scene.open(OPENING);
  expect((await scene.start().ended).code, "the run holds its rows").to.equal(4);
  const struck = await scene.start({ args: APPROVE, strike: { point, nth, signal: "SIGKILL" } }).ended;
  const isStruck = wasKilled(struck);
  if (isStruck) {
    figures.strike(`an approval killed at ${point}`);
    const again = await scene.start({ args: APPROVE }).ended;
    expect(again.code, `${point} ${nth}: ${again.err}`).to.equal(0);
  }
  expect((await scene.look()).effects, "sent before resume").to.deep.equal([]);
  const resumed = await scene.start({ command: "resume" }).ended;
  expect(resumed.code, `${point} ${nth}: ${resumed.err}`).to.equal(0);
  const { rows, effects } = await scene.look();
  expect(effects).to.deep.equal(CLOSED);
  expect(rows.map(({ result }) => result)).to.deep.equal(NUMBERS.map(() => "applied"));
  return isStruck;
}

describe("an approval killed at any point", function () {
  this.timeout(TIMEOUT_MS);
  const points = POINTS.filter(
    (point) => point.startsWith("commit") || point === "publish before" || point === "publish after",
  );

  for (const point of points) {
    it(`${point} is typed again and releases each row once`, async () => {
      let strikes = 0;
      // Opening the ledger has commits too; the release is among the first few.
      for (const nth of IS_WHOLE ? whole() : [point.startsWith("commit") ? 5 : 1]) {
        if (!(await playApproval(point, nth))) break;
        strikes += 1;
      }
      expect(strikes).to.be.above(0);
    });
  }
});

describe("a long approval killed between the parts of its release", function () {
  this.timeout(TIMEOUT_MS);

  itWhole("holds the rest until it is typed again, and each row is sent once", async () => {
    await using scene = await Scene.open(openingOf(LONG));
    expect((await scene.start().ended).code, "the run holds its rows").to.equal(4);
    const approve = ["approve", "last", "--guard", "close", "--max", String(LONG.length), "--reason", "seen"];
    const held: (number | undefined)[] = [];
    for (let nth = 1; ; nth += 1) {
      const strike = { point: "commit after", nth, signal: "SIGKILL" } as const;
      const isOver = !wasKilled(await scene.start({ args: approve, strike }).ended);
      held.push(await scene.countHeld());
      if (isOver) break;
    }
    expect([...new Set(held)]).to.deep.equal([LONG.length, 5, 0]);
    const resumed = await scene.start({ command: "resume" }).ended;
    expect(resumed.code, resumed.err).to.equal(0);
    const { effects } = await scene.look();
    expect(effects).to.deep.equal(LONG.map((n) => `close c${n}`).sort());
  });
});

function* whole(): Generator<number> {
  for (let nth = 1; ; nth += 1) yield nth;
}
