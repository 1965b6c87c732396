/**
 * Two starts of one job at once, and a run that is stopped while several processes work on it.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import { describeOnPostgres } from "../ledger/postgres/use-postgres.ts";
import { itWhole } from "../support/extent.ts";
import { runTieout } from "../support/tieout.ts";
import { expectEnd, Several, SOME_EFFECTS, TIMEOUT_MS } from "./several.ts";

const GRACE_MS = 5_000;
/** Past a job's lease, and the time that a worker waits after it. */
const LEASE_OVER_MS = 15_000;
const STOPPED = 6;
/** A second, and more on a busy machine. */
const HEARD_MS = 3_000;
/** Past the lease of a job and the silence that loses a chunk. */
const PAUSED_MS = 12_000;

describeOnPostgres("a run that several processes work on", function () {
  this.timeout(TIMEOUT_MS);

  itWhole("is left alone by a second start and by a resume, which say who has it", async () => {
    await using several = await Several.open();
    const starts = [several.start(), several.start()];
    const worker = several.startWorker();
    const first = await Promise.race(starts.map(async (start) => ({ start, code: (await start.ended).code })));
    expect(first.code, "one of two that start at once").to.equal(5);
    expect((await first.start.ended).err).to.contain("[lease_held]");
    const [run = first.start] = starts.filter((start) => start !== first.start);
    await several.untilEffects(SOME_EFFECTS, run);
    expect(await expectEnd(several.start({ command: "resume" }), 5)).to.contain("[lease_held]");
    await expectEnd(run);
    worker.child.kill("SIGTERM");
    await expectEnd(worker, 0);
    expect(await several.wrongs("two starts at once")).to.deep.equal([]);
  });

  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    itWhole(`stops for all upon ${signal}, and a resume ends it`, async () => {
      await using several = await Several.open();
      const run = several.start();
      const workers = [several.startWorker(), several.startWorker()];
      await several.untilEffects(SOME_EFFECTS, run);
      await several.strike(run, signal);
      const stoppedMs = Date.now();
      const { code, out, err } = await run.ended;
      expect(code, err).to.equal(STOPPED);
      expect(out).to.contain("tieout resume");
      // The bank's clock is this one. What is in flight then has its answer before the grace is over.
      const { effects } = several.scene.bank;
      const { length } = effects;
      expect((effects.at(-1)?.at ?? 0) - stoppedMs).to.be.below(GRACE_MS);
      await sleep(LEASE_OVER_MS);
      expect(effects, "workers leave it to a person or to a start").to.have.length(length);
      await expectEnd(several.start({ command: "resume" }));
      for (const { child } of workers) child.kill("SIGTERM");
      for (const worker of workers) await expectEnd(worker, 0);
      expect(await several.wrongs(`stopped by ${signal}`)).to.deep.equal([]);
    });
  }

  it("makes no call in any process while it is paused, and stops for all upon tieout ctl", async () => {
    await using several = await Several.open();
    const run = several.start();
    const worker = several.startWorker();
    const ctl = async (order: string) =>
      expect((await runTieout(["ctl", "last", order], { TIEOUT_LEDGER: several.scene.ledger })).code).to.equal(0);
    await several.untilEffects(SOME_EFFECTS, run);
    await ctl("pause");
    await sleep(HEARD_MS);
    const { requests, effects } = several.scene.bank;
    const paused = requests.length;
    await sleep(PAUSED_MS);
    expect(requests).to.have.length(paused);
    await ctl("resume");
    await several.untilEffects(effects.length + 50, run);
    await ctl("stop");
    await expectEnd(run, STOPPED);
    const { length } = effects;
    await expectEnd(several.start(), STOPPED);
    await sleep(HEARD_MS);
    expect(effects, "workers leave it to a person").to.have.length(length);
    await expectEnd(several.start({ command: "resume" }));
    worker.child.kill("SIGTERM");
    expect(await expectEnd(worker, 0)).not.to.contain("takes no part");
    expect(await several.wrongs("stopped by tieout ctl")).to.deep.equal([]);
  });

  itWhole("and that Ctrl-C has stopped is not continued by a start", async () => {
    await using several = await Several.open();
    const run = several.start();
    const worker = several.startWorker();
    await several.untilEffects(SOME_EFFECTS, run);
    await several.strike(run, "SIGINT");
    await expectEnd(run, STOPPED);
    const { length } = several.scene.bank.effects;
    await expectEnd(several.start(), STOPPED);
    expect(several.scene.bank.effects).to.have.length(length);
    worker.child.kill("SIGTERM");
    await expectEnd(worker, 0);
  });
});
