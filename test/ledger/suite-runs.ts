/**
 * What every ledger must do with runs and leases.
 */
import { expect } from "chai";
import type { TakenFile } from "../../src/ledger/ledger.ts";
import type { BankName, NewRun } from "../../src/ledger/run.ts";
import { BANK, claimLease, fatalOf, newRun, outcome, planOne, recordEnd, row, SANDBOX, sendOne } from "./builders.ts";
import type { LedgerInUse } from "./use-ledger.ts";

const ids = (runs: readonly { id: string }[]) => runs.map(({ id }) => id);

export function suiteOfRuns(use: LedgerInUse): void {
  const open = (id: string, over = {}, bank: BankName = BANK) => use.ledger.runs.open(bank, newRun(id, over));

  it("opens a run at its first stage, numbers runs, and finds it after a restart", async () => {
    const first = await open("r-1", { reason: "again", rerunOf: "r-0" });
    expect(first).to.deep.equal({
      ...newRun("r-1", { reason: "again", rerunOf: "r-0" }),
      no: 1,
      bank: BANK,
      keyName: BANK.program,
      batch: null,
      corrects: null,
      stage: "read",
      reading: null,
      proof: "open",
      planHash: null,
      prunedAtMs: null,
      products: null,
      rejection: null,
      rows: 0,
      calls: { reads: 0, writes: 0, leastReads: 0, leastWrites: 0, complete: true },
      publications: 0,
      waiting: false,
      hasWaited: false,
      abandoned: null,
      exit: null,
      endedAtMs: null,
      summary: null,
    });
    expect((await open("r-2", { allowEdit: ["limit", "metadata.note"] }, SANDBOX)).no).to.equal(2);
    await use.reopen();
    expect(await use.ledger.runs.find("r-1")).to.deep.equal(first);
    expect(await use.ledger.runs.find("r-2")).to.deep.include({ bank: SANDBOX, allowEdit: ["limit", "metadata.note"] });
  });

  it("finds a run by id, by an unambiguous beginning, or as the last", async () => {
    for (const id of ["ab", "abc", "abd", "b%"]) await open(id);
    expect((await use.ledger.runs.find("ab"))?.id).to.equal("ab");
    expect((await use.ledger.runs.find("abc"))?.id).to.equal("abc");
    expect((await use.ledger.runs.find("b"))?.id).to.equal("b%");
    expect((await use.ledger.runs.find("last"))?.id).to.equal("b%");
    for (const id of ["", "x", "%", "AB"]) expect(await use.ledger.runs.find(id)).to.equal(undefined);
    const error = await fatalOf(use.ledger.runs.find("a"));
    expect(error.code).to.equal("run_not_found");
    expect(error.message).to.contain("ambiguous");
  });

  it("finds the latest run that took a file, by bytes, place or key, but no plan and no re-run, within bank and job", async () => {
    const { runs } = use.ledger;
    const find = async (like: TakenFile, bank = BANK) => (await runs.findTaken(bank, "nightly", like))?.id;
    expect(await find({ sha256: "abc" })).to.equal(undefined);
    const file = { ...newRun("").file, key: "b.csv" };
    await open("one");
    const two = await open("two", { file });
    await open("a plan", { kind: "plan" });
    await open("a re-run", { rerunOf: "two" });
    await open("other job", { job: "weekly" });
    await open("other bank", {}, SANDBOX);
    await runs.recordRejection(two, { code: "file_empty", message: "m", hint: "h" }, 7, 9);
    const late = await open("late", { file });
    await runs.recordRejection(late, { code: "manifest_missing", message: "m", hint: "h" }, 7, 9);
    expect(await find({ sha256: "abc" })).to.equal("two");
    expect(await find({ sha256: "abc" }, SANDBOX)).to.equal("other bank");
    expect(await find({ sha256: "abc", place: "s3://in", key: "a.csv" })).to.equal("one");
    expect(await find({ place: "s3://in", key: "b.csv" })).to.equal("two");
    expect(await find({ sha256: "abc", before: two })).to.equal("one");
    for (const like of [{ sha256: "abd" }, { place: "s3://on" }, { key: "c.csv" }])
      expect(await find(like)).to.equal(undefined);
  });

  it("records what a run learns, until it ends", async () => {
    const run = await open("r");
    const { runs } = use.ledger;
    const reading = { layout: "bank", money: "decimal", delimiter: "|", header: ["a"], columns: [null] } as const;
    await runs.record(run, { reading });
    await runs.record(run, { rows: 12 });
    await runs.record(run, { proof: "proven" });
    await runs.record(run, { stage: "report" });
    expect(await runs.openPublication(run)).to.equal(1);
    expect(await runs.openPublication(run)).to.equal(2);
    await runs.recordPublication(run, { number: 1, summary: "{}", exit: 6, final: false, atMs: 4 });
    const stopped = await runs.find("r");
    expect(stopped).to.deep.include({ reading, rows: 12, proof: "proven", stage: "report", publications: 2, exit: 6 });
    expect(stopped).to.deep.include({ summary: "{}", endedAtMs: null });
    await runs.recordPublication(run, { number: 2, summary: "[]", exit: 3, final: true, atMs: 5 });
    // An earlier one that was slow.
    await runs.recordPublication(run, { number: 1, summary: "{}", exit: 6, final: false, atMs: 6 });
    expect(await runs.find("r")).to.deep.include({ stage: "ended", exit: 3, summary: "[]", endedAtMs: 5 });
    await runs.record(run, { stage: "apply" });
    expect(await runs.find("r")).to.deep.include({ stage: "apply", endedAtMs: null });
  });

  it("adds up when calls were and how long they took, over a run's processes", async () => {
    const { runs } = use.ledger;
    const run = await open("timed");
    const other = await open("untimed");
    const calls = { reads: 7, writes: 2, leastReads: 7, leastWrites: 2 };
    const took = { lane: "reads", measure: "took", ms: 128, calls: 3 } as const;
    const at = { lane: "writes", measure: "at", ms: 1_764_374_400_000, calls: 2 } as const;
    await runs.record(run, { calls, times: [at, took] });
    await runs.record(run, {
      calls,
      times: [
        { ...took, calls: 4 },
        { ...took, ms: 64 },
      ],
    });
    expect(await runs.readCallTimes(run)).to.deep.equal([{ ...took, ms: 64 }, { ...took, calls: 7 }, at]);
    expect(await runs.readCallTimes(other)).to.deep.equal([]);
  });

  it("adds up the calls of a run's processes, and knows when one has not ended in order", async () => {
    const { runs } = use.ledger;
    const run = await open("r");
    const other = await open("other");
    const callsOf = async (id: string) => (await runs.find(id))?.calls;
    await runs.record(run, { calls: null });
    await runs.record(run, { calls: { reads: 5, writes: 3, leastReads: 4, leastWrites: 2 } });
    const first = { reads: 5, writes: 3, leastReads: 4, leastWrites: 2, complete: true };
    expect(await callsOf("r")).to.deep.equal(first);
    await runs.record(run, { calls: null });
    expect(await callsOf("r")).to.deep.equal({ ...first, complete: false });
    await use.reopen();
    await use.ledger.runs.record(run, { calls: null });
    await use.ledger.runs.record(run, { calls: { reads: 10, writes: 20, leastReads: 30, leastWrites: 40 } });
    const all = { reads: 15, writes: 23, leastReads: 34, leastWrites: 42, complete: false };
    expect((await use.ledger.runs.find("r"))?.calls).to.deep.equal(all);
    expect((await use.ledger.runs.find("other"))?.calls).to.deep.equal(other.calls);
  });

  it("ends a rejected run with its reason", async () => {
    const run = await open("r");
    const rejection = { code: "file_empty", message: "m", hint: "h" } as const;
    await use.ledger.runs.recordRejection(run, rejection, 7, 9);
    expect(await use.ledger.runs.find("r")).to.deep.include({ rejection, stage: "ended", exit: 7, endedAtMs: 9 });
  });

  it("lets a file be taken again after a rejection that can come right", async () => {
    const { runs, files } = use.ledger;
    for (const code of ["manifest_missing", "file_empty"] as const) {
      const run = await open(code);
      const seen = { ...run.file, key: code };
      await files.recordSeen(BANK, "nightly", "s3://in", [seen], run);
      await runs.recordRejection(run, { code, message: "m", hint: "h" }, 7, 9);
      const known = await files.findKnown(BANK, "nightly", "s3://in", [seen]);
      expect([...known.keys()]).to.deep.equal(code === "file_empty" ? [0] : []);
    }
  });

  it("remembers the sequence that a job took last, by name or as it was told", async () => {
    const { runs } = use.ledger;
    const inFile = (sequence: string, over: Partial<NewRun> = {}) => ({
      file: { ...newRun("").file, sequence },
      ...over,
    });
    const first = await open("1", inFile("5"));
    expect(await runs.findLastSequence(first)).to.equal(undefined);
    await open("2", inFile("9", { reason: "again" }));
    await open("3", inFile("9", { kind: "plan" }));
    await open("4", inFile("9", { job: "weekly" }));
    await open("5", inFile("9"), SANDBOX);
    const rejected = await open("6", inFile("9"));
    await runs.recordRejection(rejected, { code: "file_stale", message: "m", hint: "h" }, 7, 9);
    const told = await open("7");
    expect(await runs.findLastSequence(told)).to.equal("5");
    await runs.record(told, { sequence: "6" });
    expect((await runs.find("7"))?.file).to.deep.equal({ ...newRun("").file, sequence: "6" });
    expect(await runs.findLastSequence(await open("8", inFile("7")))).to.equal("6");
  });

  const named = (key: string) => ({ file: { ...newRun("").file, key } });

  it("knows the job's runs of a batch by the names of their files, whatever these say in letter case", async () => {
    const { runs } = use.ledger;
    const first = await open("1", named("in/Batch-A_account_V1.csv"));
    expect(first.batch).to.deep.equal({ id: "Batch-A", version: 1 });
    const second = await open("2", named("batch-a_Account_v02.csv.gz"));
    await open("other batch", named("batch-b_account_V1.csv"));
    await open("a plan", { ...named("batch-a_account_V3.csv"), kind: "plan" });
    await open("other job", { ...named("batch-a_account_V3.csv"), job: "weekly" });
    await open("other bank", named("batch-a_account_V3.csv"), SANDBOX);
    const plain = await open("plain", named("batch-a.csv"));
    const again = await open("a re-run", { ...named("in/Batch-A_account_V1.csv"), rerunOf: "1" });
    const gone = await open("gone", named("batch-a_account_V4.csv"));
    await runs.recordRejection(gone, { code: "manifest_missing", message: "m", hint: "h" }, 7, 9);
    const rejected = await open("rejected", named("batch-a_account_V5.csv"));
    await runs.recordRejection(rejected, { code: "file_empty", message: "m", hint: "h" }, 7, 9);
    expect(ids(await runs.listVersions(first))).to.deep.equal(["2", "rejected"]);
    expect(ids(await runs.listVersions(second))).to.deep.equal(["1", "rejected"]);
    expect(await runs.listVersions(plain)).to.deep.equal([]);
    expect(again.batch).to.deep.equal({ id: "Batch-A", version: 1 });
    expect((await runs.findOtherVersion(second, first.no))?.id).to.equal("1");
    expect((await runs.findOtherVersion(second, again.no))?.id).to.equal("a re-run");
    expect(await runs.findOtherVersion(second, second.no)).to.equal(undefined);
    expect(await runs.findOtherVersion(second, plain.no)).to.equal(undefined);
    const repaired = { ...row(2, "account:1"), provenance: { run: "1", row: 2 } };
    await use.ledger.rows.recordRows(plain, [repaired]);
    expect((await runs.findOtherVersion(second, plain.no))?.id, "rows repaired of a version").to.equal("1");
    expect(await runs.findOtherVersion(again, plain.no), "of this very version").to.equal(undefined);
  });

  it("keeps which run a file corrects, whose sequence says nothing of what comes next, and forgets a batch that is none", async () => {
    const { runs } = use.ledger;
    const of = (key: string, sequence: string) => ({ file: { ...newRun("").file, key, sequence } });
    const first = await open("1", of("a_account_V1.csv", "25"));
    await open("2", of("b_account_V1.csv", "26"));
    const correction = await open("3", of("a_account_V2.csv", "25"));
    await runs.record(correction, { corrects: first });
    expect((await runs.find("3"))?.corrects).to.equal("1");
    expect(await runs.findLastSequence(await open("4"))).to.equal("26");
    await runs.record(correction, { batch: null });
    expect((await runs.find("3"))?.batch).to.equal(null);
    expect(await runs.listVersions(first)).to.deep.equal([]);
    const rerun = await open("5", { ...of("a_account_V2.csv", "25"), rerunOf: "3" });
    expect(rerun.batch, "as the run that it re-runs").to.equal(null);
  });

  it("lists runs, the latest first", async () => {
    for (const id of ["a", "b", "c"]) await open(id);
    expect(ids(await use.ledger.runs.list(2))).to.deep.equal(["c", "b"]);
  });

  it("lists the job's runs with work left, an unknown row included, also once that row is open again", async () => {
    const { ledger } = use;
    const unknown = await open("unknown");
    const ended = await open("ended");
    await open("under way");
    await open("a plan", { kind: "plan" });
    await open("other job", { job: "weekly" });
    await planOne(ledger, unknown, "account:1", ["patch"]);
    const listed = async () => ids(await ledger.runs.listUnfinished(BANK, "nightly"));
    const end = { number: 1, summary: "{}", exit: 3, final: true, atMs: 5 } as const;
    for (const run of [unknown, ended]) await ledger.runs.recordPublication(run, end);
    expect(await listed(), "a run with an open change is not at its end").to.deep.equal(["unknown", "under way"]);
    expect(ids(await ledger.runs.listUnfinished(BANK, null))).to.deep.equal(["unknown", "under way", "other job"]);

    await sendOne(ledger, unknown, await claimLease(ledger, unknown));
    await recordEnd(ledger, unknown, outcome("unknown", { inDoubt: true }));
    await ledger.changes.recordDone(unknown, 2, { word: "unknown", issues: [] }, 6);
    expect(await listed()).to.deep.equal(["unknown", "under way"]);
    expect(await ledger.changes.reopenUnknown(unknown)).to.equal(1);
    expect(await listed()).to.deep.equal(["unknown", "under way"]);
  });
}

