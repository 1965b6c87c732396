/**
 * What every ledger must do with banks: programs, client ids, and a name that is given later.
 */
import { expect } from "chai";
import { leaseName } from "../../src/ledger/run.ts";
import { BANK, claimLease, fatalOf, newRun, planOne, SANDBOX, sendOne } from "./builders.ts";
import type { LedgerInUse } from "./use-ledger.ts";

const PREPAID = { ...BANK, program: "prepaid" };
const LENDING = { ...BANK, program: "lending" };

export function suiteOfBanks(use: LedgerInUse): void {
  const list = async (apiUrl = BANK.apiUrl) =>
    (await use.ledger.banks.list(apiUrl)).map(({ bank, ...rest }) => [bank.program, rest] as const);

  it("keeps a bank by address and program, with the client ids that were used for it", async () => {
    const { banks } = use.ledger;
    expect(await list()).to.deep.equal([]);
    await banks.keep(BANK, { id: "one", isNamed: false });
    await banks.keep(PREPAID, { id: "c1", isNamed: true });
    await banks.keep(PREPAID, { id: "c2", isNamed: true });
    await banks.keep(PREPAID, { id: "c2", isNamed: false });
    await banks.keep(SANDBOX, { id: "c1", isNamed: true });
    await use.reopen();
    expect(await list()).to.deep.equal([
      ["prepaid", { isNamed: true, clientIds: ["c1", "c2"], isUsed: false }],
      ["one", { isNamed: false, clientIds: ["one"], isUsed: false }],
    ]);
    expect(await list(SANDBOX.apiUrl)).to.deep.equal([["one", { isNamed: true, clientIds: ["c1"], isUsed: false }]]);
    await use.ledger.banks.keep(BANK, { id: "one", isNamed: true });
    expect((await list()).map(([, { isNamed }]) => isNamed)).to.deep.equal([true, true]);
  });

  it("lists the bank with the latest run first, and tells one that has been used", async () => {
    const { runs } = use.ledger;
    await runs.open(PREPAID, newRun("1"));
    await runs.open(LENDING, newRun("2"));
    await runs.open(BANK, newRun("3", { kind: "plan" }));
    expect((await list()).map(([program, { isUsed }]) => [program, isUsed])).to.deep.equal([
      ["one", false],
      ["lending", false],
      ["prepaid", false],
    ]);
  });

  const uses: Readonly<Record<string, (use: LedgerInUse) => Promise<unknown>>> = {
    "a link": ({ ledger }) => ledger.accounts.recordLinks(BANK, [{ clientAccountId: "c", accountId: "a" }]),
    "a planned row": async ({ ledger }) =>
      planOne(ledger, await ledger.runs.open(BANK, newRun("r")), "account:1", ["patch"]),
    "a call that was begun": async ({ ledger }) => {
      const run = await ledger.runs.open(BANK, newRun("r", { kind: "run" }));
      await planOne(ledger, run, "account:1", ["patch"]);
      await sendOne(ledger, run, await claimLease(ledger, run));
    },
    "a run that went to its end": async ({ ledger }) =>
      ledger.runs.record(await ledger.runs.open(BANK, newRun("r")), { stage: "ended" }),
  };
  for (const [what, act] of Object.entries(uses)) {
    it(`counts a bank as used by ${what}`, async () => {
      await act(use);
      expect((await list()).map(([, { isUsed }]) => isUsed)).to.deep.equal([true]);
    });
  }

  it("does not count a bank as used by a run that came no further than its plan, nor by a rejected file", async () => {
    const { runs } = use.ledger;
    await runs.record(await runs.open(BANK, newRun("r")), { stage: "plan" });
    await runs.recordRejection(
      await runs.open(BANK, newRun("s")),
      { code: "file_empty", message: "m", hint: "h" },
      7,
      9,
    );
    expect((await list()).map(([, { isUsed }]) => isUsed)).to.deep.equal([false]);
  });

  it("gives a bank a program's name: all that it has goes with it, and operations keep the name they had", async () => {
    const { ledger } = use;
    await ledger.banks.keep(BANK, { id: "one", isNamed: false });
    const run = await ledger.runs.open(BANK, newRun("r"));
    await ledger.accounts.recordLinks(BANK, [{ clientAccountId: "c", accountId: "a" }]);
    const lease = await claimLease(ledger, run);
    await ledger.leases.release(lease);
    await ledger.banks.name(BANK, "prepaid", 5);
    for (const again of [false, true]) {
      if (again) await use.reopen();
      expect(await use.ledger.runs.find("r")).to.deep.equal({ ...run, bank: PREPAID, keyName: "one" });
      expect(await use.ledger.accounts.readLink(PREPAID, "c")).to.equal("a");
      expect(await use.ledger.accounts.readLink(BANK, "c")).to.equal(undefined);
      expect(await list()).to.deep.equal([["prepaid", { isNamed: true, clientIds: ["one"], isUsed: true }]]);
    }
    const moved = await use.ledger.leases.find(leaseName(PREPAID, run.job));
    expect(moved, "when the job was last at work is still known").to.include({
      token: lease.token,
      sinceMs: lease.sinceMs,
    });
    expect(await use.ledger.leases.find(leaseName(BANK, run.job))).to.equal(undefined);
    expect((await use.ledger.runs.open(PREPAID, newRun("s"))).keyName).to.equal("one");
  });

  it("never gives two banks of an address one name for their keys", async () => {
    const { runs, banks } = use.ledger;
    await runs.open(BANK, newRun("1"));
    await banks.name(BANK, "prepaid", 0);
    const keyNames = [
      (await runs.open(BANK, newRun("2"))).keyName,
      (await runs.open(PREPAID, newRun("3"))).keyName,
      (await runs.open(SANDBOX, newRun("4"))).keyName,
    ];
    expect(keyNames.slice(1)).to.deep.equal(["one", "one"]);
    expect(keyNames[0]).not.to.equal("one");
  });

  it("gives no name while a lease of any job is held there, and fences out who slept past it", async () => {
    const { ledger } = use;
    await ledger.banks.keep(BANK, { id: "one", isNamed: false });
    const run = await ledger.runs.open(BANK, newRun("r", { job: "weekly" }));
    const elsewhere = await ledger.runs.open(SANDBOX, newRun("s"));
    await claimLease(ledger, elsewhere);
    const lease = await claimLease(ledger, run, "me", 0);
    const refused = await fatalOf((await use.openOther()).banks.name(BANK, "prepaid", lease.untilMs - 1));
    expect([refused.code, refused.message]).to.deep.equal([
      "lease_held",
      "job weekly is in progress at that bank: me has run it since 1970-01-01T00:00:00.000Z",
    ]);
    expect((await ledger.runs.find("r"))?.bank).to.deep.equal(BANK);
    await ledger.banks.name(BANK, "prepaid", lease.untilMs);
    const late = ledger.fencedBy(() => lease).runs.record(run, { stage: "plan" });
    expect(await late.catch(({ code }: { code: string }) => code)).to.equal("lease_lost");
  });
}
