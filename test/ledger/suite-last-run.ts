/**
 * What every ledger must know for those who watch it: a job's last run that has ended, by its exit code, and its own size.
 */
import { expect } from "chai";
import { ENDED_WELL, type ExitCode } from "../../src/errors/exit-codes.ts";
import type { NewRun } from "../../src/ledger/run.ts";
import { BANK, newRun, SANDBOX } from "./builders.ts";
import type { LedgerInUse } from "./use-ledger.ts";

export function suiteOfLastRun(use: LedgerInUse): void {
  async function play(id: string, exit: ExitCode, over: Partial<NewRun> = {}, final = true): Promise<void> {
    const run = await use.ledger.runs.open(BANK, newRun(id, over));
    await use.ledger.runs.recordPublication(run, { number: 1, summary: "{}", exit, final, atMs: 9 });
  }
  const last = async (...[bank, job, exits]: Parameters<typeof use.ledger.runs.findLastEnded>) =>
    (await use.ledger.runs.findLastEnded(bank, job, exits))?.id;

  it("finds the last run of a job that has ended, and with which exit code", async () => {
    expect(await last(BANK, "nightly")).to.equal(undefined);
    await play("r1", 0);
    await play("r2", 4);
    await play("r3", 1);
    await play("r4", 6, {}, false);
    await play("r5", 0, { job: "weekly" });
    await play("r6", 0, { kind: "plan" });
    await use.ledger.runs.open(BANK, newRun("r7"));
    expect(await last(BANK, "nightly")).to.equal("r3");
    expect(await last(BANK, "nightly", ENDED_WELL)).to.equal("r2");
    expect(await last(BANK, "nightly", [0])).to.equal("r1");
    expect(await last(BANK, "nightly", [2])).to.equal(undefined);
    expect(await last(BANK, "nightly", [])).to.equal(undefined);
    expect(await last(SANDBOX, "nightly")).to.equal(undefined);
  });

  it("says what it takes on its disk", async () => {
    expect(await use.ledger.sizeBytes()).to.be.above(10_000);
    await using snapshot = await use.ledger.openSnapshot();
    expect(await snapshot.sizeBytes()).to.be.above(10_000);
  });
}
