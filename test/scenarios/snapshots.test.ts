/** Nights of a job whose files are snapshots: what they lack is listed, and worked on by a run of its own that a person approves first. */
import { expect } from "chai";
import type { JobInput } from "../../src/job.ts";
import { renderSummary } from "../../src/report/summary.ts";
import { rerunRows } from "../../src/run/start/rerun-rows.ts";
import { type Sandbox, startSandbox } from "../../src/sandbox/start-sandbox.ts";
import { told, touch } from "../run/source.ts";
import { type Desk, openDesk, readResults } from "../support/scenario.ts";
import { runOf } from "./held-rows.ts";
import { ACT, csv, LIST, missing, Nights, numbers, SEED, short, summaryOf, without } from "./nights.ts";

describe("a snapshot", () => {
  let bank: Sandbox;
  let desk: Desk;
  let nights: Nights;
  beforeEach(async () => {
    bank = await startSandbox({ seed: structuredClone(SEED) });
    desk = await openDesk({ durable: false });
    nights = new Nights(desk, bank);
  });
  afterEach(async () => {
    await desk[Symbol.asyncDispose]();
    await bank.close();
  });

  it("lists what it lacks, and sends nothing for it, unless the job says more", async () => {
    expect(short(await nights.night(csv(numbers(20)), LIST))).to.deep.equal(["file 20 applied"]);
    const ends = await nights.night(csv(without(3, 7)), LIST);
    expect(short(ends)).to.deep.equal(["file 18 unchanged"]);
    expect(await missing(ends[0])).to.deep.equal(["account_3 c3 absent", "account_7 c7 absent"]);
    const summary = summaryOf(ends[0]);
    expect(summary.exit).to.equal(0);
    expect(summary.snapshot?.states).to.deep.equal({ absent: 2, done: 0, elsewhere: 0, changed_since: 0 });
    expect(renderSummary(summary)).to.contain(
      "absent: 2 accounts that the ledger knows and the file lacks, see missing.csv\n  they are only listed, since the job does not say absent",
    );
    expect(summary.next).to.deep.equal([
      `tieout report ${summary.run} --open   # shows its page; missing.csv beside it lists the 2 absent accounts`,
    ]);
    expect(nights.deactivated).to.deep.equal([]);
  });

  it("holds the first run that acts on absent accounts, then sends within its limits, and never again", async () => {
    await nights.night(csv(numbers(20)));
    const first = await nights.night(csv(without(3)));
    expect(short(first)).to.deep.equal(["file 19 unchanged", "missing.csv 1 held"]);
    expect(summaryOf(first[1]).exit).to.equal(4);
    expect(summaryOf(first[1]).absentOf).to.equal(summaryOf(first[0]).run);
    expect(renderSummary(summaryOf(first[0]))).to.contain(
      "it is deactivated (dormant) by a run of its own, at the end of this start or of the next",
    );
    expect(summaryOf(first[1]).next[0]).to.contain(
      `tieout approve ${summaryOf(first[1]).run} --guard absent --max 1 --reason`,
    );
    expect(nights.deactivated).to.deep.equal([]);
    await nights.approve(first[1], "absent", 1);
    const end = await nights.resume(first[1]);
    expect(told([end])).to.deep.equal(["missing.csv 1 applied"]);
    expect([nights.statusOf(3), nights.deactivated]).to.deep.equal(["inactive", ["account_3"]]);

    const second = await nights.night(csv(without(3)));
    expect(short(second), "nothing more").to.deep.equal(["file 19 unchanged"]);
    expect(await missing(second[0])).to.deep.equal(["account_3 c3 done"]);
    const third = await nights.night(csv(without(3, 4)));
    expect(short(third), "within the limit").to.deep.equal(["file 18 unchanged", "missing.csv 1 applied"]);
    const fourth = await nights.night(csv(without(3, 4, 5, 6)));
    expect(short(fourth), "beyond the limit").to.deep.equal(["file 16 unchanged", "missing.csv 2 held"]);
    expect(nights.deactivated).to.deep.equal(["account_3", "account_4"]);
  });

  it("holds again after the setting has changed, and closes what it had deactivated", async () => {
    await nights.night(csv(numbers(20)));
    const first = await nights.night(csv(without(3)));
    await nights.approve(first[1], "absent", 1);
    await nights.resume(first[1]);
    const closing: Partial<JobInput> = { mode: "snapshot", absent: { do: "close", reason: "canceled" } };
    const second = await nights.night(csv(without(3)), closing);
    expect(short(second)).to.deep.equal(["file 19 unchanged", "missing.csv 1 held"]);
    await nights.approve(second[1], "absent", 1, closing);
    expect(told([await nights.resume(second[1], closing)])).to.deep.equal(["missing.csv 1 applied"]);
    expect(nights.statusOf(3)).to.equal("closed");
    expect(short(await nights.night(csv(without(3)), closing))).to.deep.equal(["file 19 unchanged"]);
  });

  it("sends nothing for an account that the bank holds so, or closed", async () => {
    await nights.night(csv(numbers(20)));
    nights.change(3, "inactive", "frozen");
    nights.change(4, "closed", "canceled");
    const ends = await nights.night(csv(without(3, 4)));
    expect(short(ends)).to.deep.equal(["file 18 unchanged", "missing.csv 2 unchanged"]);
    expect(summaryOf(ends[1]).notes).to.deep.equal([{ word: "unchanged", code: "absent_already", count: 2 }]);
    expect(short(await nights.night(csv(without(3, 4))))).to.deep.equal(["file 18 unchanged"]);
    const more = await nights.night(csv(without(3, 4, 5)));
    expect(short(more), "nothing was approved by that").to.deep.equal(["file 17 unchanged", "missing.csv 1 held"]);
  });

  it("lets an account that is back be as its row says, and tells of it", async () => {
    await nights.night(csv(numbers(20)));
    const first = await nights.night(csv(without(3)));
    await nights.approve(first[1], "absent", 1);
    await nights.resume(first[1]);
    const back = await nights.night(csv(numbers(20)));
    expect(short(back)).to.deep.equal(["file 20 unchanged"]);
    expect(renderSummary(summaryOf(back[0]))).to.contain(
      "back: 1 account that was absent before; each is as its row says",
    );
    expect(nights.statusOf(3), "no row asked for more").to.equal("inactive");
    const again = await nights.night(csv(without(3)));
    expect(short(again), "absent anew").to.deep.equal(["file 19 unchanged", "missing.csv 1 unchanged"]);
    const active = `client_account_id,product_name,status\n${numbers(20)
      .map((n) => `c${n},Card,active\n`)
      .join("")}`;
    expect(short(await nights.night(active))).to.deep.equal(["file 1 applied 19 unchanged"]);
    expect(nights.statusOf(3)).to.equal("active");
  });

  it("holds a file that shrank, before any absent account is acted on", async () => {
    await nights.night(csv(numbers(20)));
    const small = numbers(8).map((n) => `c${n},New\n`);
    const ends = await nights.night(csv(small));
    expect(short(ends)).to.deep.equal(["file 8 held"]);
    const summary = summaryOf(ends[0]);
    expect(summary.snapshot?.notActed?.code).to.equal("shrunk");
    const [row] = await readResults(summary.results);
    expect(row?.result_message).to.match(
      /^guard shrunk: the snapshot lacks 12 of the 20 accounts that the last ones held, and it may lack 10 \(10% of 20 accounts, at least 10\); if they are right: tieout approve /,
    );
    expect(short(await nights.night(csv(small))), "the one after it no less").to.deep.equal(["file 8 held"]);
    await nights.approve(ends[0], "shrunk", 12).then(
      () => nights.resume(ends[0]),
      () => undefined,
    );
    expect(nights.deactivated).to.deep.equal([]);
  });

  it("acts on absent accounts of a shrunk file once that is approved, and holds them by their own guard", async () => {
    await nights.night(csv(numbers(20)));
    const ends = await nights.night(csv(numbers(8).map((n) => `c${n},New\n`)));
    await nights.approve(ends[0], "shrunk", 12);
    expect(told([await nights.resume(ends[0])])[0]).to.match(/8 applied$/);
    expect(short(await nights.start())).to.deep.equal(["missing.csv 12 held"]);
    expect(short(await nights.start()), "once").to.deep.equal([]);
  });

  it("holds by the guard shrunk too what a shrunk file without changes lacks", async () => {
    await nights.night(csv(numbers(20)));
    const ends = await nights.night(csv(numbers(8)));
    expect(short(ends)).to.deep.equal(["file 8 unchanged", "missing.csv 12 held"]);
    expect(summaryOf(ends[1]).guards?.map(({ guard }) => guard)).to.deep.equal(["absent", "shrunk"]);
  });

  it("is over for what an earlier snapshot lacked", async () => {
    await nights.night(csv(numbers(20)));
    const first = await nights.night(csv(without(3)));
    await nights.night(csv(numbers(20)));
    const refused = await nights.approve(first[1], "absent", 1).catch((error: Error) => error.message);
    expect(refused).to.contain("a later snapshot has been read");
    const context = desk.context(bank, ACT);
    const run = await runOf(desk, summaryOf(first[1]).run);
    const rerun = await rerunRows(context, run, ["held"]).catch((error: Error) => error.message);
    expect(rerun).to.contain("a later snapshot has been read");
    expect(nights.deactivated).to.deep.equal([]);
  });

  it("is over for what was approved, once a file waits that may have the account again", async () => {
    await nights.night(csv(numbers(20)));
    const first = await nights.night(csv(without(3)));
    await nights.approve(first[1], "absent", 1);
    expect(short(await nights.start()), "waits for its person").to.deep.equal(["missing.csv waiting"]);
    const next = await nights.night(csv(numbers(20)));
    expect(short(next)).to.deep.equal(["missing.csv 1 skipped", "file 20 unchanged"]);
    expect((await runOf(desk, summaryOf(first[1]).run)).abandoned).to.contain("a later file waits");
    const again = await nights.night(csv(without(3)));
    expect(short(again), "approved, so within its limits").to.deep.equal([
      "file 19 unchanged",
      "missing.csv 1 applied",
    ]);
  });

  it("is over when it is resumed while a file waits, and not for one that was only touched", async () => {
    await nights.night(csv(numbers(20)));
    const first = await nights.night(csv(without(3)));
    await nights.approve(first[1], "absent", 1);
    await nights.put(csv(numbers(20)));
    expect(told([await nights.resume(first[1])])).to.deep.equal(["missing.csv 1 skipped"]);
    const second = await nights.night(csv(without(3, 4, 5)));
    await nights.approve(second.at(-1), "absent", 3);
    await touch(desk, "1002.csv", 1_002.5);
    expect(told([await nights.resume(second.at(-1))])).to.deep.equal(["missing.csv 3 applied"]);
  });
});
