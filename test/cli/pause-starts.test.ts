/** A pause that the ledger cannot keep: nothing starts in that process, and it is kept as soon as it can be. */
import { expect } from "chai";
import { StartPauses } from "../../src/cli/commands/pause-starts.ts";
import { FatalError } from "../../src/errors/fatal-error.ts";
import type { Job } from "../../src/job.ts";
import type { Ledger } from "../../src/ledger/ledger.ts";
import { type Sandbox, startSandbox } from "../../src/sandbox/start-sandbox.ts";
import { type Desk, openDesk } from "../support/scenario.ts";

const SCHEDULE = { cron: "0 2 * * *", zone: "UTC", pauseOnFailure: true };

describe("a pause that the ledger cannot keep", () => {
  let bank: Sandbox;
  let desk: Desk;
  const said: [string, unknown][] = [];
  const say = (message: string, fields?: object) => void said.push([message, fields]);
  const log = { info: say, warn: say, error: say, debug: say };
  beforeEach(async () => {
    said.length = 0;
    bank = await startSandbox();
    desk = await openDesk({ durable: false });
  });
  afterEach(async () => {
    await desk[Symbol.asyncDispose]();
    await bank[Symbol.asyncDispose]();
  });
  const findPause = () => {
    const { ledger, bankName, job } = desk.context(bank, { schedule: SCHEDULE });
    return ledger.schedules.findPause(bankName, job.name);
  };

  it("by an internal error holds in the process, and is kept at the next start", async () => {
    const context = desk.context(bank, { schedule: SCHEDULE });
    const { schedules, alarms } = context.ledger;
    const failing = {
      schedules,
      alarms,
      audited: () => {
        throw new TypeError("Canary");
      },
    } as unknown as Ledger;
    const pauses = new StartPauses(log);
    await pauses.afterError({ ...context, ledger: failing }, new TypeError("Canary"));
    expect(said).to.have.length(1);
    expect(said[0]?.[0]).to.match(/is paused in this process alone/);
    expect(said[0]?.[1]).to.include({ code: "schedule_paused", exit: 1 });
    expect(JSON.stringify(said)).not.to.contain("Canary");
    expect(await pauses.isPaused({ ...context, ledger: failing }), "still not kept").to.equal(true);
    expect(await findPause()).to.equal(undefined);
    expect(await pauses.isPaused(context)).to.equal(true);
    expect((await findPause())?.exit).to.equal(1);
    await context.ledger.schedules.resume(context.bankName, context.job.name);
    expect(await pauses.isPaused(context), "once a person has resumed it").to.equal(false);
  });

  it("of a start that was given up, or could not open it, is kept as well; not where the job does not ask for it", async () => {
    const context = desk.context(bank, { schedule: SCHEDULE });
    const unusable = new FatalError("ledger_unusable", "it is none", { hint: "see to it" });
    const failed = new FatalError("ledger_failed", "its disk is full", { hint: "see to it" });
    const bad: [string, (pauses: StartPauses, job: Job) => void, number | undefined][] = [
      ["given up", (pauses, job) => pauses.giveUp(job), 6],
      ["unusable", (pauses, job) => pauses.afterUnopened(job, unusable), 2],
      ["tried again", (pauses, job) => pauses.afterUnopened(job, failed), undefined],
    ];
    for (const [what, act, exit] of bad) {
      for (const job of [{ ...context.job, schedule: { ...SCHEDULE, pauseOnFailure: false } }, context.job]) {
        const pauses = new StartPauses(log);
        act(pauses, job as Job);
        const isHeld = job === context.job && exit !== undefined;
        expect(await pauses.isPaused({ ...context, job: job as Job }), what).to.equal(isHeld);
        expect((await findPause())?.exit, what).to.equal(isHeld ? exit : undefined);
        await context.ledger.schedules.resume(context.bankName, context.job.name);
      }
    }
  });
});
