/** A results place that takes nothing: found before the first call, and made up for when it went away later. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { startSandbox } from "../../src/sandbox/start-sandbox.ts";
import { itWhole } from "../support/extent.ts";
import { runTieout, startTieout } from "../support/tieout.ts";

const JOB_URL = new URL("../../src/job.ts", import.meta.url).href;
const SEED = { accounts: Array.from({ length: 40 }, (_, i) => ({ id: `account_${i}` })) };
const PATCHES = ["account_id,product_name", ...SEED.accounts.map(({ id }) => `${id},New`), ""].join("\n");

describe("the results place of a command", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "tieout-results-"));
    const places = `source: { folder: ${JSON.stringify(folder)} }, results: { folder: ${JSON.stringify(join(folder, "out"))} }`;
    const settings = `name: "cli", ${places}, concurrency: { reads: 4, writes: 1 }`;
    const source = `import { defineJob } from ${JSON.stringify(JOB_URL)};\nexport default defineJob({ ${settings} });\n`;
    await writeFile(join(folder, "job.ts"), source);
    await writeFile(join(folder, "file.csv"), PATCHES);
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const at = (bank: { url: string; clientId: string; clientSecret: string }) => ({
    TIEOUT_LEDGER: join(folder, "ledger.sqlite"),
    LEAD_API_URL: bank.url,
    LEAD_CLIENT_ID: bank.clientId,
    LEAD_CLIENT_SECRET: bank.clientSecret,
  });
  const job = () => join(folder, "job.ts");

  itWhole("calls nothing when its results could not be written, and goes on once they can", async () => {
    await using bank = await startSandbox({ seed: structuredClone(SEED) });
    await writeFile(join(folder, "out"), "in the way");
    const run = await runTieout(["run", job()], at(bank));
    expect(run.code, run.out).to.equal(2);
    expect(run.err).to.match(/\ntieout: .*cannot be written .*\[results_unwritable\]; .*tieout\S* resume \S+\n$/);
    expect(bank.requests).to.deep.equal([]);
    await rm(join(folder, "out"));
    const again = await runTieout(["run", job()], at(bank));
    expect(again.code, again.err).to.equal(0);
    expect(again.out).to.contain("40 applied");
  });

  itWhole("makes the results of a run that could not write them at its end", async () => {
    await using bank = await startSandbox({ seed: structuredClone(SEED), latencyMs: 10 });
    using run = startTieout(["run", job()], at(bank));
    while (bank.effects.length < 1) await new Promise((resolve) => setTimeout(resolve, 5));
    await rm(join(folder, "out"), { recursive: true });
    await writeFile(join(folder, "out"), "in the way");
    const { code, err } = await run.ended;
    expect(code, err).to.equal(2);
    expect(err).to.match(/\ntieout: .*cannot be written .*\[results_unwritable\]; .*tieout\S* report last\n$/);
    await rm(join(folder, "out"));
    const report = await runTieout(["report", "last"], at(bank));
    expect(report.code, report.err).to.equal(0);
    expect(report.out).to.match(/balanced: 40 rows in, 40 out; 40 operations planned, 40 applied/);
    const again = await runTieout(["run", job()], at(bank));
    expect(again.out).to.equal("job cli: no new file\n");
    expect(bank.effects).to.have.length(40);
  });
});
