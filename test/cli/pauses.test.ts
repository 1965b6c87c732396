/**
 * A schedule that pauses after exit 1 and after exit 2: whoever is told of alarms is told so, nothing starts meanwhile, and the command that is
 * told works in a shell as it stands. Real processes.
 */
import { execFile } from "node:child_process";
import { chmod, mkdir, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect } from "chai";
import { type Sandbox, startSandbox } from "../../src/sandbox/start-sandbox.ts";
import { Receiver } from "../alarm/receiver.ts";
import { IS_POSTGRES } from "../support/test-ledger.ts";
import { runTieout, startTieout, withTestLedger } from "../support/tieout.ts";

const JOB_URL = new URL("../../src/job.ts", import.meta.url).href;
const COMMAND = new URL("../../bin/tieout.js", import.meta.url).pathname;
const REFUSED = { LEAD_CLIENT_SECRET_FILE: "secret" };

describe("a schedule with pauseOnFailure", function () {
  this.timeout(60_000);
  let folder: string;
  let bank: Sandbox;
  let receiver: Receiver;
  const path = (name: string) => join(folder, name);
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "tieout-pauses-"));
    bank = await startSandbox({ seed: { accounts: [{ id: "account_1" }] } });
    receiver = await Receiver.open();
    await mkdir(path("in"));
    await writeFile(path("in/1.csv"), "account_id,product_name\naccount_1,New\n");
    // Until there is a file named right, the job's pattern cannot be used.
    await writeFile(
      path("job.ts"),
      `import { existsSync } from "node:fs";
import { defineJob } from ${JSON.stringify(JOB_URL)};
const broken = { toString: () => "", replace() { throw new TypeError("Canary"); } };
const pattern = Object.defineProperty(/csv/, "flags", { get: () => (existsSync("right") ? "" : broken) });
export default defineJob({ name: "nightly", source: { folder: "in", pattern }, results: { folder: "out" }, notify: [{ slack: "CHAT" }],
  schedule: { cron: "* * * * * *", zone: "UTC", pauseOnFailure: true } });\n`,
    );
    // What a shell finds where Tieout is installed.
    await writeFile(path("npx"), `#!/bin/sh\nshift\nexec '${process.execPath}' '${COMMAND}' "$@"\n`);
    await chmod(path("npx"), 0o755);
  });
  afterEach(async () => {
    await receiver[Symbol.asyncDispose]();
    await bank[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });

  const env = () => ({
    TIEOUT_LEDGER: path("ledger.sqlite"),
    LEAD_API_URL: bank.url,
    LEAD_CLIENT_ID: bank.clientId,
    CHAT: receiver.url,
    ...REFUSED,
  });
  const typed = (command: string) => {
    const own = { ...withTestLedger(env(), folder), npm_command: "exec", PATH: `${folder}:${process.env.PATH}` };
    return promisify(execFile)("sh", ["-c", command], { cwd: folder, env: own });
  };
  const told = () => receiver.json().map(({ text }) => String(text));

  for (const [what, exit, before, mend] of [
    ["1, an internal error", 1, () => writeFile(path("secret"), bank.clientSecret), () => writeFile(path("right"), "")],
    [
      "2, refused credentials",
      2,
      async () => {
        await writeFile(path("secret"), "another");
        await writeFile(path("right"), "");
      },
      () => writeFile(path("secret"), bank.clientSecret),
    ],
  ] as const)
    it(`pauses after exit code ${what}, tells of it, and goes on once the command is typed`, async () => {
      await before();
      using schedule = startTieout(["schedule", "job.ts"], env(), folder);
      let log = "";
      schedule.child.stderr?.on("data", (more: string) => {
        log += more;
      });
      const until = async (isSo: () => boolean) => {
        while (!isSo()) {
          if (schedule.child.exitCode !== null) throw new Error(log);
          await new Promise((resolve) => setTimeout(resolve, 20));
        }
      };
      await until(() => told().some((text) => text.startsWith("nightly: paused.")));
      const paused = told().find((text) => text.startsWith("nightly: paused.")) ?? "";
      expect(paused).to.match(/^nightly: paused\. the schedule is paused and starts nothing: a start ended with \d$/m);
      expect(paused).to.contain(`a start ended with ${exit}\n`);
      await mend();
      await until(() => log.split("is paused, so this start is skipped").length > 3);
      expect(bank.effects, "nothing meanwhile").to.have.length(0);
      const listed = await runTieout(["alarms", "--output", "json"], env(), folder);
      const open = listed.out
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line) as Record<string, string>);
      expect(open.map(({ kind }) => kind)).to.deep.equal(["failed", "paused"]);
      expect((await runTieout(["schedule", "job.ts", "--list"], env(), folder)).out).to.contain(
        `(a start ended with ${exit})`,
      );
      if (exit === 1) expect(open[0]?.next).to.match(/^Send the line of the log that has the code internal /);
      const [, next = ""] = /^next: (npx tieout schedule .*)$/m.exec(paused) ?? [];
      expect(next).to.equal(open.at(-1)?.next);
      expect((await typed(next)).stdout).to.match(/^the schedule of nightly goes on with its next slot; /);
      await until(() => bank.effects.length > 0 && told().filter((text) => text.includes(" is over, ")).length === 2);
      schedule.child.kill("SIGTERM");
      expect((await schedule.ended).code).to.equal(0);
      expect(bank.effects).to.have.length(1);
      expect(told().map((text) => /^nightly: \w+( is over)?/.exec(text)?.[0])).to.have.members([
        "nightly: failed",
        "nightly: paused",
        "nightly: paused is over",
        "nightly: failed is over",
      ]);
      expect((await runTieout(["alarms"], env(), folder)).out).to.equal("no alarm is open\n");
      expect(log + told()).not.to.contain("Canary");
    });

  (IS_POSTGRES ? it.skip : it)(
    "stays paused where the ledger could not keep that, and keeps it once it can",
    async () => {
      await writeFile(path("secret"), bank.clientSecret);
      await writeFile(path("right"), "");
      await writeFile(path("job.ts"), (await readFile(path("job.ts"), "utf8")).replace('"* * *', '"*/2 * *'));
      await rename(path("in/1.csv"), path("1.csv"));
      using schedule = startTieout(["schedule", "job.ts"], env(), folder);
      let log = "";
      schedule.child.stderr?.on("data", (more: string) => {
        log += more;
      });
      const until = async (isSo: () => boolean) => {
        while (!isSo()) {
          if (schedule.child.exitCode !== null) throw new Error(log);
          await new Promise((resolve) => setTimeout(resolve, 20));
        }
      };
      await until(() => log.includes("no new file"));
      // Between two starts no ledger is open.
      await new Promise((resolve) => setTimeout(resolve, 300));
      await rename(path("ledger.sqlite"), path("kept.sqlite"));
      await writeFile(path("ledger.sqlite"), "no ledger ".repeat(1_000));
      await until(() => log.includes("is paused in this process alone"));
      await rename(path("1.csv"), path("in/1.csv"));
      await rename(path("kept.sqlite"), path("ledger.sqlite"));
      await until(() => told().some((text) => text.startsWith("nightly: paused.")));
      await until(() => log.includes("is paused, so this start is skipped"));
      expect(bank.effects, "nothing was started").to.have.length(0);
      await typed('npx tieout schedule job.ts --resume --reason "mended"');
      await until(() => bank.effects.length > 0);
      schedule.child.kill("SIGTERM");
      expect((await schedule.ended).code).to.equal(0);
    },
  );
});
