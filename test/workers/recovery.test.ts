/**
 * A process of several that work on one run is killed or stopped: another goes on with its rows, and what comes of the job is what comes of it
 * when nobody is disturbed.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import { describeOnPostgres } from "../ledger/postgres/use-postgres.ts";
import { itWhole } from "../support/extent.ts";
import { expectEnd, Several, SOME_EFFECTS, TIMEOUT_MS } from "./several.ts";

/** Past what a chunk and a run wait for one who is silent. */
const PAUSE_MS = 20_000;

describeOnPostgres("a worker", function () {
  this.timeout(TIMEOUT_MS);

  it("that is killed or gets SIGTERM amid apply: another goes on with its rows, after SIGTERM at once", async () => {
    await using several = await Several.open();
    const run = several.start();
    const workers = [several.startWorker(), several.startWorker()] as const;
    await several.untilEffects(SOME_EFFECTS, run);
    // In this order: what the one gives back is not taken by the other, who would then die over it.
    const killed = await several.strike(workers[1], "SIGKILL");
    const told = await several.strike(workers[0], "SIGTERM");
    await expectEnd(workers[0], 0);
    await expectEnd(run);
    expect(await several.wrongs("a worker upon SIGTERM, and one killed amid apply")).to.deep.equal([]);
    expect(await several.expectTakenOver(told, "a worker upon SIGTERM")).to.be.below(5_000);
    await several.expectTakenOver(killed, "a worker killed amid apply");
  });

  itWhole("that is killed amid plan: another goes on with its rows", async () => {
    await using several = await Several.open();
    const run = several.start();
    const struck = await several.strike(several.startWorker(), "SIGKILL", "plan");
    await expectEnd(run);
    const what = "a worker killed amid plan";
    expect(await several.wrongs(what)).to.deep.equal([]);
    await several.expectTakenOver(struck, what);
  });

  itWhole("that stands still for a while loses its chunks, and writes nothing more of them", async () => {
    await using several = await Several.open();
    const run = several.start();
    const worker = several.startWorker();
    await several.untilEffects(SOME_EFFECTS, run);
    const struck = await several.strike(worker, "SIGSTOP");
    await sleep(PAUSE_MS);
    worker.child.kill("SIGCONT");
    await expectEnd(run);
    await sleep(1_000);
    const what = "a worker that stood still for 20 s";
    expect(await several.wrongs(what)).to.deep.equal([]);
    await several.expectTakenOver(struck, what);
    worker.child.kill("SIGTERM");
    await expectEnd(worker, 0);
  });
});

describeOnPostgres("the process that has begun a run", function () {
  this.timeout(TIMEOUT_MS);

  it("is killed: a worker ends the run, and publishes its results once", async () => {
    await using several = await Several.open();
    const run = several.start();
    const workers = [several.startWorker(), several.startWorker()] as const;
    await several.untilEffects(SOME_EFFECTS, run);
    const struck = await several.strike(run, "SIGKILL");
    await several.untilOver();
    const what = "the coordinator killed amid apply";
    for (const { child } of workers) child.kill("SIGTERM");
    const said = await Promise.all(workers.map((worker) => expectEnd(worker, 0)));
    expect(said.filter((err) => err.includes("resuming run"))).to.have.length(1);
    expect(await several.wrongs(what)).to.deep.equal([]);
    await several.expectTakenOver(struck, what);
  });

  itWhole("stands still, and a worker ends the run meanwhile", async () => {
    await using several = await Several.open();
    const run = several.start();
    const worker = several.startWorker();
    await several.untilEffects(SOME_EFFECTS, run);
    const struck = await several.strike(run, "SIGSTOP");
    await several.untilOver();
    const effects = several.scene.bank.effects.length;
    run.child.kill("SIGCONT");
    // Amid a transaction, its connection has been ended.
    expect(await expectEnd(run, 6)).to.match(/\[(lease_lost|ledger_failed)\]/);
    worker.child.kill("SIGTERM");
    await expectEnd(worker, 0);
    expect(several.scene.bank.effects.length).to.equal(effects);
    const what = "the coordinator stood still";
    expect(await several.wrongs(what)).to.deep.equal([]);
    await several.expectTakenOver(struck, what);
  });
});
