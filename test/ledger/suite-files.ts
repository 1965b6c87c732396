/**
 * What every ledger must do with the files that a job has taken or skipped, and with the job's own file.
 */
import { expect } from "chai";
import type { NewRun } from "../../src/ledger/run.ts";
import type { StoredFile } from "../../src/store/file-store.ts";
import { BANK, newRun, SANDBOX } from "./builders.ts";
import type { LedgerInUse } from "./use-ledger.ts";

const PLACE = "s3://in";
/** Any object; modified in second 1. */
const file = (key: string, over: Partial<StoredFile> = {}): StoredFile => ({
  ...{ key, size: 1, lastModifiedMs: 1_000, etag: '"1"' },
  ...over,
});

export function suiteOfFiles(use: LedgerInUse): void {
  const open = (id: string, key: string, over: Partial<NewRun> = {}, seen: readonly StoredFile[] = [file(key)]) =>
    use.ledger.runs.open(
      BANK,
      newRun(id, { file: { ...file(key), place: PLACE, sha256: `of ${key}` }, ...over }),
      seen,
    );

  it("knows objects by place, key, ETag and second, within bank and job", async () => {
    const { files } = use.ledger;
    await files.recordSeen(BANK, "nightly", PLACE, [file("a"), file("b")], null);
    const listed = [
      file("c"),
      file("a"),
      file("a", { lastModifiedMs: 1_999 }),
      file("a", { lastModifiedMs: 2_000 }),
      file("b", { etag: '"2"' }),
      file("b", { versionId: "v1" }),
    ];
    const known = async (bank = BANK, job = "nightly", place = PLACE) => [
      ...(await files.findKnown(bank, job, place, listed)),
    ];
    expect(await known()).to.deep.equal([1, 2, 5].map((index) => [index, "stamp"]));
    expect(await known(BANK, "weekly")).to.deep.equal([]);
    expect(await known(BANK, "nightly", "s3://out")).to.deep.equal([]);
    expect(await known(SANDBOX)).to.deep.equal([]);
  });

  it("records what a run takes in the moment that the run is opened", async () => {
    const { files } = use.ledger;
    await open("r", "a", {}, [file("a"), file("a", { lastModifiedMs: 2_000 })]);
    const listed = [file("a"), file("a", { lastModifiedMs: 2_000 }), file("a", { lastModifiedMs: 3_000 })];
    expect([...(await files.findKnown(BANK, "nightly", PLACE, listed)).keys()]).to.deep.equal([0, 1]);
    expect(await files.findLastTaken(BANK, "nightly", PLACE, "")).to.equal("a");
  });

  it("tells the key that was taken last, whatever was skipped or seen again later", async () => {
    const { files } = use.ledger;
    const last = (prefix = "", place = PLACE) => files.findLastTaken(BANK, "nightly", place, prefix);
    expect(await last()).to.equal(undefined);
    const first = await open("1", "out/a");
    await open("2", "out/b");
    await files.recordSeen(BANK, "nightly", PLACE, [file("out/a", { lastModifiedMs: 9_000 })], first);
    await files.recordSeen(BANK, "nightly", PLACE, [file("out/c")], null);
    expect(await last()).to.equal("out/b");
    expect(await last("out/")).to.equal("out/b");
    expect(await last("in/")).to.equal(undefined);
    expect(await last("", "s3://out")).to.equal(undefined);
  });

  it("sees a first start at each place and prefix, until something was taken or skipped there", async () => {
    const { files, runs } = use.ledger;
    const isFirst = (place = PLACE, prefix = "") => files.isFirstStart(BANK, "nightly", place, prefix);
    expect(await isFirst()).to.equal(true);
    await open("by hand", "out/x", { byName: true });
    expect(await isFirst(), "a file named by hand is no beginning").to.equal(true);
    await files.recordSeen(BANK, "nightly", PLACE, [file("out/a")], null);
    expect(await isFirst()).to.equal(false);
    expect(await isFirst(PLACE, "out/")).to.equal(false);
    expect(await isFirst(PLACE, "new/")).to.equal(true);
    expect(await isFirst("s3://moved")).to.equal(true);
    expect(await files.isFirstStart(BANK, "weekly", PLACE, "")).to.equal(true);
    expect(await files.isFirstStart(SANDBOX, "nightly", PLACE, "")).to.equal(true);

    const late = await open("late", "late/a");
    await runs.recordRejection(late, { code: "manifest_missing", message: "m", hint: "h" }, 7, 9);
    expect(await isFirst(PLACE, "late/"), "the file is to be taken again, and the job has begun").to.equal(false);
  });

  it("sees a first start, and the last object that was taken, of some keys of a place where others are no matter", async () => {
    const { files } = use.ledger;
    const isCard = (key: string) => key.includes("card");
    const isFirst = () => files.isFirstStart(BANK, "nightly", PLACE, "out/", isCard);
    const last = () => files.findLastTaken(BANK, "nightly", PLACE, "out/", isCard);
    await files.recordSeen(BANK, "nightly", PLACE, [file("out/loan-0")], null);
    expect([await isFirst(), await last()]).to.deep.equal([true, undefined]);
    await open("a", "out/card-1");
    await open("b", "out/loan-1");
    await open("c", "card-2");
    expect([await isFirst(), await last()]).to.deep.equal([false, "out/card-1"]);
  });

  it("sees a first start of some keys in a run that was rejected for what can come right", async () => {
    const { files, runs } = use.ledger;
    const late = await open("late", "out/card-1");
    await runs.recordRejection(late, { code: "manifest_missing", message: "m", hint: "h" }, 7, 9);
    const isFirst = (word: string) => files.isFirstStart(BANK, "nightly", PLACE, "out/", (key) => key.includes(word));
    expect([await isFirst("card"), await isFirst("loan")]).to.deep.equal([false, true]);
  });

  it("knows earlier versions of a batch that were taken with a later one: skipped, never the last, and free once it is no batch", async () => {
    const { files, runs } = use.ledger;
    const [low, high] = ["b_account_V1.csv", "b_account_V2.csv"];
    const replaced = { ...file(low), sha256: "of low" };
    const run = await open("r", high, {}, [file(high), replaced]);
    const known = async () => [...(await files.findKnown(BANK, "nightly", PLACE, [file(low), file(high)])).keys()];
    expect(await known()).to.deep.equal([0, 1]);
    expect(await files.listReplaced(run)).to.deep.equal([low]);
    expect(await files.findLastTaken(BANK, "nightly", PLACE, "")).to.equal(high);
    const isSkipped = (key: string, sha256: string) =>
      files.isSkipped(BANK, "nightly", { ...file(key), place: PLACE, sha256, etag: '"?"' });
    expect(await isSkipped(low, "of low")).to.equal(true);
    expect(await isSkipped(low, "?")).to.equal(false);
    expect(await isSkipped(high, "of b_account_V2.csv")).to.equal(false);
    await files.recordSeen(BANK, "nightly", PLACE, [file("copy.csv")], run);
    expect(await files.listReplaced(run), "a copy is no version").to.deep.equal([low]);
    await runs.record(run, { batch: null });
    expect(await known()).to.deep.equal([1]);
    expect(await files.listReplaced(run)).to.deep.equal([]);
  });

  it("knows an object that was skipped by its ETag or bytes, until its key was taken", async () => {
    const { files } = use.ledger;
    await files.recordSeen(BANK, "nightly", PLACE, [{ ...file("a"), sha256: "of a" }, file("b")], null);
    const isSkipped = (key: string, over: Partial<StoredFile & { sha256: string }>) =>
      files.isSkipped(BANK, "nightly", { ...file(key), place: PLACE, sha256: "?", etag: '"?"', ...over });
    expect(await isSkipped("a", { sha256: "of a" })).to.equal(true);
    expect(await isSkipped("a", { etag: '"1"' })).to.equal(true);
    expect(await isSkipped("b", { etag: '"1"' })).to.equal(true);
    expect(await isSkipped("a", {})).to.equal(false);
    expect(await isSkipped("c", { etag: '"1"' })).to.equal(false);
    await open("r", "a", {}, [file("a", { lastModifiedMs: 5_000, etag: '"5"' })]);
    expect(await isSkipped("a", { sha256: "of a" })).to.equal(false);
  });
}

