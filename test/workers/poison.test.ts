/**
 * A row that kills every process that works on it, and a host whose clock is wrong, among several that work on one run.
 */
import { expect } from "chai";
import { describeOnPostgres } from "../ledger/postgres/use-postgres.ts";
import { cleanOutcome } from "../recovery/long-job.ts";
import type { Life } from "../recovery/scene.ts";
import { weigh } from "../recovery/verdict.ts";
import { itWhole } from "../support/extent.ts";
import { expectEnd, PRELOADED, Several, SOME_EFFECTS, TIMEOUT_MS } from "./several.ts";

/** A row that wants one patch. */
const POISON = "account_501";
const HOUR_MS = 3_600_000;

describeOnPostgres("several processes", function () {
  this.timeout(2 * TIMEOUT_MS);

  itWhole("set a row aside that has killed three of them, and no other", async () => {
    await using several = await Several.open();
    const env = { ...PRELOADED, TIEOUT_TEST_POISON: POISON };
    let deaths = 0;
    let isOver = false;
    /** Starts it again whenever it is killed, as a supervisor does. */
    const keep = async (life: Life, start: () => Life) => {
      for (let kept = life; (await kept.ended).signal !== null && !isOver; kept = start()) deaths += 1;
    };
    const startRun = () => several.start({ env });
    const startWorker = () => several.startWorker({ env });
    const run = startRun();
    const kept = [keep(run, startRun), keep(startWorker(), startWorker)];
    await several.untilEffects(1, run);
    await several.untilOver();
    isOver = true;
    several.signalAll("SIGTERM");
    await Promise.all(kept);
    expect(deaths).to.equal(3);
    const outcome = await several.scene.look();
    const clean = await cleanOutcome();
    const aside = outcome.rows.filter(({ result_code }) => result_code === "poison");
    expect(aside.map(({ account_id }) => account_id)).to.deep.equal([POISON]);
    expect(weigh(outcome, clean)).to.include({ duplicates: 0, lost: 1 });
    const others = (rows: typeof outcome.rows) => rows.filter(({ account_id }) => account_id !== POISON);
    const words = (rows: typeof outcome.rows) => others(rows).map(({ result }) => result);
    expect(words(outcome.rows)).to.deep.equal(words(clean.rows));
  });

  itWhole("count by the database's clock, though that of one host is an hour off", async () => {
    await using several = await Several.open();
    const run = several.start();
    const workers = [HOUR_MS, -HOUR_MS].map((ms) => several.startWorker({ env: { TIEOUT_TEST_AHEAD_MS: String(ms) } }));
    await several.untilEffects(SOME_EFFECTS, run);
    await expectEnd(run);
    for (const { child } of workers) child.kill("SIGTERM");
    for (const worker of workers) expect(await expectEnd(worker, 0)).to.contain("works on a run");
    expect(await several.wrongs("clocks an hour off")).to.deep.equal([]);
  });
});
