/** What the command says of files and jobs that it knows: each next command that it names is typed as it stands. */
import { execFile } from "node:child_process";
import { copyFile, mkdir, mkdtemp, realpath, rename, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect } from "chai";
import { type Sandbox, startSandbox } from "../../src/sandbox/start-sandbox.ts";
import { itWhole } from "../support/extent.ts";
import { type Ended, runTieout } from "../support/tieout.ts";

const JOB_URL = new URL("../../src/job.ts", import.meta.url).href;
const COMMAND = new URL("../../bin/tieout.js", import.meta.url).pathname;
const GOLD = "account_id,product_name\naccount_1,Gold\n";

describe("tieout, of what it knows", () => {
  let folder: string;
  let bank: Sandbox;
  let env: Record<string, string>;

  beforeEach(async () => {
    folder = await realpath(await mkdtemp(join(tmpdir(), "tieout known ")));
    bank = await startSandbox({ seed: { accounts: [{ id: "account_1" }] } });
    env = {
      TIEOUT_LEDGER: join(folder, "ledger.sqlite"),
      LEAD_API_URL: bank.url,
      LEAD_CLIENT_ID: bank.clientId,
      LEAD_CLIENT_SECRET: bank.clientSecret,
    };
    await mkdir(join(folder, "in"));
    await writeFile(join(folder, "in", "a.csv"), GOLD);
  });
  afterEach(async () => {
    await bank.close();
    await rm(folder, { recursive: true, force: true });
  });

  /** A job file that reads `in`, and its path. */
  async function jobAt(path: string, more = ""): Promise<string> {
    const whole = join(folder, path);
    await mkdir(join(whole, ".."), { recursive: true });
    const places = `source: { folder: ${JSON.stringify(join(folder, "in"))} }, results: { folder: ${JSON.stringify(join(folder, "out"))} }`;
    await writeFile(
      whole,
      `import { defineJob } from ${JSON.stringify(JOB_URL)};\nexport default defineJob({ name: "nightly", ${places}${more} });\n`,
    );
    return whole;
  }
  const run = (...args: string[]) => runTieout(args, env, folder);

  /** As an operator types it: in a shell, where `tieout` is this command. */
  async function type(line: string): Promise<Ended> {
    const script = `tieout() { ${JSON.stringify(process.execPath)} ${JSON.stringify(COMMAND)} "$@"; }; ${line}`;
    const shell = promisify(execFile)("bash", ["-c", script], {
      env: { PATH: process.env.PATH ?? "", ...env },
      cwd: folder,
    });
    return shell.then(
      ({ stdout, stderr }) => ({ code: 0, signal: null, out: stdout, err: stderr }),
      (error: { code: number; stdout: string; stderr: string }) => ({
        ...{ code: error.code, signal: null, out: error.stdout, err: error.stderr },
      }),
    );
  }

  itWhole("names the file given, the run, its key, and the command that runs it all the same", async () => {
    for (const job of [await jobAt("job.ts"), "nightly"]) {
      if (job === "nightly") {
        await jobAt("jobs/nightly.ts");
        expect((await run("move", job)).code).to.equal(0);
      }
      await run("run", job);
      const copy = join("in", `copy of ${job === "nightly" ? "b" : "a"}.txt`);
      await copyFile(join(folder, "in", "a.csv"), join(folder, copy));
      const refused = await run("run", job, "--file", copy);
      expect(refused.code, refused.err).to.equal(7);
      expect(refused.out).to.match(
        /^in\/copy of [ab]\.txt was not run: .* bytes as [^,]+, run \S+, which ended 0 \[already_run\]/,
      );
      const line = /to run it all the same, type: npx (tieout .*)/.exec(refused.out)?.[1] ?? "";
      expect(line).to.contain(job === "nightly" ? "run nightly --file" : "job.ts");
      const again = await type(line);
      expect(again.code, again.err).to.equal(0);
      expect(again.out)
        .to.contain("1 unchanged")
        .and.match(/same bytes as [^,]+, run \S+; compared again/);
      const json = await run("run", job, "--file", "in/a.csv", "--output", "json");
      expect(json.out).to.contain('"event":"already"');
    }
  });

  itWhole(
    "refuses another job file of the same name, for every command that would work by it, until the name is moved",
    async () => {
      const [one, two] = [await jobAt("one.ts"), await jobAt("two.ts", ', schedule: { cron: "0 2 * * *" }')];
      expect((await run("run", one)).code).to.equal(0);
      for (const args of [
        ["run", two],
        ["plan", two],
        ["schedule", two],
      ]) {
        const refused = await run(...args);
        expect(refused.code, args[0]).to.equal(2);
        expect(refused.err).to.contain(one).and.contain(two).and.contain("[job_name_taken]");
      }
      const line = /type: npx (tieout move [^;]*);/.exec((await run("run", two)).err)?.[1] ?? "";
      const moved = await type(line);
      expect(moved.code, moved.err).to.equal(0);
      expect(moved.out).to.equal(`the name nightly belongs to ${two}, no longer to ${one}\n`);
      expect((await run("run", two)).out).to.equal("job nightly: no new file\n");
      const old = await run("run", one);
      expect([old.code, old.err]).to.deep.include(2);
      await rm(one);
      const report = await run("report", "last");
      expect(report.code, "where the job is by now").to.equal(0);
    },
  );

  it("refuses a schedule of two jobs with one name before anything is started", async () => {
    const schedule = ', schedule: { cron: "0 2 * * *" }';
    const both = await run("schedule", await jobAt("one.ts", schedule), await jobAt("two.ts", schedule));
    expect(both.code).to.equal(2);
    expect(both.err).to.contain("job_name_taken");
  });

  itWhole("knows a job whose project has moved, or is reached by a link", async () => {
    await jobAt("releases/1/jobs/nightly.ts");
    const name = JSON.stringify({ name: "our-jobs", type: "module" });
    await writeFile(join(folder, "releases/1/package.json"), name);
    expect((await run("run", "releases/1/jobs/nightly.ts")).code).to.equal(0);
    await symlink(join(folder, "releases/1"), join(folder, "current"));
    expect((await run("run", "current/jobs/nightly.ts")).out).to.equal("job nightly: no new file\n");
    await rename(join(folder, "releases/1"), join(folder, "releases/2"));
    expect((await run("run", "releases/2/jobs/nightly.ts")).out).to.equal("job nightly: no new file\n");
    expect((await run("report", "last")).code).to.equal(0);
    await jobAt("theirs/jobs/nightly.ts");
    await writeFile(join(folder, "theirs/package.json"), JSON.stringify({ name: "their-jobs", type: "module" }));
    expect((await run("run", "theirs/jobs/nightly.ts")).code).to.equal(2);
  });
});
