/**
 * What every ledger must do with schedules: keep the first pause until a person resumes the job, and how far expected files were looked at.
 */
import { expect } from "chai";
import { auditEntry } from "../../src/run/audit-entry.ts";
import { ACTOR, BANK, SANDBOX } from "./builders.ts";
import type { LedgerInUse } from "./use-ledger.ts";

export function suiteOfSchedules(use: LedgerInUse): void {
  const pause = { atMs: 10, exit: 2, reason: "the bank refused the credentials", user: "ops" };

  it("keeps the first pause of a job, with its audit entry, until it is resumed", async () => {
    const { ledger } = use;
    const entry = auditEntry({ actor: ACTOR, atMs: 10, action: "schedule pause" }, { job: "nightly" });
    expect(await ledger.schedules.findPause(BANK, "nightly")).to.equal(undefined);
    expect(await ledger.audited(entry).schedules.pause(BANK, "nightly", pause)).to.equal(true);
    expect(await ledger.schedules.pause(BANK, "nightly", { ...pause, atMs: 20, exit: null })).to.equal(false);
    await use.reopen();
    const { schedules, audit } = use.ledger;
    expect(await schedules.findPause(BANK, "nightly")).to.deep.equal(pause);
    expect((await audit.list(0, 10)).map(({ action, job }) => [action, job])).to.deep.equal([
      ["schedule pause", "nightly"],
    ]);
    expect(await schedules.findPause(BANK, "weekly")).to.equal(undefined);
    expect(await schedules.findPause(SANDBOX, "nightly")).to.equal(undefined);
    await schedules.resume(BANK, "nightly");
    expect(await schedules.findPause(BANK, "nightly")).to.equal(undefined);
    expect(await schedules.pause(BANK, "nightly", { ...pause, atMs: 30 }), "anew").to.equal(true);
    expect((await schedules.findPause(BANK, "nightly"))?.atMs).to.equal(30);
  });

  it("keeps since when expected files are looked at, and the last look, whoever looks", async () => {
    const { schedules } = use.ledger;
    expect(await schedules.findLook(BANK, "nightly")).to.equal(undefined);
    await schedules.recordLook(BANK, "nightly", 100);
    await schedules.recordLook(BANK, "nightly", 300);
    await (await use.openOther()).schedules.recordLook(BANK, "nightly", 200);
    await use.reopen();
    expect(await use.ledger.schedules.findLook(BANK, "nightly")).to.deep.equal({ sinceMs: 100, lastMs: 300 });
    expect(await use.ledger.schedules.findLook(BANK, "weekly")).to.equal(undefined);
    await use.ledger.schedules.pause(BANK, "nightly", pause);
    await use.ledger.schedules.resume(BANK, "nightly");
    expect(await use.ledger.schedules.findLook(BANK, "nightly")).to.deep.equal({ sinceMs: 100, lastMs: 300 });
  });
}
