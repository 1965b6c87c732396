/**
 * A process that is stopped by SIGSTOP amid its run, until its lease is over and another process has finished its work, and
 * then goes on: it must begin no call that changes the bank, undo nothing, and end with one plain line.
 */
import { existsSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import pLimit from "p-limit";
import type { StoredOperation } from "../../src/ledger/ledger.ts";
import { describeWhole } from "../support/extent.ts";
import { AT_ONCE, figures, numbersOf, TIMEOUT_MS } from "./figures.ts";
import { JOB_OF_TEN } from "./job-of-ten.ts";
import { POINTS, type Point, type Strike } from "./points.ts";
import { type Life, type Opening, type Outcome, Scene, wasKilled } from "./scene.ts";
import { wrongsOf } from "./verdict.ts";

const OPENING: Opening = { ...JOB_OF_TEN, results: "folder" };
const STRIDE = 3;
const POLL_MS = 5;

/** Whether the process stands still, by /proc(5), rather than having ended. */
async function untilStopped({ child, ended }: Life): Promise<boolean> {
  let isOver = false;
  void ended.then(() => {
    isOver = true;
  });
  const stateOf = () => /\) (\w)/.exec(readFileSync(`/proc/${child.pid}/stat`, "utf8"))?.[1];
  while (!isOver) {
    if (child.exitCode === null && stateOf() === "T") return true;
    await sleep(POLL_MS);
  }
  return false;
}

const LOST = /(^|\n)tieout: .* \[lease_lost\]; .*\n$/;

/** What is wrong with how the process went on that was stopped there; null when its run ended before it came there. */
async function pause(strike: Strike, clean: Outcome): Promise<string[] | null> {
  const where = `stopped at ${strike.point} ${strike.nth}`;
  await using scene = await Scene.open(OPENING);
  using sleeper = scene.start({ strike: { ...strike, signal: "SIGSTOP" } });
  if (!(await untilStopped(sleeper))) return null;
  figures.strike(where.replace(/ \d+$/, ""));
  const { run, lease, operations } = await scene.readLedger();
  // Somebody has the lease, and is within the run.
  const isAtWork = (lease?.owner ?? "") !== "" && run !== undefined && run.endedAtMs === null;
  const out = operations.filter(({ state }) => state === "sending");
  wasKilled(await scene.start().ended);
  const before = { writes: scene.bank.writes.length, effects: scene.bank.effects.length };
  sleeper.child.kill("SIGCONT");
  const { code, err } = await sleeper.ended;
  const wrongs = wrongsOf(await scene.look(), clean, where);
  if (scene.bank.effects.length !== before.effects) wrongs.push(`${where}: it has changed the bank after it woke`);
  // What the ledger had let out already may still leave, under the key it had.
  for (const { method, path, idempotencyKey = "" } of scene.bank.writes.slice(before.writes)) {
    const isOfCall = ({ kind, key }: StoredOperation) =>
      method === "DELETE" ? kind === "remove_relationship" : key === idempotencyKey;
    const wasOut = out.some(isOfCall);
    if (!wasOut) wrongs.push(`${where}: it began ${method} ${path} after it woke`);
  }
  const isLost = code === 6 && LOST.test(err);
  // One that had not begun on a file, or was done with it, may find that nothing is left to do.
  const isPlain = isLost || (!isAtWork && (code === 0 || code === 3));
  return isPlain ? wrongs : [...wrongs, `${where}: it ended with ${code}: ${err}`];
}

describeWhole("a process stopped past its lease", function () {
  this.timeout(TIMEOUT_MS);
  const limit = pLimit(AT_ONCE);
  let clean: Outcome;

  before(async function () {
    if (!existsSync("/proc/self/stat")) {
      process.stdout.write("  skipped: 2 checks, which need /proc to see that a process stands still\n");
      this.skip();
    }
    await using scene = await Scene.open(OPENING);
    expect(wasKilled(await scene.start().ended)).to.equal(false);
    clean = await scene.look();
  });

  async function goThrough(point: Point): Promise<{ stops: number; wrongs: string[] }> {
    const all: string[] = [];
    let stops = 0;
    for (const nth of numbersOf(point, STRIDE)) {
      const wrongs = await pause({ point, nth }, clean);
      if (wrongs === null) break;
      stops += 1;
      all.push(...wrongs);
    }
    return { stops, wrongs: all };
  }

  it("begins no call once it goes on, whatever it was about to do, and ends as one that lost its lease", async () => {
    // Before a commit it would hold the ledger's lock, so that nobody could take over.
    const points = POINTS.filter((point) => !["commit before", "publish amid"].includes(point));
    const told = await Promise.all(points.map((point) => limit(() => goThrough(point))));
    expect(told.flatMap(({ wrongs }) => wrongs)).to.deep.equal([]);
    expect(told.reduce((sum, { stops }) => sum + stops, 0)).to.be.at.least(40);
  });

  it("amid a commit keeps others away by SQLite's lock, and then goes on and finishes", async () => {
    await using scene = await Scene.open(OPENING);
    using sleeper = scene.start({ strike: { point: "commit before", nth: 12, signal: "SIGSTOP" } });
    expect(await untilStopped(sleeper)).to.equal(true);
    figures.strike("stopped at commit before");
    const other = await scene.start().ended;
    expect(other.code, other.err).to.equal(6);
    expect(other.err).to.match(/tieout: .*another process keeps it locked \[ledger_failed\]; .*\n$/);
    sleeper.child.kill("SIGCONT");
    expect(wasKilled(await sleeper.ended)).to.equal(false);
    expect(wrongsOf(await scene.look(), clean, "amid a commit")).to.deep.equal([]);
  });
});
