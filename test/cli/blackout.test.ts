/**
 * A blackout over the time of a start, with a real process: nothing begins in it, and one start is made up for as it ends, unless the job says
 * that such starts are skipped. The process has a clock that is set to the end of a minute, so that nobody waits long.
 */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import { startSandbox } from "../../src/sandbox/start-sandbox.ts";
import { runTieout, startTieout } from "../support/tieout.ts";

const JOB_URL = new URL("../../src/job.ts", import.meta.url).href;
const MINUTE_MS = 60_000;
/** The second of its minute at which the process begins, by its own clock; and the one of each slot. */
const BEGINS_AT = 30;
const SLOT_AT = 55;

const aheadBy = (ms: number) =>
  `data:text/javascript,const Real = Date; globalThis.Date = class extends Real {
  constructor(...all) { super(...(all.length ? all : [Real.now() %2B ${ms}])); }
  static now() { return Real.now() %2B ${ms}; }
};`.replace(/\s+/g, "%20");

describe("a blackout", function () {
  this.timeout(90_000);

  it("lets nothing begin, and one start as it ends; none for a job that skips them", async () => {
    const folder = await mkdtemp(join(tmpdir(), "tieout-blackout-"));
    await using bank = await startSandbox({ seed: { accounts: [{ id: "account_1" }, { id: "account_2" }] } });
    const beganMs = Date.now();
    const aheadMs = (BEGINS_AT * 1_000 - (beganMs % MINUTE_MS) + MINUTE_MS) % MINUTE_MS;
    const nowMs = () => Date.now() + aheadMs;
    const endMs = Math.ceil(nowMs() / MINUTE_MS) * MINUTE_MS;
    const time = (ms: number) => new Date(ms).toISOString().slice(11, 16);
    const window = `from: "${time(endMs - 3 * MINUTE_MS)}", to: "${time(endMs)}", reason: "the core's own night"`;
    for (const [name, slots, account] of [
      ["made-up", "after", 1],
      ["skipped", "skip", 2],
    ] as const) {
      await mkdir(join(folder, name));
      await writeFile(join(folder, name, "a.csv"), `account_id,product_name\naccount_${account},New\n`);
      await writeFile(
        join(folder, `${name}.ts`),
        `import { defineJob } from ${JSON.stringify(JOB_URL)};
export default defineJob({ name: "${name}", source: { folder: "${name}" }, results: { folder: "out" },
  schedule: { cron: "${SLOT_AT} * * * * *", zone: "UTC", blackout: [{ ${window}, slots: "${slots}" }] } });\n`,
      );
    }
    const env = {
      TIEOUT_LEDGER: join(folder, "ledger.sqlite"),
      LEAD_API_URL: bank.url,
      LEAD_CLIENT_ID: bank.clientId,
      LEAD_CLIENT_SECRET: bank.clientSecret,
    };
    try {
      using schedule = startTieout(
        ["schedule", "made-up.ts", "skipped.ts"],
        { ...env, NODE_OPTIONS: `--import=${aheadBy(aheadMs)}` },
        folder,
      );
      let log = "";
      schedule.child.stderr?.on("data", (more: string) => {
        log += more;
      });
      const until = async (isSo: () => boolean) => {
        while (!isSo()) {
          if (schedule.child.exitCode !== null) throw new Error(log);
          await sleep(10);
        }
      };
      await until(() => log.includes("the schedule has started"));
      expect(nowMs(), "begun in time").to.be.below(endMs - (60 - SLOT_AT) * 1_000);
      await until(() => bank.effects.length > 0);
      expect(nowMs() - endMs, "since its end").to.be.within(0, 15_000);
      // Whatever else begins there has begun by then, and the next slot has not come.
      await sleep(3_000);
      schedule.child.kill("SIGTERM");
      expect((await schedule.ended).code).to.equal(0);
      expect(bank.effects).to.have.length(1);
      const { out } = await runTieout(["runs", "--output", "json"], env, folder);
      const runs = out
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line) as { job: string; startedAt: string });
      expect(
        runs.map(({ job }) => job),
        out,
      ).to.deep.equal(["made-up"]);
      const left = log.split("\n").filter((line) => line.includes("no start of the job now"));
      expect(left.map((line) => (JSON.parse(line) as { job: string }).job).toSorted()).to.deep.equal(["skipped"]);
      expect(left[0]).to.contain("the core's own night");
      expect(log).to.match(/"dueAt":"[^"]*:00\.000Z","job":"made-up","level":"info","message":"a blackout: /);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
