/**
 * A run that was made of an earlier one, of its rows or of the accounts that its snapshot lacks: it goes on at the next start though the
 * earlier one is not settled and holds rows, so that later files wait.
 */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import type { JobInput } from "../../../src/job.ts";
import { rerunRows } from "../../../src/run/start/rerun-rows.ts";
import { startJob } from "../../../src/run/start/start-job.ts";
import { type Sandbox, startSandbox } from "../../../src/sandbox/start-sandbox.ts";
import { runOf } from "../../scenarios/held-rows.ts";
import { ACT, csv, Nights, numbers, SEED, short, summaryOf } from "../../scenarios/nights.ts";
import { type Desk, openDesk } from "../../support/scenario.ts";

/** The answer to the change of account_1 is lost, and that of account_2 is held. */
const JOB: Partial<JobInput> = {
  attempts: 1,
  callTimeoutMs: 300,
  onRejected: "stop",
  guards: { protected: ["account_2"] },
};

describe("a run made of an earlier one that is not settled and holds rows", () => {
  let bank: Sandbox;
  let desk: Desk;
  let nights: Nights;
  beforeEach(async () => {
    bank = await startSandbox({ seed: structuredClone(SEED) });
    desk = await openDesk();
    nights = new Nights(desk, bank);
  });
  afterEach(async () => {
    await desk[Symbol.asyncDispose]();
    await bank.close();
  });

  const loseAnswers = () =>
    bank.failNext("timeout_before", 99, ({ path, method }) => method === "PATCH" && path.endsWith("/account_1"));
  /** A signal that comes as the bank is asked for that account. */
  const signalAt = (id: string) => {
    const controller = new AbortController();
    bank.failNext("503", 1, ({ path }) => {
      if (path.includes(id)) controller.abort();
      return false;
    });
    return { signal: controller.signal };
  };

  it("goes on at the next start when it is of rows, and the next file waits", async () => {
    const account = bank.accounts.get("account_3");
    if (account === undefined) throw new Error("the account is gone");
    account.status = "closed";
    loseAnswers();
    const first = await nights.night("account_id,product_name\naccount_1,New\naccount_2,New\naccount_3,New\n", JOB);
    expect(short(first)).to.deep.equal(["file 1 unknown 1 refused 1 held"]);
    account.status = "active";
    const context = { ...desk.context(bank, JOB), ...signalAt("account_3") };
    const stopped = await rerunRows(context, await runOf(desk, summaryOf(first[0]).run), ["refused"]);
    expect(stopped.kind === "reported" && stopped.summary.exit).to.equal(6);
    await nights.put(csv([4]));
    const ends = await nights.start(JOB);
    expect(short(ends).at(-1)).to.equal("file 1 applied");
    expect(ends.map((end) => "summary" in end && end.summary.rerunOf !== null)).to.deep.equal([false, true]);
    expect(account.details?.product_name).to.equal("New");
    expect(bank.accounts.get("account_4")?.details?.product_name, "of the file that waits").to.not.equal("Card");
  });

  it("keeps later files waiting, which is said, also of one that a person has named", async () => {
    loseAnswers();
    await nights.night("account_id,product_name\naccount_1,New\naccount_2,New\n", JOB);
    const run = summaryOf((await nights.start(JOB))[0]).run;
    for (const no of [4, 5]) await nights.put(csv([no]));
    const notes: string[] = [];
    const progress = { note: (text: string) => void notes.push(text), watch() {}, steer() {}, end() {} };
    const options = { kind: "run", file: null, from: null, limit: null, again: null } as const;
    const context = { ...desk.context(bank, JOB), progress };
    const told = () => notes.splice(0).filter((text) => text.includes("left for a later start"));
    expect(await startJob(context, options)).to.have.length(1);
    expect(told().join()).to.match(
      new RegExp(
        `^\\S+[.]csv is left for a later start, as is 1 file after it: run ${run} of \\S+ is to be seen to first$`,
      ),
    );
    const file = join(desk.folder, "named.csv");
    await writeFile(file, csv([6]));
    expect(await startJob(context, { ...options, file })).to.have.length(1);
    expect(told().join()).to.match(/^named[.]csv is left for a later start: /);
  });

  it("goes on at the next start when it is over absent accounts", async () => {
    const job = { ...JOB, ...ACT };
    await nights.night(csv(numbers(20)), ACT);
    const asked = await nights.night(csv(numbers(19)), ACT);
    await nights.approve(asked[1], "absent", 1);
    await nights.resume(asked[1]);
    loseAnswers();
    const rows = numbers(18).map((n) => `c${n},${n < 3 ? "New" : "Card"}\n`);
    const first = await nights.night(csv(rows), job, { context: signalAt("account_19") });
    expect(short(first)).to.deep.equal(["file 1 unknown 1 held 16 unchanged", "missing.csv 1 skipped"]);
    expect(nights.statusOf(19)).to.equal("active");
    const ends = await nights.start(job);
    expect(short(ends).at(-1)).to.equal("missing.csv 1 applied");
    expect([ends.length, nights.statusOf(19)]).to.deep.equal([2, "inactive"]);
  });
});
