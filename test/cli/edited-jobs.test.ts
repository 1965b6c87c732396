/** A job file that is edited while a schedule runs: it goes on as it was loaded, and each start says so. A real process. */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { startSandbox } from "../../src/sandbox/start-sandbox.ts";
import { startTieout } from "../support/tieout.ts";

const JOB_URL = new URL("../../src/job.ts", import.meta.url).href;
const EDITED =
  /"job":"nightly","level":"warn","message":"the job file was edited since it was loaded, and the start is made/g;

it("a schedule whose job file is edited says so at each start, and no more once it is as it was", async function () {
  this.timeout(30_000);
  const folder = await mkdtemp(join(tmpdir(), "tieout-edited-"));
  const path = join(folder, "job.ts");
  await using bank = await startSandbox();
  await mkdir(join(folder, "in"));
  const text = `import { defineJob } from ${JSON.stringify(JOB_URL)};
export default defineJob({ name: "nightly", source: { folder: "in" }, results: { folder: "out" },
  schedule: { cron: "* * * * * *", zone: "UTC" } });\n`;
  await writeFile(path, text);
  const env = {
    TIEOUT_LEDGER: join(folder, "ledger.sqlite"),
    LEAD_API_URL: bank.url,
    LEAD_CLIENT_ID: bank.clientId,
    LEAD_CLIENT_SECRET: bank.clientSecret,
  };
  try {
    using schedule = startTieout(["schedule", "job.ts"], env, folder);
    let log = "";
    schedule.child.stderr?.on("data", (more: string) => {
      log += more;
    });
    const count = (what: RegExp) => log.match(what)?.length ?? 0;
    const until = async (isSo: () => boolean) => {
      while (!isSo()) {
        if (schedule.child.exitCode !== null) throw new Error(log);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    };
    await until(() => count(/no new file/g) > 1);
    expect(count(EDITED)).to.equal(0);
    await writeFile(path, text.replace("nightly", "other"));
    await until(() => count(EDITED) > 1);
    await writeFile(path, text);
    await until(() => log.endsWith("\n"));
    log = "";
    await until(() => count(/a start of the job is due/g) > 2);
    expect(count(EDITED)).to.be.below(2);
    schedule.child.kill("SIGTERM");
    expect((await schedule.ended).code).to.equal(0);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
