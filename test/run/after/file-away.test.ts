/**
 * Files that are archived once their run is over: never before, never the only copy, never over another file, and nothing of the ledger thinks
 * that a file is lost.
 */
import { expect } from "chai";
import { keepFilings } from "../../../src/alarm/keep-filings.ts";
import { lookAtSource } from "../../../src/monitor/look-at-ledger.ts";
import { fileAway } from "../../../src/run/after/file-away.ts";
import type { RunContext } from "../../../src/run/context.ts";
import { resumeUnderLease } from "../../../src/run/start/resume-under-lease.ts";
import { startJob } from "../../../src/run/start/start-job.ts";
import { findDeliveries } from "../../../src/schedule/find-deliveries.ts";
import { ARCHIVE, csv, MOVE, openAlarms, openArchive, START } from "./open-archive.ts";

describe("a file that is archived", () => {
  it("is copied under its key once its run is over, and stays where it is", async () => {
    await using at = await openArchive();
    at.s3.put("files", "out/1.csv", csv("One"));
    expect(await at.go({ archive: ARCHIVE })).to.deep.equal(["out/1.csv 0"]);
    expect(at.keys("old")).to.deep.equal(["archive/out/1.csv"]);
    expect(at.s3.objects("old").get("archive/out/1.csv")?.bytes.toString()).to.equal(csv("One"));
    expect(at.keys("files")).to.deep.equal(["out/1.csv"]);
    expect(at.notes).to.include("out/1.csv is copied to s3://old/archive/out/1.csv");
    expect(await at.go({ archive: ARCHIVE })).to.deep.equal([]);
    const entries = await at.desk.ledger.audit.listLatest(100, null);
    expect(
      entries.filter(({ action }) => action === "archive").map(({ details }) => JSON.parse(details)),
    ).to.deep.equal([{ file: "out/1.csv", to: "s3://old/archive/out/1.csv", moved: false }]);
  });

  it("is moved with its manifest when the job says so, and is known all the same", async () => {
    await using at = await openArchive();
    const job = { ...MOVE, completeness: { manifest: {} } };
    const bytes = csv("One");
    at.s3.put("files", "out/1.csv", bytes, new Date(Date.UTC(2026, 10, 1)));
    at.s3.put("files", "out/1.csv.manifest.json", '{"rows":1}');
    expect(await at.go(job)).to.deep.equal(["out/1.csv 0"]);
    expect(at.keys("files")).to.deep.equal([]);
    expect(at.keys("old")).to.deep.equal(["archive/out/1.csv", "archive/out/1.csv.manifest.json"]);
    expect(await at.go(job)).to.deep.equal([]);
    at.s3.put("files", "out/2.csv", csv("Two"), new Date(Date.UTC(2026, 10, 2)));
    at.s3.put("files", "out/2.csv.manifest.json", '{"rows":1}');
    expect(await at.go(job)).to.deep.equal(["out/2.csv 0"]);
    // The bank's system sends a file of before once more.
    at.s3.put("files", "out/1.csv", bytes, new Date(Date.UTC(2026, 10, 3)));
    expect(await at.go(job)).to.deep.equal([]);
    expect(at.keys("files")).to.deep.equal(["out/1.csv"]);
    expect(at.bank.writes.length).to.equal(2);
  });

  it("still counts where the newest file is looked for", async () => {
    await using at = await openArchive();
    const came = new Date(Date.UTC(2026, 10, 1));
    at.s3.put("files", "out/1.csv", csv("One"), came);
    await at.go(MOVE);
    expect(await lookAtSource(at.context(MOVE))).to.deep.equal([
      { name: "tieout_files_waiting", labels: { job: "desk" }, value: 0 },
      { name: "tieout_newest_file_timestamp_seconds", labels: { job: "desk" }, value: came.getTime() / 1_000 },
    ]);
    const { files } = await findDeliveries(at.context({ ...MOVE, expect: { by: "06:00" } }), 0);
    expect(files.map(({ key, isRejected }) => [key, isRejected])).to.deep.equal([["out/1.csv", false]]);
  });

  it("goes below its run's id where another file has its key, and never over that", async () => {
    await using at = await openArchive();
    for (const name of ["One", "Two", "Three"]) {
      at.s3.put("files", "out/daily.csv", csv(name));
      expect(await at.go(MOVE)).to.deep.equal(["out/daily.csv 0"]);
    }
    expect(at.keys("old")).to.deep.equal([
      "archive/out/daily.csv",
      "archive/run-2/out/daily.csv",
      "archive/run-3/out/daily.csv",
    ]);
    expect(at.s3.objects("old").get("archive/out/daily.csv")?.bytes.toString()).to.equal(csv("One"));
    expect(at.keys("files")).to.deep.equal([]);
  });

  it("stays while its run has rows left, or rows that wait for a person, or was rejected", async () => {
    await using at = await openArchive();
    at.s3.put("files", "out/1.csv", `account_id,product_name\naccount_1,One\naccount_2,One\n`);
    await at.go(MOVE, { limit: 1 });
    expect(at.keys("files"), "rows left").to.deep.equal(["out/1.csv"]);
    const [left] = await at.desk.ledger.runs.listUnfinished(at.context().bankName, "desk");
    if (left === undefined) expect.fail("no run is left");
    await resumeUnderLease(at.context(MOVE), left, null);
    await keepFilings(at.context(MOVE));
    expect(at.keys("files"), "resumed").to.deep.equal([]);
    at.s3.put(
      "files",
      "out/2.csv",
      "account_id,status,status_reason\naccount_1,closed,paid_off\naccount_2,closed,paid_off\n",
    );
    const guarded = { ...MOVE, guards: { close: { max: 1 } } };
    expect(await at.go(guarded)).to.deep.equal(["out/2.csv 4"]);
    expect(at.keys("files"), "held").to.deep.equal(["out/2.csv"]);
    at.s3.put("files", "out/3.csv", "");
    await at.go({ ...guarded, onRejected: "continue" });
    expect(at.keys("files"), "rejected").to.include("out/3.csv");
    expect(at.keys("old")).to.deep.equal(["archive/out/1.csv"]);
  });

  it("is left alone by plans, re-runs, and starts of files that the source does not have", async () => {
    await using at = await openArchive();
    at.s3.put("files", "other/1.csv", csv("One"));
    await at.go(MOVE, { file: "s3://files/other/1.csv" });
    expect(at.keys("files")).to.deep.equal(["other/1.csv"]);
    at.s3.put("files", "out/1.csv", csv("Two"));
    await startJob(at.context(MOVE), { ...START, kind: "plan" });
    await keepFilings(at.context(MOVE));
    expect(at.keys("old")).to.deep.equal([]);
  });

  it("is not filed away of runs from before the job said so", async () => {
    await using at = await openArchive();
    at.s3.put("files", "out/1.csv", csv("One"));
    await at.go();
    at.s3.put("files", "out/2.csv", csv("Two"));
    await at.go(MOVE);
    expect(at.keys("files")).to.deep.equal(["out/1.csv"]);
  });
});