export function suiteOfLeases(use: LedgerInUse): void {
  it("gives a lease to one owner of two handles, and to the next under a higher token once it is over", async () => {
    const { leases } = use.ledger;
    const other = (await use.openOther()).leases;
    expect(await leases.find("job")).to.equal(undefined);
    const mine = await leases.claim("job", "me", 100, 1_000);
    const lease = { name: "job", owner: "me", token: 1, sinceMs: 1_000, untilMs: 1_100 };
    expect(mine).to.deep.equal({ kind: "claimed", lease });
    expect(await other.find("job")).to.deep.equal(lease);
    expect(await other.claim("job", "you", 100, 1_099)).to.deep.equal({ kind: "held", lease });
    expect(await leases.claim("job", "me", 100, 1_050)).to.deep.include({ lease: { ...lease, untilMs: 1_150 } });
    expect(await leases.renew(lease, 100, 1_060)).to.deep.equal({ ...lease, untilMs: 1_160 });
    const yours = await other.claim("job", "you", 100, 1_160);
    expect(yours).to.deep.equal({
      kind: "claimed",
      lease: { ...lease, owner: "you", token: 2, sinceMs: 1_160, untilMs: 1_260 },
    });
    expect(await leases.renew(lease, 100, 1_161)).to.equal(undefined);
  });

  it("lets exactly one of many claim", async () => {
    const other = await use.openOther();
    const claims = [1, 2, 3, 4, 5, 6].map((n) => (n % 2 ? use.ledger : other).leases.claim("job", `${n}`, 100, 0));
    expect((await Promise.all(claims)).filter(({ kind }) => kind === "claimed")).to.have.length(1);
  });

  it("frees a released lease at once, keeps its token rising, and ignores the release of an old one", async () => {
    const { leases } = use.ledger;
    const { lease } = await leases.claim("job", "me", 100, 0);
    await leases.release(lease);
    expect(await leases.renew(lease, 100, 1)).to.equal(undefined);
    expect(await leases.find("job"), "when it was claimed last is known").to.include({ sinceMs: 0, untilMs: 0 });
    const again = await leases.claim("job", "me", 100, 1);
    expect(again).to.deep.include({ kind: "claimed" });
    expect(again.lease.token).to.equal(2);
    await leases.release(lease);
    expect((await leases.claim("job", "you", 100, 2)).kind).to.equal("held");
    expect((await leases.claim("another job", "you", 100, 2)).kind).to.equal("claimed");
  });
}
