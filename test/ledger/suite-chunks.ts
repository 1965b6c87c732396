/**
 * What every ledger that several processes work on at once must do with the chunks of a run.
 */
import { expect } from "chai";
import type { ChunksLedger, Work } from "../../src/ledger/chunks.ts";
import type { Ledger } from "../../src/ledger/ledger.ts";
import type { Lease, Run } from "../../src/ledger/run.ts";
import { ALL, BANK, claimOf, EVERY_CHANGE, fatalOf, findAll, newRun, plan, row, sentAt } from "./builders.ts";
import type { LedgerInUse } from "./use-ledger.ts";

const WORK: Work = { jobSha256: "a", version: "1", isResumed: false };
const STOP = JSON.stringify({ kind: "stop" });

export function suiteOfChunks(use: LedgerInUse): void {
  let run: Run;
  let chunks: ChunksLedger;

  /** Of five rows, as they are planned. */
  beforeEach(async () => {
    const { ledger } = use;
    if (ledger.chunks === null) throw new Error("several processes cannot work on this ledger");
    chunks = ledger.chunks;
    run = await ledger.runs.open(BANK, newRun("r"));
    const rows = ["a", "b", "c", "d", "e"].map((id, at) => row(at + 2, `account:${id}`));
    await ledger.rows.recordRows(run, rows);
  });

  async function planAll(): Promise<void> {
    const plans = [2, 3, 4, 5, 6].map((change) => plan(change, ["patch"]));
    await use.ledger.changes.recordPlans(run, plans);
  }

  const open = (size: number, over: { to?: number; work?: Work } = {}) =>
    chunks.open(run, "apply", over.work ?? WORK, { size, to: over.to ?? EVERY_CHANGE });

  async function begin(no: number, owner: string) {
    const begun = await chunks.begin(run, no, owner);
    if (begun === undefined) throw new Error(`chunk ${no} is not handed out`);
    return begun;
  }

  /** Begins on a change as the holder of that lease. */
  const send = (ledger: Ledger, lease: Lease, change: number) =>
    claimOf(
      ledger.fencedBy(() => lease),
      run,
      { change, first: { lease, step: 1, at: sentAt(1) } },
    );

  it("are cut from what the phase has left, in order, each of so many changes", async () => {
    await planAll();
    await use.ledger.changes.recordDone(run, 4, { word: "unchanged", issues: [] }, 1);
    const nos = await open(2);
    expect(nos).to.have.length(2);
    const begun = await Promise.all(nos.map((no) => begin(no, "me")));
    expect(begun.map(({ chunk }) => chunk)).to.deep.equal([
      { no: nos[0], phase: "apply", after: 1, to: 3, isTakenOver: false },
      { no: nos[1], phase: "apply", after: 4, to: 6, isTakenOver: false },
    ]);
    expect(await open(2, { to: 2 }), "up to a change").to.have.length(1);
  });

  it("are of the changes without a plan while the phase plans, once their accounts are found", async () => {
    await use.ledger.rows.recordRows(run, [row(7, "client:x")]);
    const open = (phase: "find" | "plan") => chunks.open(run, phase, WORK, { size: 1, to: EVERY_CHANGE });
    expect(await open("find")).to.have.length(1);
    expect(await open("plan")).to.have.length(5);
    await findAll(use.ledger, run);
    expect(await open("find")).to.have.length(0);
    expect(await open("plan")).to.have.length(6);
    await planAll();
    expect(await open("plan")).to.have.length(1);
  });

  it("are taken over from whoever holds them, who writes nothing more under them", async () => {
    await planAll();
    const [no = 0] = await open(5);
    const mine = await begin(no, "me");
    const other = await use.openOther();
    const taken = await other.chunks?.begin(run, no, "you");
    expect(taken?.chunk.isTakenOver).to.equal(true);
    expect((await fatalOf(send(use.ledger, mine.lease, 2))).code).to.equal("lease_lost");
    expect((await fatalOf(chunks.end(run, no, mine.lease, null))).code).to.equal("lease_lost");
    await chunks.giveBack(run, no, mine.lease);
    expect((await chunks.listHolders()).map(({ holder }) => holder)).to.deep.equal(["you"]);
    if (taken === undefined) return;
    expect(await send(other, taken.lease, 2)).to.deep.equal({ kind: "claimed" });
    await other.chunks?.end(run, no, taken.lease, null);
    expect(await chunks.begin(run, no, "me"), "it has ended").to.equal(undefined);
  });

  it("show in a reading after they are taken what was written under them before", async () => {
    await planAll();
    const [no = 0] = await open(5);
    await send(use.ledger, (await begin(no, "me")).lease, 2);
    await begin(no, "you");
    const [change] = await use.ledger.changes.takeToApply(run, ALL);
    expect(change?.operations.map(({ state }) => state)).to.deep.equal(["sending"]);
  });

  it("are refused to their holders once others take their place, and these begin where somebody may have died", async () => {
    await planAll();
    const [first = 0, second = 0] = await open(2);
    const { lease } = await begin(first, "me");
    const nos = await open(2);
    expect(nos.every((no) => no > second)).to.equal(true);
    expect(await chunks.begin(run, second, "me")).to.equal(undefined);
    expect((await fatalOf(send(use.ledger, lease, 2))).code).to.equal("lease_lost");
    const begun = await Promise.all(nos.map((no) => begin(no, "you")));
    expect(begun.map(({ chunk }) => chunk.isTakenOver)).to.deep.equal([true, false, false]);
  });

  it("are all ended by who goes on alone", async () => {
    await planAll();
    const [no = 0] = await open(2);
    const { lease } = await begin(no, "me");
    expect(await chunks.listOpen(BANK, run.job)).to.deep.equal([run.id]);
    await chunks.close(run);
    expect((await fatalOf(send(use.ledger, lease, 2))).code).to.equal("lease_lost");
    expect(await chunks.listLeft(run)).to.deep.equal([]);
    expect(await chunks.listOpen(BANK, run.job)).to.deep.equal([]);
  });

  it("are free again when they are given back, and nobody has died over their rows", async () => {
    await planAll();
    const [no = 0] = await open(5);
    const { lease } = await begin(no, "me");
    await send(use.ledger, lease, 2);
    await chunks.giveBack(run, no, lease);
    expect(await chunks.listHolders()).to.deep.equal([]);
    const { chunk } = await begin(no, "you");
    expect(chunk.isTakenOver).to.equal(true);
    await use.ledger.changes.recordDeaths(run, chunk);
    const [change] = await use.ledger.changes.takeToApply(run, ALL);
    expect(change?.begun).to.equal(0);
  });

  it("are counted, those of the present phase, with the changes of those that have ended and why they stopped", async () => {
    await planAll();
    for (const no of await open(1)) await chunks.end(run, no, (await begin(no, "me")).lease, null);
    const [first = 0, second = 0, third = 0] = await open(2);
    for (const no of [first, second]) await chunks.end(run, no, (await begin(no, "me")).lease, STOP);
    await begin(third, "me");
    const counts = { open: 1, held: 1, ended: 2, through: 4, stops: [STOP] };
    expect(await chunks.count(run)).to.deep.equal(counts);
    expect(await chunks.listLeft(run)).to.deep.equal([third]);
  });

  it("are handed out no more once the run must stop, until it goes on", async () => {
    await planAll();
    const [no = 0] = await open(5);
    expect(await chunks.findStop(run)).to.equal(null);
    await chunks.stop(run, STOP);
    expect(await chunks.findStop(run)).to.equal(STOP);
    expect(await chunks.begin(run, no, "you")).to.equal(undefined);
    expect((await chunks.count(run)).open, "it is left to whoever goes on").to.equal(1);
    const again = { ...WORK, isResumed: true };
    const [next = 0] = await open(5, { work: again });
    expect(await chunks.findStop(run)).to.equal(null);
    expect(await chunks.findWork(run)).to.deep.equal(again);
    expect((await begin(next, "you")).chunk.no).to.equal(next);
  });
}
