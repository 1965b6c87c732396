/** Going on with what was stopped, from outside: which run `resume` means, what a person's stop waits for, what is said. */
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { type Sandbox, startSandbox } from "../../src/sandbox/start-sandbox.ts";
import { runTieout } from "../support/tieout.ts";

const JOB_URL = new URL("../../src/job.ts", import.meta.url).href;
const SEED = { accounts: Array.from({ length: 8 }, (_, i) => ({ id: `account_${i}` })) };
const csvOf = (from: number, to: number) =>
  ["account_id,product_name", ...SEED.accounts.slice(from, to).map(({ id }) => `${id},New`), ""].join("\n");

describe("tieout resume", () => {
  let folder: string;
  let bank: Sandbox;
  let env: Record<string, string>;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "tieout-resume-"));
    bank = await startSandbox({ seed: structuredClone(SEED) });
    env = {
      TIEOUT_LEDGER: join(folder, "ledger.sqlite"),
      LEAD_API_URL: bank.url,
      LEAD_CLIENT_ID: bank.clientId,
      LEAD_CLIENT_SECRET: bank.clientSecret,
    };
    const settings = 'name: "job", source: { folder: "in" }, results: { folder: "out" }';
    await writeFile(
      join(folder, "job.ts"),
      `import { defineJob } from ${JSON.stringify(JOB_URL)};\nexport default defineJob({ ${settings} });\n`,
    );
    for (const [name, text] of Object.entries({ "one.csv": csvOf(0, 4), "two.csv": csvOf(4, 8) }))
      await writeFile(join(folder, name), text);
  });
  afterEach(async () => {
    await bank[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
  });
  const tieout = (...args: string[]) => runTieout(args, env, folder);
  const publications = async () => (await readdir(join(folder, "out"), { recursive: true })).length;

  it("without a name continues the last unfinished run, never one that has ended or a plan", async () => {
    await tieout("run", "./job.ts", "--file", "one.csv", "--limit", "2");
    await tieout("plan", "./job.ts", "--file", "two.csv");
    const resumed = await tieout("resume");
    expect(resumed.code, resumed.err).to.equal(0);
    expect(resumed.out).to.contain("4 applied");
    const before = await publications();
    const nothing = await tieout("resume");
    expect([nothing.code, nothing.out]).to.deep.equal([0, "nothing to resume: every run at this bank has ended\n"]);
    expect(await publications()).to.equal(before);
  });

  it("of a run that has ended says so, answers with its code and publishes nothing", async () => {
    await writeFile(join(folder, "bad.csv"), "account_id,product_name\naccount_0,New\naccount_x,New\n");
    const run = await tieout("run", "./job.ts", "--file", "bad.csv", "--output", "json");
    expect(run.code, run.err).to.equal(3);
    const id = /"run":"([^"]+)"/.exec(run.out)?.[1] ?? "";
    const before = await publications();
    const again = await tieout("resume", id);
    expect([again.code, again.out]).to.deep.equal([3, `nothing to resume: run ${id} has ended with exit code 3\n`]);
    expect(await publications()).to.equal(before);
  });
});
