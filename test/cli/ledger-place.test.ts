/** The ledger of a command: which command may begin one and says so, what a wrong path does, and what is noticed on the way. */
import { execFileSync } from "node:child_process";
import { copyFile, mkdir, mkdtemp, readdir, rename, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { type Sandbox, startSandbox } from "../../src/sandbox/start-sandbox.ts";
import { itWhole } from "../support/extent.ts";
import { describeOnFile } from "../support/test-ledger.ts";
import { runTieout, startTieout } from "../support/tieout.ts";

const JOB_URL = new URL("../../src/job.ts", import.meta.url).href;
const ROWS = 40;
const SEED = { accounts: Array.from({ length: ROWS }, (_, i) => ({ id: `account_${i}` })) };

describeOnFile("the ledger of a command", () => {
  let folder: string;
  const at = (name: string) => join(folder, name);
  const envOf = (bank: Sandbox, ledger?: string) => ({
    LEAD_API_URL: bank.url,
    LEAD_CLIENT_ID: bank.clientId,
    LEAD_CLIENT_SECRET: bank.clientSecret,
    ...(ledger !== undefined && { TIEOUT_LEDGER: ledger }),
  });

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "tieout-place-"));
    await mkdir(at("in"));
    await writeFile(
      at("job.ts"),
      `import { defineJob } from ${JSON.stringify(JOB_URL)};
       export default defineJob({ name: "place", source: { folder: "in" }, results: { folder: "out" },
         concurrency: { reads: 4, writes: 1 }, schedule: { cron: "* * * * * *", zone: "UTC" } });\n`,
    );
    await writeFile(
      at("in/file.csv"),
      `account_id,product_name\n${SEED.accounts.map(({ id }) => `${id},New\n`).join("")}`,
    );
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  itWhole("is begun by run, plan and schedule, in .tieout/ here, and they say so once", async () => {
    await using bank = await startSandbox({ seed: structuredClone(SEED) });
    for (const args of [
      ["run", "job.ts"],
      ["plan", "job.ts", "--output", "json"],
    ]) {
      await rm(at(".tieout"), { recursive: true, force: true });
      await rm(at("out"), { recursive: true, force: true });
      const first = await runTieout(args, envOf(bank), folder);
      expect(first.code, first.err).to.equal(0);
      const said = new RegExp(`"message":"new ledger at ${at(".tieout/ledger.sqlite")}"`, "g");
      expect(first.err.match(said), first.err).to.have.length(1);
      expect(first.out.includes("new ledger at")).to.equal(args.includes("json"));
      const second = await runTieout(args, envOf(bank), folder);
      expect(second.out + second.err).not.to.contain("new ledger");
    }
    using schedule = startTieout(["schedule", "job.ts"], envOf(bank, at("other.sqlite")), folder);
    let log = "";
    schedule.child.stderr?.on("data", (text: string) => {
      log += text;
    });
    while (!log.includes('"scheduled"') && schedule.child.exitCode === null)
      await new Promise((done) => setTimeout(done, 5));
    schedule.child.kill("SIGTERM");
    await schedule.ended;
    expect(log).to.contain(`new ledger at ${at("other.sqlite")}`);
  });

  const readers = [["runs"], ["resume"], ["rerun", "last"], ["report", "last"], ["explain", "last", "--row", "2"]];
  for (const args of readers) {
    itWhole(`is not begun by ${args[0]}, which says that there is none`, async () => {
      await using bank = await startSandbox();
      const before = await readdir(folder);
      for (const ledger of args[0] === "runs"
        ? [undefined, at("none.sqlite"), at("typo/ledger.sqlite")]
        : [undefined]) {
        const ended = await runTieout(args, envOf(bank, ledger), folder);
        expect(ended.code, ended.err).to.equal(2);
        expect(ended.err).to.match(/^tieout: there is no ledger at \S+ \[no_ledger\]; set TIEOUT_LEDGER .*\n$/);
        expect(await readdir(folder)).to.deep.equal(before);
      }
    });
  }

  itWhole("is not begun in a folder that is not there, and the command that makes it is given", async () => {
    await using bank = await startSandbox();
    const before = await readdir(folder);
    for (const args of [
      ["run", "job.ts"],
      ["schedule", "job.ts"],
      ["validate", "job.ts"],
    ]) {
      const ended = await runTieout(args, envOf(bank, at("typo/ledger.sqlite")), folder);
      expect(ended.code, ended.err).to.equal(2);
      expect(ended.err)
        .to.contain(`there is no folder ${at("typo")} [ledger_unusable]; `)
        .and.contain(`mkdir -p '${at("typo")}'`);
      expect(await readdir(folder), args[0]).to.deep.equal(before);
    }
    expect(bank.requests).to.deep.equal([]);
    const slash = await runTieout(["run", "job.ts"], envOf(bank, `${folder}/new/`), folder);
    expect([slash.code, await readdir(folder)]).to.deep.equal([2, before]);
    expect(slash.err).to.contain("TIEOUT_LEDGER is a folder");
  });

  it("is not begun where the environment does not say which bank", async () => {
    const ended = await runTieout(["run", "job.ts"], { TIEOUT_LEDGER: at("ledger.sqlite") }, folder);
    expect([ended.code, await readdir(folder)]).to.deep.equal([2, ["in", "job.ts"]]);
  });

  itWhole("is refused in one line for a pipe, a link to nothing, a circle, a long name and /proc", async () => {
    execFileSync("mkfifo", [at("pipe")]);
    await symlink("/nonexistent/x", at("dangling"));
    await symlink("loop", at("loop"));
    for (const ledger of [
      at("pipe"),
      at("dangling"),
      at("loop"),
      at("x".repeat(300)),
      "/proc/self/ledger.sqlite",
      "/dev/null",
    ]) {
      for (const args of ledger === at("pipe") ? [["runs"], ["run", "job.ts"]] : [["runs"]]) {
        await using bank = await startSandbox();
        const ended = await runTieout(args, envOf(bank, ledger), folder);
        expect(ended.code, ended.err).to.equal(2);
        // A start that could not begin has a line of the log too.
        const said = ended.err.replace(/^\{.*\n/gm, "");
        expect(said).to.match(
          /^tieout: (the ledger [^\n]* \[ledger_unusable\]|there is no ledger [^\n]* \[no_ledger\]); [^\n]*\n$/,
        );
      }
    }
  });

  const changes: Readonly<Record<string, (ledger: string) => Promise<unknown>>> = {
    deleted: (ledger) => rm(ledger),
    renamed: (ledger) => rename(ledger, `${ledger}.away`),
    "replaced by a copy of an earlier day": async (ledger) => {
      await copyFile(ledger, `${ledger}.copy`);
      await rename(`${ledger}.copy`, ledger);
    },
  };
  for (const [what, change] of Object.entries(changes)) {
    itWhole(`is missed at the next commit of a run when it is ${what}, and nothing more is sent`, async () => {
      await using bank = await startSandbox({ seed: structuredClone(SEED), latencyMs: 30 });
      using run = startTieout(["run", "job.ts"], envOf(bank, at("ledger.sqlite")), folder);
      while (bank.effects.length < 3) {
        if (run.child.exitCode !== null) throw new Error((await run.ended).err);
        await new Promise((done) => setTimeout(done, 5));
      }
      await change(at("ledger.sqlite"));
      const effects = bank.effects.length;
      const ended = await run.ended;
      expect(ended.code, ended.err).to.equal(2);
      expect(ended.err).to.match(/\ntieout: \S+ was moved, removed or replaced [^\n]* \[ledger_replaced\]; [^\n]*\n$/);
      // One call may have been in flight, and one more may have had its intent recorded already.
      expect(bank.effects.length).to.be.at.most(effects + 2);
      expect(bank.effects.length).to.be.below(ROWS);
    });
  }

  itWhole(
    "is missed by a schedule, which starts the job no sooner than at its next time, and begins none",
    async () => {
      const source = (cron: string) => `import { defineJob } from ${JSON.stringify(JOB_URL)};
       export default defineJob({ name: "place", source: { folder: "in" }, results: { folder: "out" },
         concurrency: { reads: 4, writes: 1 }, schedule: { cron: "${cron}", zone: "UTC" } });\n`;
      await writeFile(at("job.ts"), source("* * * * * *"));
      await using bank = await startSandbox({ seed: structuredClone(SEED), latencyMs: 30 });
      using schedule = startTieout(["schedule", "job.ts"], envOf(bank, at("ledger.sqlite")), folder);
      let log = "";
      schedule.child.stderr?.on("data", (text: string) => {
        log += text;
      });
      const until = async (isSo: () => boolean) => {
        while (!isSo()) {
          if (schedule.child.exitCode !== null) throw new Error((await schedule.ended).err);
          await new Promise((done) => setTimeout(done, 5));
        }
      };
      await until(() => bank.effects.length >= 3);
      for (const suffix of ["", "-wal", "-shm"]) await rm(at(`ledger.sqlite${suffix}`));
      await until(() => log.includes("ledger_replaced") && log.includes("there is no ledger at"));
      schedule.child.kill("SIGTERM");
      await schedule.ended;
      expect(log).not.to.contain("started again after a wait");
      expect(bank.effects.length).to.be.below(ROWS);
      expect(await readdir(folder)).not.to.contain("ledger.sqlite");
    },
  );
});
