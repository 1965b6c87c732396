/** `tieout sandbox --bucket`: a job with a bucket runs with what it prints, and nothing else. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { runTieout, startTieout } from "../support/tieout.ts";

const JOB = `import { defineJob } from ${JSON.stringify(new URL("../../src/job.ts", import.meta.url).pathname)};
export default defineJob({
  name: "mine",
  source: { bucket: process.env.TIEOUT_BUCKET ?? "", prefix: "outgoing/" },
  results: { bucket: process.env.TIEOUT_BUCKET ?? "", prefix: "results/" },
});
`;

/** The variables of the lines that the sandbox prints. */
function exportsIn(text: string): Record<string, string> {
  const words = [...text.matchAll(/^ {2}export (.*)$/gm)].flatMap(([, line = ""]) => line.split(" "));
  return Object.fromEntries(words.map((word) => word.split("=", 2) as [string, string]));
}

describe("tieout sandbox --bucket", () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "tieout-sandbox-bucket-"));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it("makes the folder, and serves it to a job whose results are files in it", async () => {
    writeFileSync(join(folder, "mine.ts"), JOB);
    writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
    writeFileSync(join(folder, "seed.json"), JSON.stringify({ entities: [{ id: "entity_ana" }] }));
    // The operator's own keys are neither taken nor shown.
    const own = { AWS_SECRET_ACCESS_KEY: "canary-secret", AWS_ACCESS_KEY_ID: "canary-id" };
    using sandbox = startTieout(["sandbox", "--bucket", "account-files", "--seed", "seed.json"], own, folder);
    const text = await new Promise<string>((resolve) => sandbox.child.stdout?.once("data", resolve));
    expect(text)
      .to.contain(`s3://account-files has the files of ${join(folder, "account-files")}\n`)
      .and.not.contain("canary");
    const env = exportsIn(text);
    expect(Object.keys(env)).to.deep.equal([
      ...["LEAD_API_URL", "LEAD_CLIENT_ID", "LEAD_CLIENT_SECRET"],
      ...["AWS_ENDPOINT_URL_S3", "AWS_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "TIEOUT_BUCKET"],
    ]);
    mkdirSync(join(folder, "account-files/outgoing"));
    const csv = "client_account_id,capabilities,account_holders,product_name\nmine-1,deposit,entity_ana,Savings\n";
    writeFileSync(join(folder, "account-files/outgoing/first.csv"), csv);
    const run = await runTieout(["run", "mine.ts"], env, folder);
    expect(run.code, run.err).to.equal(0);
    expect(run.out).to.contain("1 applied");
    const [id = ""] = readdirSync(join(folder, "account-files/results"));
    const results = readFileSync(join(folder, "account-files/results", id, "1/results.csv"), "utf8");
    expect(results).to.contain("mine-1");
    sandbox.child.kill("SIGTERM");
    expect((await sandbox.ended).code).to.equal(0);
  });
});
