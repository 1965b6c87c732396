/**
 * What every ledger must know of rows over several runs: attempts and their originals, rows that ended short, and what was accepted.
 */
import { expect } from "chai";
import type { NamedAccount, ShortPlace, ShortRow, Verdict } from "../../src/ledger/ledger.ts";
import type { BankName, NewRun, Run } from "../../src/ledger/run.ts";
import type { ParsedRow } from "../../src/read/change.ts";
import { findOldestOpen } from "../../src/run/open-rows.ts";
import { ALL, BANK, findAll, invalidRow, issue, newRun, plan, row, SANDBOX } from "./builders.ts";
import type { LedgerInUse } from "./use-ledger.ts";

export function suiteOfLineage(use: LedgerInUse): void {
  /** A run of these rows. Each change ends with the word at its place; null leaves it open. */
  async function play(
    id: string,
    rows: readonly ParsedRow[],
    words: Readonly<Record<number, Verdict["word"] | null>> = {},
    { bank = BANK, ...over }: Partial<NewRun> & { bank?: BankName } = {},
  ): Promise<Run> {
    const { ledger } = use;
    const run = await ledger.runs.open(bank, newRun(id, over));
    await ledger.rows.recordRows(run, rows);
    await findAll(ledger, run);
    for (const [change, word] of Object.entries(words))
      if (word !== null)
        await ledger.changes.recordDone(run, Number(change), { word, issues: [issue("bank_refused")] }, 5);
    return run;
  }

  const from = (parsed: ParsedRow, run: string, at: number): ParsedRow => ({
    ...parsed,
    provenance: { run, row: at },
  });

  async function short(run: Run, limit = 100, before?: { no: number; row: number }): Promise<ShortRow[]> {
    const all: ShortRow[] = [];
    for (let place: ShortPlace | null = { change: 0, row: 0 }; place !== null; ) {
      const { rows, next } = await use.ledger.lineage.readShort(run, place, limit, before);
      all.push(...rows);
      place = next;
    }
    return all;
  }
  const shown = ({ row: at, word, original, isRetried }: ShortRow) =>
    `${at} ${word} of ${original.run} ${original.row}${isRetried ? ", retried" : ""}`;
  const overtaken = async (run: Run, ...named: NamedAccount[]) =>
    [...(await use.ledger.lineage.listOvertaken(run, named))].sort();

  it("leads attempts to their original over any number of steps", async () => {
    const first = await play("r1", [row(2, "client:a"), row(3, "client:b")], { 2: "refused", 3: "applied" });
    await play("r2", [from(row(2, "client:a"), "r1", 2)], { 2: "failed" }, { rerunOf: "r1" });
    await play("r3", [from(row(9, "client:a"), "r2", 2), from(row(10, "client:b"), "r1", 3)], {
      9: "refused",
      10: "unchanged",
    });
    const fourth = await play("r4", [from(row(2, "client:a"), "r3", 9)], { 2: "applied" });
    await use.reopen();
    const { lineage } = use.ledger;
    expect(await lineage.readAttempts(first, { after: 1, to: 3 })).to.deep.equal([
      { of: 2, run: "r2", row: 2 },
      { of: 2, run: "r3", row: 9 },
      { of: 2, run: "r4", row: 2 },
      { of: 3, run: "r3", row: 10 },
    ]);
    expect(await lineage.readAttempts(first, { after: 2, to: 3 })).to.have.lengthOf(1);
    expect(await lineage.listAttemptRuns(first)).to.deep.equal(["r2", "r3", "r4"]);
    expect(await lineage.listOrigins(fourth, 2)).to.deep.equal(["r1"]);
    expect(await lineage.listOrigins(first, 2)).to.deep.equal([]);
  });

  it("counts neither attempts without a word, nor those of plans and rejected files", async () => {
    const first = await play("r1", [row(2, "client:a")], { 2: "refused" });
    await play("open", [from(row(2, "client:a"), "r1", 2)], { 2: null });
    await play("plan", [from(row(2, "client:a"), "r1", 2)], { 2: "refused" }, { kind: "plan" });
    const bad = await play("bad", [from(invalidRow(2), "r1", 2)]);
    await use.ledger.runs.recordRejection(bad, { code: "file_stale", message: "old", hint: "" }, 7, 9);
    expect(await use.ledger.lineage.readAttempts(first, { after: 0, to: 9 })).to.deep.equal([]);
    expect((await short(first)).map(shown)).to.deep.equal(["2 refused of r1 2"]);
  });

  it("takes a row for an original whose origin the ledger does not have, has at another bank, or later", async () => {
    await play("else", [row(2, "client:a")], { 2: "refused" }, { bank: SANDBOX });
    const rows = [
      from(row(2, "client:a"), "gone", 2),
      from(row(3, "client:b"), "else", 2),
      from(row(4, "client:c"), "me", 2),
      from(row(5, "client:d"), "later", 2),
    ];
    const run = await play("me", rows, { 2: "refused", 3: "refused", 4: "refused", 5: "refused" });
    await play("later", [row(2, "client:z")], { 2: "refused" });
    expect((await short(run)).map(shown)).to.deep.equal([2, 3, 4, 5].map((at) => `${at} refused of me ${at}`));
  });

  it("reads the rows that ended short, page by page, with the account, the original and whether that was tried again", async () => {
    const rows = [
      row(2, "client:a"),
      row(3, "account:x"),
      row(4, "client:a"),
      invalidRow(5),
      { ...invalidRow(6), key: "client:f" },
      row(7, "client:g"),
      row(8, "client:h"),
      row(9, "client:i"),
      row(10, "client:a"),
    ];
    const run = await play("r1", rows, { 2: "held", 3: "applied", 7: "unchanged", 8: "unknown", 9: null });
    const all = await short(run);
    expect(all.map(shown)).to.deep.equal([
      "5 invalid of r1 5",
      "6 invalid of r1 6",
      "2 held of r1 2",
      "4 held of r1 4",
      "10 held of r1 10",
      "8 unknown of r1 8",
    ]);
    for (const limit of [1, 2, 3]) expect(await short(run, limit)).to.deep.equal(all);
    expect(all.map(({ key }) => key)).to.deep.equal([null, "client:f", "client:a", "client:a", "client:a", "client:h"]);
    expect(all[0]?.issues).to.deep.equal([issue("row_ragged")]);
    expect(all[2]).to.deep.include({ issues: [issue("bank_refused")], acceptedUntilMs: null });
    expect(all[2]?.original).to.deep.equal({ run: "r1", no: run.no, row: 2, sinceMs: 1_000 });
    const second = await play("r2", [from(row(2, "client:a"), "r1", 2), row(3, "client:n")], {
      2: "refused",
      3: "refused",
    });
    expect((await short(run)).filter(({ isRetried }) => isRetried).map(shown)).to.deep.equal([
      "2 held of r1 2, retried",
    ]);
    expect((await short(second)).map(shown)).to.deep.equal(["2 refused of r1 2", "3 refused of r2 3"]);
    for (const limit of [1, 9])
      expect((await short(second, limit, { no: second.no, row: 0 })).map(shown)).to.deep.equal(["2 refused of r1 2"]);
  });

  it("finds the oldest open row: of the earliest run, the first of its file, wherever its last attempt is", async () => {
    const run = await play("r1", [row(2, "client:a"), row(3, "client:b"), invalidRow(4), row(5, "client:c")], {
      2: "applied",
      3: "refused",
      5: "refused",
    });
    const oldest = async () => {
      const found = await findOldestOpen(use.ledger, { bank: BANK, job: "nightly" }, 10);
      return found && `${found.original.run} ${found.original.row} in ${found.last.run}`;
    };
    // Rows that are invalid on their own are walked first.
    expect(await oldest()).to.equal("r1 3 in r1");
    expect((await short(run, 1, { no: run.no, row: 4 })).map(shown)).to.deep.equal(["3 refused of r1 3"]);
    await play("r2", [from(row(2, "client:c"), "r1", 5), from(row(3, "client:b"), "r1", 3)], {
      2: "failed",
      3: "failed",
    });
    expect(await oldest()).to.equal("r1 3 in r2");
    await play("r3", [from(row(2, "client:b"), "r2", 3)], { 2: "applied" });
    expect(await oldest()).to.equal("r1 4 in r1");
  });

  it("leaves out what is overtaken or left out, and not what was abandoned", async () => {
    const run = await play(
      "r1",
      [2, 3, 4, 5].map((at) => row(at, `client:${at}`)),
    );
    const codes = ["superseded_by_run", "stale", "not_selected", "abandoned"] as const;
    for (const [at, code] of codes.entries())
      await use.ledger.changes.recordDone(run, at + 2, { word: "skipped", issues: [issue(code)] }, 5);
    expect((await short(run)).map(shown)).to.deep.equal(["5 skipped of r1 5"]);
  });

  it("says which accounts a later run names, by either id, once that has a word for the row", async () => {
    const run = await play("r1", [row(2, "client:a")], { 2: "refused" });
    const named: NamedAccount[] = [
      { key: "client:a", accountId: null },
      { key: "account:x", accountId: "x" },
      { key: "client:other", accountId: "x" },
      { key: "client:bad", accountId: null },
      { key: "client:never", accountId: "y" },
      { key: null, accountId: null },
    ];
    expect(await overtaken(run, ...named)).to.deep.equal([]);
    const rows = [row(2, "client:a"), row(3, "account:x"), { ...invalidRow(4), key: "client:bad" }];
    await play("plan", rows, { 2: "refused", 3: "refused" }, { kind: "plan" });
    await play("elsewhere", rows, { 2: "applied", 3: "applied" }, { bank: SANDBOX });
    const next = await play("r2", rows, { 2: null, 3: null });
    expect(await overtaken(run, ...named)).to.deep.equal([3]);
    await use.ledger.changes.recordDone(next, 2, { word: "refused", issues: [] }, 5);
    await use.ledger.changes.recordDone(next, 3, { word: "unchanged", issues: [] }, 5);
    expect(await overtaken(run, ...named)).to.deep.equal([0, 1, 2, 3]);
    expect(await overtaken(next, ...named)).to.deep.equal([]);
  });

  it("knows an account that a later run names by its own id", async () => {
    const { ledger } = use;
    const run = await play("r1", [row(2, "account:x")], { 2: "refused" });
    const later = await ledger.runs.open(BANK, newRun("r2"));
    await ledger.rows.recordRows(later, [row(2, "client:a")]);
    await ledger.changes.recordFound(later, [{ change: 2, accountId: "x", verdict: null, seen: null }]);
    await ledger.changes.recordDone(later, 2, { word: "held", issues: [] }, 5);
    expect(await overtaken(run, { key: "account:x", accountId: "x" })).to.deep.equal([0]);
  });

  it("says nothing of accounts whose later rows were themselves overtaken or left out", async () => {
    const rows = [2, 3, 4, 5].map((at) => row(at, `client:${at}`));
    const run = await play("r1", rows, { 2: "refused", 3: "refused", 4: "refused", 5: "refused" });
    const later = await play("r2", rows, { 2: null, 3: null, 4: null, 5: null });
    for (const [at, code] of (["superseded_by_run", "stale", "not_selected", "not_fetched"] as const).entries())
      await use.ledger.changes.recordDone(later, at + 2, { word: "skipped", issues: [issue(code)] }, 5);
    const named = rows.map(({ key }): NamedAccount => ({ key, accountId: null }));
    expect(await overtaken(run, ...named)).to.deep.equal([3]);
    await play("r3", rows, { 2: "applied", 3: "held" });
    expect(await overtaken(run, ...named)).to.deep.equal([0, 1, 3]);
  });

  it("lists the runs that may have open rows, by bank and job, until they are settled", async () => {
    const { ledger } = use;
    const list = async (bank: BankName | null, job: string | null, after = 0, limit = 9) =>
      (await ledger.runs.listUnsettled({ bank, job }, after, limit)).map(({ id }) => id);
    const first = await play("r1", []);
    await play("plan", [], {}, { kind: "plan" });
    const rejected = await play("bad", []);
    await ledger.runs.recordRejection(rejected, { code: "file_stale", message: "old", hint: "" }, 7, 9);
    await play("r2", [], {}, { job: "other" });
    await play("r3", [], {}, { bank: SANDBOX });
    expect(await list(null, null)).to.deep.equal(["r1", "r2", "r3"]);
    expect(await list(null, null, first.no, 1)).to.deep.equal(["r2"]);
    expect(await list(BANK, "nightly")).to.deep.equal(["r1"]);
    expect(await list({ apiUrl: "https://never.test", program: "one" }, null)).to.deep.equal([]);
    await ledger.lineage.settle(first);
    expect(await list(null, null)).to.deep.equal(["r2", "r3"]);
  });

  it("keeps what was accepted of an original row, the last word alone, for its attempts too", async () => {
    const { lineage } = use.ledger;
    const run = await play("r1", [row(2, "client:a"), row(3, "client:b")], { 2: "refused", 3: "refused" });
    const again = await play("r2", [from(row(2, "client:a"), "r1", 2)], { 2: "refused" });
    const acceptance = { untilMs: 50, reason: "the branch closes", by: "clara", atMs: 7 };
    await lineage.accept(run, [2, 3], acceptance);
    await lineage.accept(run, [2], { ...acceptance, untilMs: 99 });
    await use.reopen();
    const kept = await use.ledger.lineage.listAccepted({ no: 0, row: 0 }, 9);
    expect(kept).to.deep.equal([
      { ...acceptance, no: run.no, run: "r1", row: 2, untilMs: 99 },
      { ...acceptance, no: run.no, run: "r1", row: 3 },
    ]);
    expect(await use.ledger.lineage.listAccepted({ no: run.no, row: 2 }, 9)).to.deep.equal(kept.slice(1));
    expect((await short(again)).map(({ acceptedUntilMs }) => acceptedUntilMs)).to.deep.equal([99]);
  });

  it("finds runs by number, and those that began in a period", async () => {
    const { lineage } = use.ledger;
    const first = await play("r1", []);
    const second = await play("r2", [], {}, { startedAtMs: 2_000, kind: "plan" });
    await play("r3", [], {}, { startedAtMs: 3_000 });
    expect(await lineage.findId(second.no)).to.equal("r2");
    expect(await lineage.findId(99)).to.equal(undefined);
    const list = async (fromMs: number, toMs: number, after = 0, limit = 9) =>
      (await lineage.listBegun({ fromMs, toMs }, after, limit)).map(({ id }) => id);
    expect(await list(1_000, 3_000)).to.deep.equal(["r1", "r2"]);
    expect(await list(1_001, 3_001, first.no, 1)).to.deep.equal(["r2"]);
    expect(await list(3_001, 9_000)).to.deep.equal([]);
  });

  it("has an accepted row for open again once its time has passed", async () => {
    const run = await play("r1", [row(2, "client:a")], { 2: "refused" });
    const scope = { bank: BANK, job: "nightly" };
    const oldest = async (nowMs: number) => (await findOldestOpen(use.ledger, scope, nowMs))?.original.row;
    expect(await oldest(10)).to.equal(2);
    await use.ledger.lineage.accept(run, [2], { untilMs: 50, reason: "why", by: "clara", atMs: 7 });
    expect([await oldest(49), await oldest(50)]).to.deep.equal([undefined, 2]);
  });

  it("gives the results of chosen rows like those of a page", async () => {
    const { ledger } = use;
    const run = await play("r1", [row(2, "account:x"), row(3, "account:y"), invalidRow(4)]);
    await ledger.changes.recordPlans(run, [plan(2, ["patch", "close"]), plan(3, ["patch"])]);
    const [first, , third] = await ledger.rows.readResults(run, ALL);
    expect(first?.operations).to.have.lengthOf(2);
    expect(await ledger.rows.readResultsOf(run, [4, 9, 2])).to.deep.equal([first, third]);
    expect(await ledger.rows.readResultsOf(run, [])).to.deep.equal([]);
  });
}