export function suiteOfJobs(use: LedgerInUse): void {
  const here = { path: "/a/jobs/nightly.ts", mark: "ours: jobs/nightly.ts" };
  const there = { path: "/b/jobs/nightly.ts", mark: "theirs: jobs/nightly.ts" };

  it("keeps a job's name for the file that had it first, wherever that file moves, within the bank", async () => {
    const { jobs } = use.ledger;
    expect(await jobs.find(BANK, "nightly")).to.equal(undefined);
    expect(await jobs.keep(BANK, "nightly", here)).to.deep.equal(here);
    expect(await jobs.keep(BANK, "nightly", there)).to.deep.equal(here);
    const moved = { ...here, path: "/releases/2/jobs/nightly.ts" };
    expect(await jobs.keep(BANK, "nightly", moved)).to.deep.equal(moved);
    expect(await jobs.find(BANK, "nightly")).to.deep.equal(moved);
    expect(await jobs.keep(BANK, "weekly", there)).to.deep.equal(there);
    expect(await jobs.keep(SANDBOX, "nightly", there)).to.deep.equal(there);
  });

  it("gives the name to another file when that is said", async () => {
    const { jobs } = use.ledger;
    await jobs.keep(BANK, "nightly", here);
    await jobs.move(BANK, "nightly", there);
    expect(await jobs.find(BANK, "nightly")).to.deep.equal(there);
    expect(await jobs.keep(BANK, "nightly", here)).to.deep.equal(there);
  });
}