describe("an archive that fails", () => {
  it("is an alarm and no worse a run, and the next start makes up for it", async () => {
    await using at = await openArchive();
    at.s3.put("files", "out/1.csv", csv("One"));
    const context = at.context(MOVE);
    await startJob(context, START);
    at.s3.failNext({ kind: "error", method: "DELETE", status: 403, code: "AccessDenied" });
    await keepFilings(context);
    expect(at.keys("files")).to.deep.equal(["out/1.csv"]);
    const [alarm] = await openAlarms(at);
    expect(alarm?.kind).to.equal("not_archived");
    expect(alarm?.message).to.match(
      /^out\/1\.csv could not be archived or tagged: .* does not let out\/1\.csv be removed/,
    );
    expect(alarm?.next).to.contain("grant s3:DeleteObject as deploy/iam/archive.json does");
    expect(await at.go(MOVE)).to.deep.equal([]);
    expect(at.keys("files")).to.deep.equal([]);
    expect(at.keys("old")).to.deep.equal(["archive/out/1.csv"]);
    expect(await openAlarms(at)).to.deep.equal([]);
  });

  it("keeps the original when the copy does not come, or has other bytes", async () => {
    await using at = await openArchive();
    at.s3.put("files", "out/1.csv", csv("One"));
    await startJob(at.context(MOVE), START);
    at.s3.failNext({ kind: "error", method: "PUT", status: 403, code: "AccessDenied" });
    expect((await fileAway(at.context(MOVE)))?.error.code).to.equal("not_archived");
    expect(at.keys("files")).to.deep.equal(["out/1.csv"]);
    at.s3.put("old", "archive/out/1.csv", csv("Xne"));
    at.s3.put("old", "archive/run-1/out/1.csv", csv("Yne"));
    expect((await fileAway(at.context(MOVE)))?.error.message).to.match(/ are other files\.$/);
    expect(at.keys("files")).to.deep.equal(["out/1.csv"]);
  });

  it("ends when the original was removed or replaced before, and says so", async () => {
    await using at = await openArchive();
    at.s3.put("files", "out/1.csv", csv("One"));
    await startJob(at.context(MOVE), START);
    at.s3.put("files", "out/1.csv", csv("Two"));
    await keepFilings(at.context(MOVE));
    expect(at.notes).to.include("out/1.csv is not archived or tagged: it was removed or replaced before that");
    expect(await openAlarms(at)).to.deep.equal([]);
    expect(at.s3.objects("files").get("out/1.csv")?.bytes.toString()).to.equal(csv("Two"));
    expect(await at.go(MOVE)).to.deep.equal(["out/1.csv 0"]);
    expect(at.s3.objects("old").get("archive/out/1.csv")?.bytes.toString()).to.equal(csv("Two"));
  });

  it("never removes a file that came while the first was copied", async () => {
    await using at = await openArchive();
    at.s3.put("files", "out/1.csv", csv("One"));
    await startJob(at.context(MOVE), START);
    const context = at.context(MOVE);
    const openStore: RunContext["openStore"] = async (place) => {
      const store = await context.openStore(place);
      const write: typeof store.write = async (...given) => {
        await store.write(...given);
        at.s3.put("files", "out/1.csv", csv("Two"));
      };
      return {
        place: store.place,
        list: (prefix) => store.list(prefix),
        find: (key) => store.find(key),
        read: (file) => store.read(file),
        remove: (file) => store.remove(file),
        tag: (file, tags) => store.tag(file, tags),
        write,
      };
    };
    expect(await fileAway({ ...context, openStore })).to.equal(null);
    expect(at.s3.objects("files").get("out/1.csv")?.bytes.toString()).to.equal(csv("Two"));
    expect(at.s3.objects("old").get("archive/out/1.csv")?.bytes.toString()).to.equal(csv("One"));
    expect(at.notes).to.include("out/1.csv stays in s3://files: another file has its name now");
  });

  it("is refused where another job takes files", async () => {
    await using at = await openArchive();
    at.s3.put("old", "archive/x.csv", csv("One"));
    await at.go({ name: "other", source: { bucket: "old", prefix: "archive/" } });
    at.s3.put("files", "out/1.csv", csv("Two"));
    await at.go(MOVE);
    expect((await openAlarms(at)).map(({ message }) => message)).to.deep.equal([
      "out/1.csv could not be archived or tagged: archive: job other has taken files from there, and would take what is archived",
    ]);
    expect(at.keys("files")).to.deep.equal(["out/1.csv"]);
  });
});
