/** The terminal that progress, log and results share: a line of one never stands behind another's. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { startSandbox } from "../../src/sandbox/start-sandbox.ts";
import { itWhole } from "../support/extent.ts";
import { linesShown } from "../support/screen.ts";
import { runTieout } from "../support/tieout.ts";

const JOB_URL = new URL("../../src/job.ts", import.meta.url).href;
const AS_TERMINAL = new URL("../support/as-terminal.ts", import.meta.url).href;
const ACCOUNTS = Array.from({ length: 30 }, (_, i) => ({ id: `account_${i}` }));

describe("the terminal", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "tieout-terminal-"));
    const settings = `source: { folder: "in" }, results: { folder: "out" }, concurrency: { reads: 1, writes: 1 }`;
    const source = `import { defineJob } from ${JSON.stringify(JOB_URL)};\nexport default defineJob({ name: "shown", ${settings} });\n`;
    await writeFile(join(folder, "job.ts"), source);
    await writeFile(
      join(folder, "a.csv"),
      `account_id,product_name\n${ACCOUNTS.map(({ id }) => `${id},New\n`).join("")}`,
    );
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  itWhole("shows a line of the log on a line of its own, in the midst of the progress", async () => {
    const isPatch = ({ method }: { readonly method: string }) => method === "PATCH";
    const faults = [{ fault: "429", after: 15, count: 1, match: isPatch }] as const;
    const seed = { accounts: structuredClone(ACCOUNTS) };
    await using bank = await startSandbox({ seed, latencyMs: 20, faults });
    const env = {
      NODE_OPTIONS: `--import=${AS_TERMINAL}`,
      LEAD_API_URL: bank.url,
      LEAD_CLIENT_ID: bank.clientId,
      LEAD_CLIENT_SECRET: bank.clientSecret,
    };
    const { code, err } = await runTieout(["run", "./job.ts", "--file", "a.csv"], env, folder);
    const lines = linesShown(err);
    expect(code, err).to.equal(0);
    expect(err, "the block was drawn").to.match(/% · apply \d+ of 30\n/);
    const logged = lines.filter((line) => line.includes("the pace of calls has changed"));
    expect(logged).to.have.length.above(0);
    for (const line of logged) expect(line).to.match(/^warn: the pace of calls has changed/);
    expect(lines.join("\n"), "nothing of it is left").not.to.match(/(read|plan|apply) \d|left ·|calls: /);
  });
});
