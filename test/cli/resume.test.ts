/** Going on with what was stopped, from outside: which run `resume` means, what a person's stop waits for, what is said. */
import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import { leaseName } from "../../src/ledger/run.ts";
import { type Sandbox, startSandbox } from "../../src/sandbox/start-sandbox.ts";
import { itWhole } from "../support/extent.ts";
import { openTestLedger } from "../support/test-ledger.ts";
import { runTieout, startTieout } from "../support/tieout.ts";

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
    bank = await startSandbox({ seed: structuredClone(SEED), latencyMs: 20 });
    env = {
      TIEOUT_LEDGER: join(folder, "ledger.sqlite"),
      LEAD_API_URL: bank.url,
      LEAD_CLIENT_ID: bank.clientId,
      LEAD_CLIENT_SECRET: bank.clientSecret,
    };
    const settings =
      'name: "job", source: { folder: "in" }, results: { folder: "out" }, concurrency: { reads: 4, writes: 1 }, schedule: { cron: "0 0 1 1 *" }, callTimeoutMs: 600_000, shutdownGraceMs: 600_000';
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
  /** As if the minute had passed for which a process that leaves at once keeps it. */
  const endLease = async () => {
    await using ledger = await openTestLedger(env.TIEOUT_LEDGER ?? "");
    const lease = await ledger.leases.find(leaseName({ apiUrl: bank.url, program: bank.clientId }, "job"));
    if (lease !== undefined) await ledger.leases.release(lease);
  };
  const publications = async () => (await readdir(join(folder, "out"), { recursive: true })).length;

  itWhole("without a name continues the last unfinished run, never one that has ended or a plan", async () => {
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

  itWhole("of a run that has ended says so, answers with its code and publishes nothing", async () => {
    await writeFile(join(folder, "bad.csv"), "account_id,product_name\naccount_0,New\naccount_x,New\n");
    const run = await tieout("run", "./job.ts", "--file", "bad.csv", "--output", "json");
    expect(run.code, run.err).to.equal(3);
    const id = /"run":"([^"]+)"/.exec(run.out)?.[1] ?? "";
    const before = await publications();
    const again = await tieout("resume", id);
    expect([again.code, again.out]).to.deep.equal([3, `nothing to resume: run ${id} has ended with exit code 3\n`]);
    expect(await publications()).to.equal(before);
  });

  itWhole(
    "is what a run waits for that two Ctrl-C have ended, and abandon gives it up, as the message says",
    async () => {
      await mkdir(join(folder, "in"));
      await rename(join(folder, "one.csv"), join(folder, "in", "one.csv"));
      // The last row's reading hangs, so that the first Ctrl-C alone ends nothing.
      const isLast = ({ path }: { path: string }) => path.endsWith("/account_3");
      bank.failNext("timeout_before", 1, isLast);
      using run = startTieout(["run", "./job.ts"], env, folder);
      while (!bank.requests.some(isLast)) await sleep(5);
      const isTold = new Promise<void>((resolve) => {
        run.child.stderr?.on("data", (text: string) => text.includes("stop signal") && resolve());
      });
      run.child.kill("SIGINT");
      await isTold;
      run.child.kill("SIGINT");
      expect(await run.ended).to.include({ code: 6, signal: null });
      await endLease();

      const waits = await tieout("run", "./job.ts");
      expect(waits.code, waits.err).to.equal(6);
      expect(waits.out).to.match(
        /^run (\S+) of job job \(one.csv\) waits for a person, so this start did nothing \[run_waits\]/,
      );
      const other = await tieout("run", "./job.ts", "--file", "two.csv");
      expect(other.out, other.err).to.contain("4 applied");
      const abandon = /to give it up: .*?(abandon \S+ --reason) "…"/.exec(waits.out)?.[1] ?? "";
      const abandoned = await tieout(...abandon.split(" "), "not wanted");
      expect(abandoned.code, abandoned.err).to.equal(0);
      expect(abandoned.out).to.contain("4 skipped: abandoned");
      expect(bank.writes, "those of the other file").to.have.length(4);
      expect((await tieout("run", "./job.ts")).out).to.equal("job job: no new file\n");
    },
  );

  itWhole(
    "is what a schedule leaves a run to that a person has stopped: it warns once, and starts nothing again",
    async () => {
      await tieout("run", "./job.ts", "--file", "one.csv", "--limit", "2");
      const { length } = bank.writes;
      using schedule = startTieout(["schedule", "./job.ts"], env, folder);
      await new Promise<void>((resolve) => {
        schedule.child.stderr?.on("data", (text: string) => text.includes("run_waits") && resolve());
      });
      // A command's time, in which another start would have been announced.
      expect((await tieout("runs")).out).to.contain("waits for a person, at plan");
      schedule.child.kill("SIGTERM");
      const { code, err } = await schedule.ended;
      expect(code, err).to.equal(0);
      const said = err.split("\n").filter((line) => line.includes("run_waits"));
      // Once in the log, and as the job's alarm, which is raised once too.
      expect(said.filter((line) => !line.includes("an alarm is raised"))).to.have.length(1);
      expect(said).to.have.length(2);
      expect(err).not.to.contain("started again");
      expect(bank.writes).to.have.length(length);
    },
  );
});
