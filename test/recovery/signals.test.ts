/**
 * The command as process 1, which is what it is in a container: the kernel gives that one no signal it does not listen to. A
 * SIGTERM lets it end what is in flight, a second one ends it at once, and after either the next start finishes.
 */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import { describeWhole } from "../support/extent.ts";
import { figures } from "./figures.ts";
import { EFFECTS, JOB_OF_TEN, TOLD } from "./job-of-ten.ts";
import { type Life, Scene, wasKilled } from "./scene.ts";

/** Its own table of processes, whose first one ends with its parent; the user is root in there only. */
const AS_FIRST = ["unshare", "--map-root-user", "--pid", "--fork", "--mount-proc", "--kill-child"];
/** Longer than a test may take: who waits for it, fails. */
const FOR_EVER_MS = 600_000;

/** The process under `unshare`, which itself hands no signal on; none once it has ended. */
function firstOf({ child: { pid } }: Life): number | null {
  const [first] = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").split(" ");
  return first ? Number(first) : null;
}

function terminate(life: Life): void {
  const first = life.child.exitCode === null ? firstOf(life) : null;
  if (first !== null) process.kill(first, "SIGTERM");
}

/** Throws when the process has ended before. */
async function until(isSo: () => boolean, { child, ended }: Life): Promise<void> {
  while (!isSo()) {
    if (child.exitCode !== null) throw new Error(`the process ended with ${child.exitCode}: ${(await ended).err}`);
    await sleep(5);
  }
}

async function expectFinished(scene: Scene): Promise<void> {
  expect(wasKilled(await scene.start().ended)).to.equal(false);
  const { rows, effects } = await scene.look();
  expect(rows.map((row) => `${row.result} ${row.result_operations}`)).to.deep.equal(TOLD);
  expect(effects).to.deep.equal(EFFECTS);
}

describeWhole("the command as process 1", function () {
  this.timeout(120_000);

  before(function () {
    const [program = "", ...flags] = AS_FIRST;
    const { status } = spawnSync(program, [...flags, "true"]);
    if (status === 0) return;
    process.stdout.write("  skipped: 2 checks, since this machine does not let unshare(1) make a table of processes\n");
    this.skip();
  });

  it("ends what is in flight upon SIGTERM, publishes what it has, and exits 6", async () => {
    await using scene = await Scene.open({ ...JOB_OF_TEN, results: "folder", latencyMs: 40 });
    using life = scene.start({ under: AS_FIRST });
    await until(() => scene.bank.effects.length >= 2, life);
    terminate(life);
    const { code, out, err } = await life.ended;
    figures.strike("told to stop");
    expect(code, err).to.equal(6);
    expect(out).to.contain("tieout resume");
    expect(scene.bank.effects.length).to.be.below(EFFECTS.length);
    // What was in flight has its answer: nothing is in doubt.
    expect(out).not.to.contain("unknown");
    await expectFinished(scene);
  });

  it("ends at once upon a second SIGTERM, though a call hangs, and exits 6", async () => {
    const job = { ...JOB_OF_TEN.job, callTimeoutMs: FOR_EVER_MS, shutdownGraceMs: FOR_EVER_MS };
    await using scene = await Scene.open({ ...JOB_OF_TEN, job, results: "folder" });
    scene.bank.failNext("timeout_after", 1, ({ method }) => method === "PATCH");
    using life = scene.start({ under: AS_FIRST });
    await until(() => scene.bank.effects.some(({ kind }) => kind === "patch"), life);
    // Two that come close together are one to the kernel.
    for (let isOver = false; !isOver; await sleep(50)) {
      terminate(life);
      isOver = life.child.exitCode !== null;
    }
    const { code, err } = await life.ended;
    figures.strike("told to stop twice");
    expect(code, err).to.equal(6);
    await expectFinished(scene);
  });
});
