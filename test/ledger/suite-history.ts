/**
 * What every ledger must say of a plan in short, and of the runs before it.
 */
import { expect } from "chai";
import type { NewRun } from "../../src/ledger/run.ts";
import { ALL, BANK, findAll, issue, newRun, operation, plan, row, SANDBOX } from "./builders.ts";
import type { LedgerInUse } from "./use-ledger.ts";

export function suiteOfHistory(use: LedgerInUse): void {
  it("lists the last runs before one that have brought a whole file of the job to its end, latest first", async () => {
    const { runs } = use.ledger;
    const open = (id: string, over: Partial<NewRun> = {}, bank = BANK) => runs.open(bank, newRun(id, over));
    const end = async (id: string, over: Partial<NewRun> = {}, bank = BANK) => {
      const run = await open(id, over, bank);
      await runs.record(run, { rows: 3 });
      const published = {
        number: await runs.openPublication(run),
        summary: "{}",
        exit: 0,
        final: true,
        atMs: 4,
      } as const;
      await runs.recordPublication(run, published);
      return run;
    };
    await end("one");
    await end("two");
    await end("a plan", { kind: "plan" });
    await end("a re-run", { rerunOf: "two" });
    await end("other job", { job: "weekly" });
    await end("other bank", {}, SANDBOX);
    await open("unfinished");
    const rejected = await open("rejected");
    await runs.recordRejection(rejected, { code: "file_empty", message: "m", hint: "h" }, 7, 9);
    const empty = await open("empty");
    await runs.recordPublication(empty, {
      number: await runs.openPublication(empty),
      summary: "",
      exit: 0,
      final: true,
      atMs: 4,
    });
    await end("three");
    const now = await open("now", { kind: "plan" });
    await end("later");
    const listed = async (limit: number) => (await runs.listBefore(now, limit)).map(({ id }) => id);
    expect(await listed(9)).to.deep.equal(["three", "two", "one"]);
    expect(await listed(2)).to.deep.equal(["three", "two"]);
  });

  it("looks back for the last runs, the last sequence and the last line end of files that are alike, however many others came since", async () => {
    const { runs } = use.ledger;
    const end = async (id: string, key: string, sequence: string, endsWithLineEnd: boolean) => {
      const file = { ...newRun("").file, key, sequence };
      const run = await runs.open(BANK, newRun(id, { file }));
      const reading = {
        layout: "tieout",
        money: "minor",
        delimiter: ",",
        header: ["a"],
        columns: [null],
        endsWithLineEnd,
      } as const;
      await runs.record(run, { rows: 3, reading });
      const number = await runs.openPublication(run);
      await runs.recordPublication(run, { number, summary: "{}", exit: 0, final: true, atMs: 4 });
      return run;
    };
    await end("old", "card-1", "41", true);
    await end("card", "card-2", "42", true);
    for (let n = 0; n < 120; n++) await end(`loan ${n}`, `loan-${n}`, String(n), false);
    const now = await runs.open(BANK, newRun("now"));
    const isCard = ({ key }: { readonly key: string }) => key.startsWith("card");
    const before = async (limit: number) => (await runs.listBefore(now, limit, isCard)).map(({ id }) => id);
    expect(await before(9)).to.deep.equal(["card", "old"]);
    expect(await before(1)).to.deep.equal(["card"]);
    expect([await runs.findLastSequence(now, isCard), await runs.findLastSequence(now)]).to.deep.equal(["42", "119"]);
    expect([await runs.findLineEnd(now, isCard), await runs.findLineEnd(now)]).to.deep.equal([true, false]);
    const isNone = () => false;
    expect([
      await before(9),
      await runs.findLastSequence(now, isNone),
      await runs.findLineEnd(now, isNone),
    ]).to.deep.equal([["card", "old"], undefined, undefined]);
  });

  it("says which operations are planned of each change, held ones too, and that a patch clears documents", async () => {
    const { ledger } = use;
    const run = await ledger.runs.open(BANK, newRun("r"));
    await ledger.rows.recordRows(
      run,
      [2, 3, 4, 5].map((number) => row(number, `account:${number}`)),
    );
    await findAll(ledger, run);
    const clearing = { ...operation(1, "patch"), body: '{"metadata":{},"documents":[]}' };
    const deeper = { ...operation(1, "patch"), body: '{"metadata":{"x":"\\"documents\\":[]"}}' };
    await ledger.changes.recordPlans(run, [
      plan(2, ["patch", "close"]),
      plan(3, [], { verdict: { word: "unchanged", issues: [] } }),
      plan(4, [], { operations: [clearing, operation(2, "close")] }),
      plan(5, [], { operations: [deeper], differences: [] }),
    ]);
    const read = async (page = ALL) =>
      (await ledger.changes.readPlannedKinds(run, page)).map((one) => ({ ...one, kinds: [...one.kinds].sort() }));
    const { differences } = plan(2, []);
    const planned = [
      { change: 2, kinds: ["close", "patch"], differences },
      { change: 4, kinds: ["clear_documents", "close", "patch"], differences },
      { change: 5, kinds: ["patch"], differences: [] },
    ];
    expect(await read()).to.deep.equal(planned);
    expect(await read({ after: 2, limit: 1 })).to.deep.equal(planned.slice(1, 2));
    await ledger.changes.closeOpen(run, { word: "held", issues: [issue("guard")] }, 7);
    expect(await read()).to.deep.equal(planned);
  });
}
