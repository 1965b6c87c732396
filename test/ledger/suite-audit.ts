/**
 * What every ledger must do with the audit trail: add to it with the write it is about, keep it from being changed, and show when it was.
 */
import { expect } from "chai";
import { FatalError } from "../../src/errors/fatal-error.ts";
import type { NewAuditEntry } from "../../src/ledger/ledger.ts";
import { verifyAudit } from "../../src/run/after/verify-audit.ts";
import { auditEntry } from "../../src/run/audit-entry.ts";
import { ACTOR, BANK, claimLease, newRun } from "./builders.ts";
import type { LedgerInUse } from "./use-ledger.ts";

const did = (action: NewAuditEntry["action"], about: Partial<NewAuditEntry> = {}) =>
  auditEntry({ actor: ACTOR, atMs: 5, action }, about);

export function suiteOfAudit(use: LedgerInUse): void {
  const actions = async () => (await use.ledger.audit.list(0, 100)).map(({ no, action }) => `${no} ${action}`);
  const verify = () =>
    verifyAudit(use.ledger.audit).catch((error: unknown) => (error instanceof FatalError ? error.message : error));

  /** Entries 1 to 4, and a run whose summary has entry 3 for the head. */
  async function fill(): Promise<void> {
    const { ledger } = use;
    const run = await ledger.audited(did("run", { run: "r", reason: "the night" })).runs.open(BANK, newRun("r"));
    await ledger.audit.record(did("ctl", { details: { set: ["writes", 4] } }));
    await ledger.audit.record(did("resume", { run: "r" }));
    const summary = JSON.stringify({ audit: await ledger.audit.findHead() });
    const published = { number: 1, summary, exit: 0, final: true, atMs: 9 } as const;
    await ledger.audited(did("end", { run: "r", planHash: "b2" })).runs.recordPublication(run, published);
  }

  it("adds the entry with the write that it is about, and neither without the other", async () => {
    await fill();
    await use.reopen();
    const { ledger } = use;
    expect(await actions()).to.deep.equal(["1 run", "2 ctl", "3 resume", "4 end"]);
    const [first, second] = await ledger.audit.list(0, 2);
    expect(first).to.deep.include({ ...did("run", { run: "r", reason: "the night" }), details: "{}", beforeHash: "" });
    expect(second).to.deep.include({ details: '{"set":["writes",4]}', beforeHash: first?.hash });
    const again = ledger.audited(did("run", { run: "r" })).runs.open(BANK, newRun("r"));
    expect(await again.catch(() => "refused")).to.equal("refused");
    expect(await actions()).to.have.lengthOf(4);
  });

  it("is fenced like any other write", async () => {
    const run = await use.ledger.runs.open(BANK, newRun("r"));
    const lease = await claimLease(use.ledger, run);
    const fenced = use.ledger.fencedBy(() => lease);
    await use.ledger.leases.release(lease);
    const late = fenced.audited(did("abandon")).runs.record(run, { abandoned: "no" });
    expect(await late.catch(({ code }: { code: string }) => code)).to.equal("lease_lost");
    expect(await fenced.audit.record(did("ctl")).catch(({ code }: { code: string }) => code)).to.equal("lease_lost");
    expect(await actions()).to.deep.equal([]);
  });

  it("lists the latest entries, of all or of one run", async () => {
    await fill();
    const { audit } = use.ledger;
    expect((await audit.listLatest(2, null)).map(({ no }) => no)).to.deep.equal([3, 4]);
    expect((await audit.listLatest(9, "r")).map(({ no }) => no)).to.deep.equal([1, 3, 4]);
    expect(await audit.listLatest(9, "s")).to.deep.equal([]);
  });

  it("chains the entries of processes that add to it at once", async () => {
    const others = [use.ledger, await use.openOther(), await use.openOther()];
    await Promise.all(
      Array.from({ length: 30 }, (_, at) => others[at % 3]?.audit.record(did("ctl", { details: { at } }))),
    );
    expect(await verify()).to.deep.equal({ entries: 30, summaries: 0 });
  });

  it("refuses to change or to remove an entry", async () => {
    await fill();
    for (const sql of ["UPDATE audit SET reason = 'other' WHERE no = 2", "DELETE FROM audit WHERE no = 4"]) {
      const error = await use.tamper(sql, "with triggers").catch((refused: Error) => refused.message);
      expect(error).to.match(/the audit trail is only added to/);
    }
    expect(await verify()).to.deep.equal({ entries: 4, summaries: 1 });
  });

  const BREAKS: readonly (readonly [what: string, sql: string, found: string])[] = [
    [
      "a changed entry",
      "UPDATE audit SET reason = 'other' WHERE no = 2",
      "entry 2 of the audit trail is not as it was written",
    ],
    [
      "a changed user",
      "UPDATE audit SET os_user = 'dora' WHERE no = 1",
      "entry 1 of the audit trail is not as it was written",
    ],
    ["a removed entry", "DELETE FROM audit WHERE no = 2", "entry 2 of the audit trail is missing: entry 3 is the next"],
    ["the first one removed", "DELETE FROM audit WHERE no = 1", "entry 1 of the audit trail is missing"],
    [
      "the last one removed",
      "DELETE FROM audit WHERE no = 4",
      "entry 4 of the audit trail is missing: entry 4 is the last",
    ],
    ["all removed", "DELETE FROM audit", "entry 1 of the audit trail is missing"],
    [
      "two entries swapped",
      "UPDATE audit SET no = 99 WHERE no = 2; UPDATE audit SET no = 2 WHERE no = 3; UPDATE audit SET no = 3 WHERE no = 99",
      "entry 2 of the audit trail is not as it was written, or is another one's",
    ],
    [
      "the last two removed with their head",
      "DELETE FROM audit WHERE no > 2; UPDATE audit_head SET no = 2, hash = (SELECT hash FROM audit WHERE no = 2)",
      "entry 3 of the audit trail is not the one that the summary of run r has",
    ],
    ["the head removed", "DELETE FROM audit_head", "entry 4 of the audit trail was added or replaced by hand"],
  ];
  for (const [what, sql, found] of BREAKS) {
    it(`finds ${what}, also behind entries that come later`, async () => {
      await fill();
      await use.tamper(sql);
      expect(await verify()).to.include(found);
      if (what === "the head removed" || what.endsWith("with their head")) return;
      await use.ledger.audit.record(did("ctl"));
      expect(await verify()).to.include(found.split(":")[0]);
    });
  }
}
