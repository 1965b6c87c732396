/**
 * Workers that must take no part in a run: they say so in one line, and the run ends without them.
 */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import { describeOnPostgres } from "../ledger/postgres/use-postgres.ts";
import type { StartWays } from "../recovery/scene.ts";
import { itWhole } from "../support/extent.ts";
import { expectEnd, PRELOADED, Several, SOME_EFFECTS, TIMEOUT_MS } from "./several.ts";

/** Past a job's lease, and the time that a worker waits after it. */
const LEASE_OVER_MS = 15_000;

const WRONG_SECRET: StartWays = { env: { LEAD_CLIENT_SECRET: "wrong" } };
const OTHER_VERSION: StartWays = { env: { ...PRELOADED, TIEOUT_TEST_VERSION: "9.9.9" } };

async function otherJob({ scene }: Several): Promise<StartWays> {
  const job = join(scene.folder, "other.ts");
  const text = await readFile(scene.job, "utf8");
  await writeFile(job, text.replace('"settleAfterMs":500', '"settleAfterMs":501'));
  return { job };
}

describeOnPostgres("a worker takes no part", function () {
  this.timeout(TIMEOUT_MS);

  itWhole("with other settings, another version or a wrong secret, and the run ends without it", async () => {
    await using several = await Several.open();
    const run = several.start();
    await several.untilChunks(run);
    const unfit = [await otherJob(several), OTHER_VERSION, WRONG_SECRET].map((ways) => several.startWorker(ways));
    await expectEnd(run);
    for (const { child } of unfit) child.kill("SIGTERM");
    const said = await Promise.all(unfit.map((worker) => expectEnd(worker, 0)));
    const lines = said.map((err) => err.split("\n").filter((line) => line.includes("takes no part")));
    expect(lines.map(({ length }) => length)).to.deep.equal([1, 1, 1]);
    expect(lines[0]?.[0]).to.contain("its job file has other settings");
    expect(lines[1]?.[0]).to.match(/it is of version 9\.9\.9, and the run of \d/);
    expect(lines[2]?.[0]).to.contain("bank_credentials_refused");
    expect(await several.wrongs("workers that take no part")).to.deep.equal([]);
  });

  itWhole("in a run whose process has died, and leaves it to a worker that is fit", async () => {
    await using several = await Several.open();
    const run = several.start();
    await several.untilEffects(SOME_EFFECTS, run);
    await several.strike(run, "SIGKILL");
    const unfit = [await otherJob(several), OTHER_VERSION, WRONG_SECRET].map((ways) => several.startWorker(ways));
    await sleep(LEASE_OVER_MS);
    const { length } = several.scene.bank.effects;
    for (const { child } of unfit) child.kill("SIGTERM");
    for (const worker of unfit) expect(await expectEnd(worker, 0)).to.contain("takes no part");
    expect(several.scene.bank.effects).to.have.length(length);
    const fit = several.startWorker();
    await several.untilOver();
    fit.child.kill("SIGTERM");
    await expectEnd(fit, 0);
    expect(await several.wrongs("a run left to a fit worker")).to.deep.equal([]);
  });
});
