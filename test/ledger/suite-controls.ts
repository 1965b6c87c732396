/**
 * What every ledger must do with how a run is steered: keep it, within what the job allows, for the one process that works on the run.
 */
import { expect } from "chai";
import { NO_CONTROL } from "../../src/ledger/controls.ts";
import { leaseName, type Run } from "../../src/ledger/run.ts";
import { auditEntry } from "../../src/run/audit-entry.ts";
import { ACTOR, BANK, fatalOf, newRun } from "./builders.ts";
import type { LedgerInUse } from "./use-ledger.ts";

const MOST = { requestsPerSecond: 50, reads: 16, writes: 8 };

export function suiteOfControls(use: LedgerInUse): void {
  /** A run that somebody works on until time 100. */
  async function begin(id = "r", owner = "me"): Promise<Run> {
    const { ledger } = use;
    const run = await ledger.runs.open(BANK, newRun(id));
    await ledger.leases.claim(leaseName(BANK, run.job), owner, 100, 0);
    await ledger.controls.open(run, owner, MOST);
    return run;
  }
  const codeOf = async (run: Run, nowMs: number) =>
    (await fatalOf(use.ledger.controls.record(run, { isPaused: true }, nowMs))).code;

  it("keeps what is asked, for any process, and no more than the job allows", async () => {
    const run = await begin();
    expect(await use.ledger.controls.find(run)).to.deep.equal(NO_CONTROL);
    await use.ledger.controls.record(run, { isPaused: true, writes: 4, by: "clara@night-1" }, 50);
    const other = await use.openOther();
    const asked = { ...NO_CONTROL, isPaused: true, writes: 4, by: "clara@night-1" };
    expect(await other.controls.find(run)).to.deep.equal(asked);
    const more = await other.controls.record(run, { isPaused: false, requestsPerSecond: 500, reads: 17 }, 50);
    expect(more).to.deep.equal({ ...asked, isPaused: false, requestsPerSecond: 50, reads: 16 });
    await use.reopen();
    expect(await use.ledger.controls.find(run)).to.deep.equal(more);
  });

  it("lets a run that is stopped wait for a person, at once, until it is worked on again", async () => {
    const run = await begin();
    await use.ledger.controls.record(run, { isStopped: true, writes: 2 }, 50);
    expect((await use.ledger.runs.find("r"))?.waiting).to.equal(true);
    await use.ledger.controls.open(run, "another", MOST);
    expect(await use.ledger.controls.find(run)).to.deep.equal({ ...NO_CONTROL, writes: 2 });
  });

  it("refuses what nobody would hear, with no entry in the audit trail", async () => {
    const run = await begin();
    const entry = auditEntry({ actor: ACTOR, atMs: 5, action: "ctl" });
    const late = use.ledger.audited(entry).controls.record(run, { isStopped: true }, 101);
    expect((await fatalOf(late)).hint).to.equal("to continue it, type: tieout resume r");
    expect(await use.ledger.audit.findHead()).to.equal(null);
    expect((await use.ledger.runs.find("r"))?.waiting).to.equal(false);

    const next = await use.ledger.runs.open(BANK, newRun("s"));
    expect(await codeOf(next, 50), "nobody has begun").to.equal("not_in_progress");
    await use.ledger.controls.open(next, "me", MOST);
    expect(await codeOf(run, 50), "the process has gone on to another one").to.equal("not_in_progress");
    const published = { number: 1, summary: "{}", exit: 0, final: true, atMs: 9 } as const;
    await use.ledger.runs.recordPublication(next, published);
    expect(await codeOf((await use.ledger.runs.find("s")) ?? next, 50), "it has ended").to.equal("not_in_progress");
  });

  it("steers a plan, which has no lease, until it has ended", async () => {
    const plan = await use.ledger.runs.open(BANK, newRun("p", { kind: "plan" }));
    await use.ledger.controls.open(plan, "me", MOST);
    expect(await use.ledger.controls.record(plan, { isStopped: true }, 5)).to.include({ isStopped: true });
    expect((await use.ledger.runs.find("p"))?.waiting, "a plan is not resumed").to.equal(false);
  });
}
