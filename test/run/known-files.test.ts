/** Which files a job knows: by place, key and what the store says of them, never by their bytes alone. */
import { copyFile, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import type { JobInput } from "../../src/job.ts";
import { renderSummary } from "../../src/report/summary.ts";
import { exitOf } from "../../src/run/start/start-job.ts";
import { startS3Server } from "../../src/sandbox/bucket/start-s3-server.ts";
import { type Sandbox, startSandbox } from "../../src/sandbox/start-sandbox.ts";
import type { StorePlace } from "../../src/store/file-store.ts";
import { openS3Store } from "../../src/store/s3-store.ts";
import { itWhole } from "../support/extent.ts";
import { openDesk } from "../support/scenario.ts";
import { put, start, told, touch } from "./source.ts";

const FREEZE = "account_id,status,status_reason\naccount_1001,inactive,frozen\n";
const THAW = "account_id,status,status_reason\naccount_1001,active,\n";
const GOLD = "account_id,product_name\naccount_1001,Gold Snapshot\n";
const SILVER = "account_id,product_name\naccount_1001,Silver Snapshot\n";

const openBank = () => startSandbox({ seed: { accounts: [{ id: "account_1001" }, { id: "account_1002" }] } });
const statusAt = (bank: Sandbox) => bank.accounts.get("account_1001")?.status;
const productAt = (bank: Sandbox) => bank.accounts.get("account_1001")?.details?.product_name;

describe("a file with the bytes of an earlier one", () => {
  it("is a new file under a new key: frozen, thawed, and frozen again under a key of its own", async () => {
    await using bank = await openBank();
    await using desk = await openDesk();
    const job: Partial<JobInput> = {
      source: { folder: join(desk.folder, "in"), pattern: /^changes-(?<sequence>\d{8})\.csv$/ },
    };
    const days = [
      ["changes-20261125.csv", FREEZE, "inactive"],
      ["changes-20261126.csv", THAW, "active"],
      ["changes-20261127.csv", FREEZE, "inactive"],
    ] as const;
    for (const [day, [key, csv, status]] of days.entries()) {
      await put(desk, key, csv, day);
      expect(told(await start(desk, bank, { job })), key).to.deep.equal([`${key} 1 applied`]);
      expect(statusAt(bank), key).to.equal(status);
    }
    expect(bank.effects.map(({ kind }) => kind)).to.deep.equal(["deactivate", "activate", "deactivate"]);
    const keys = bank.writes.map(({ idempotencyKey }) => idempotencyKey);
    expect(new Set(keys).size, "the bank answers a key that it knows from memory").to.equal(3);
  });

  it("under a new key finds what has changed at the bank meanwhile, and says whose bytes they are", async () => {
    await using bank = await openBank();
    await using desk = await openDesk();
    await put(desk, "snapshot-2026-11-26.csv", GOLD, 0);
    const [first] = await start(desk, bank);
    const account = bank.accounts.get("account_1001");
    if (account === undefined || first?.kind !== "reported") throw new Error("nothing was run");
    account.details = { ...account.details, product_name: "Drifted" };
    await put(desk, "snapshot-2026-11-27.csv", GOLD, 1);
    const notes: string[] = [];
    const progress = { note: (text: string) => notes.push(text), watch() {}, steer() {}, end() {} };
    const [second] = await start(desk, bank, { context: { progress } });
    if (second?.kind !== "reported") throw new Error(second?.kind);
    expect(second.summary.words.applied).to.equal(1);
    expect(productAt(bank)).to.equal("Gold Snapshot");
    const says = `same bytes as snapshot-2026-11-26.csv, run ${first.run.id}`;
    expect(notes.join("\n")).to.contain(says);
    expect(renderSummary(second.summary)).to.contain(says);
    expect(second.summary.sameBytesAs).to.deep.equal({ key: "snapshot-2026-11-26.csv", run: first.run.id });
    expect(renderSummary(first.summary)).not.to.contain("same bytes");
    expect(await start(desk, bank)).to.deep.equal([]);
  });

  it("under the key that the job took last is a snapshot that was written again", async () => {
    await using bank = await openBank();
    await using desk = await openDesk();
    await put(desk, "snapshot.csv", GOLD, 0);
    await start(desk, bank);
    const account = bank.accounts.get("account_1001");
    if (account !== undefined) account.details = { ...account.details, product_name: "Drifted" };
    await put(desk, "snapshot.csv", GOLD, 1);
    expect(told(await start(desk, bank))).to.deep.equal(["snapshot.csv 1 applied"]);
    expect(productAt(bank)).to.equal("Gold Snapshot");
    expect(await start(desk, bank)).to.deep.equal([]);
  });

  it("comes back under its own key after other bytes, which is no copy of what was there", async () => {
    await using bank = await openBank();
    await using desk = await openDesk();
    await put(desk, "status.csv", FREEZE, 0);
    await start(desk, bank);
    await put(desk, "status.csv", THAW, 1);
    await put(desk, "other.csv", "account_id,product_name\naccount_1002,New\n", 2);
    await start(desk, bank);
    await put(desk, "status.csv", FREEZE, 3);
    expect(told(await start(desk, bank))).to.deep.equal(["status.csv 1 applied"]);
    expect(statusAt(bank)).to.equal("inactive");
  });

  it("is known when old files are touched or restored: history does not run again", async () => {
    await using bank = await openBank();
    await using desk = await openDesk();
    const days = [FREEZE, THAW, GOLD, SILVER];
    for (const [day, csv] of days.entries()) await put(desk, `${day}.csv`, csv, day);
    await start(desk, bank);
    const effects = bank.effects.length;
    for (const day of days.keys()) await touch(desk, `${day}.csv`, 10);
    expect(told(await start(desk, bank)), "the last one may have been written again").to.deep.equal([
      "3.csv 1 unchanged",
    ]);
    expect(bank.effects).to.have.length(effects);
    expect(await start(desk, bank)).to.deep.equal([]);
    for (const day of [0, 1, 2]) await touch(desk, `${day}.csv`, 11);
    expect(await start(desk, bank, { kind: "plan" }), "a plan shows what a run would do").to.deep.equal([]);
    expect(await start(desk, bank)).to.deep.equal([]);
  });
});

describe("a file that is named", () => {
  it("answers with the code of its run only when place and key are the same", async () => {
    await using bank = await openBank();
    await using desk = await openDesk();
    const csv = "account_id,product_name\naccount_1001,New\naccount_x,New\n";
    const file = await put(desk, "a.csv", csv, 0);
    const [first] = await start(desk, bank, { file });
    expect(first && exitOf(first)).to.equal(3);
    const requests = bank.requests.length;
    const [same] = await start(desk, bank, { file });
    expect([same?.kind, same && exitOf(same)]).to.deep.equal(["already", 3]);
    await touch(desk, "a.csv", 5);
    expect((await start(desk, bank, { file })).map(exitOf)).to.deep.equal([3]);

    const copy = join(desk.folder, "copy.csv");
    await copyFile(file, copy);
    const [other] = await start(desk, bank, { file: copy });
    expect(other).to.deep.include({ kind: "same_bytes", file: copy });
    expect(other && exitOf(other)).to.equal(7);
    expect(bank.requests).to.have.length(requests);
    expect(told(await start(desk, bank, { file: copy, again: "on purpose" }))).to.deep.equal([
      "copy.csv 1 refused 1 unchanged",
    ]);
  });

  it("is the file that the source lists, whether it was named or listed first", async () => {
    await using bank = await openBank();
    await using desk = await openDesk();
    const file = await put(desk, "deep/a.csv", GOLD, 0);
    expect(told(await start(desk, bank, { file }))).to.deep.equal(["deep/a.csv 1 applied"]);
    expect(await start(desk, bank)).to.deep.equal([]);
    expect(told(await start(desk, bank, { from: "deep/a.csv" }))).to.deep.equal(["deep/a.csv already"]);
  });

  it("has new bytes again after others came under its key, and is run", async () => {
    await using bank = await openBank();
    await using desk = await openDesk();
    for (const [day, csv] of [FREEZE, THAW, FREEZE].entries()) {
      const file = await put(desk, "daily.csv", csv, day);
      expect(told(await start(desk, bank, { file }))).to.deep.equal(["daily.csv 1 applied"]);
    }
    expect(statusAt(bank)).to.equal("inactive");
  });

  it("by another name continues what was left of the same bytes, unless a person has stopped that", async () => {
    await using bank = await openBank();
    await using desk = await openDesk();
    const file = await put(desk, "a.csv", "account_id,product_name\naccount_1001,New\naccount_1002,New\n", 0);
    expect(told(await start(desk, bank, { file, limit: 1 }))).to.deep.equal(["a.csv 1 skipped 1 applied"]);
    const copy = join(desk.folder, "copy.csv");
    await copyFile(file, copy);
    expect(told(await start(desk, bank, { file: copy }))).to.deep.equal(["a.csv waiting"]);
    const run = await desk.ledger.runs.find("last");
    if (run === undefined) throw new Error("no run");
    await desk.ledger.runs.record(run, { waiting: false });
    const ends = await start(desk, bank, { file: copy });
    expect(told(ends)).to.deep.equal(["a.csv 2 applied", "a.csv already"]);
    expect(ends.map(exitOf)).to.deep.equal([0, 0]);
  });
});

describe("a run that was cut off before it had read its file", () => {
  it("gives way to the file that lies there now, in the same start", async () => {
    await using bank = await openBank();
    await using desk = await openDesk();
    await put(desk, "snapshot.csv", FREEZE, 0);
    // Cut off as a kill in that moment does: nothing of the file is in the ledger.
    const cut = {
      ...desk.ledger,
      rows: { ...desk.ledger.rows, recordRows: () => Promise.reject(new Error("killed")) },
    };
    const ledger = { ...cut, fencedBy: () => cut };
    await start(desk, bank, { context: { ledger } }).catch(() => {});
    await put(desk, "snapshot.csv", GOLD, 1);
    expect(told(await start(desk, bank))).to.deep.equal(["snapshot.csv file_changed", "snapshot.csv 1 applied"]);
    expect(statusAt(bank)).to.equal("active");
    expect(await start(desk, bank)).to.deep.equal([]);
  });
});

describe("objects of a bucket", () => {
  const at = (second: number) => new Date(Date.UTC(2026, 10, 25, 6, 0, second));

  itWhole(
    "are known by ETag and second, in versions too, and a copy of old ones runs nothing but the last",
    async () => {
      for (const versioned of [false, true]) {
        await using bank = await openBank();
        await using desk = await openDesk();
        await using s3 = await startS3Server({ buckets: ["in"], versioned });
        await mkdir(join(desk.folder, "out"), { recursive: true });
        const { openStore } = desk.context(bank);
        const context = {
          openStore: async (place: StorePlace) =>
            place.kind === "bucket"
              ? openS3Store({ bucket: place.bucket, connection: s3.connection })
              : openStore(place),
        };
        const job: Partial<JobInput> = { source: { bucket: "in", prefix: "out/" } };
        const go = async (options = {}) => told(await start(desk, bank, { job, context, ...options }));
        s3.put("in", "out/a.csv", FREEZE, at(1));
        s3.put("in", "out/b.csv", THAW, at(2));
        expect(await go()).to.deep.equal(["out/a.csv 1 applied", "out/b.csv 1 applied"]);
        expect(await go({ file: "s3://in/out/a.csv" })).to.deep.equal(["out/a.csv already"]);
        expect(await go()).to.deep.equal([]);
        for (const [key, csv] of [["out/a.csv", FREEZE] as const, ["out/b.csv", THAW] as const])
          s3.put("in", key, csv, at(9));
        expect(await go()).to.deep.equal(["out/b.csv 1 unchanged"]);
        s3.put("in", "out/a.csv", FREEZE, at(10));
        s3.put("in", "out/c.csv", FREEZE, at(11));
        expect(await go()).to.deep.equal(["out/c.csv 1 applied"]);
        expect(statusAt(bank)).to.equal("inactive");
        // As long, and in the same second: only the bytes differ.
        s3.put("in", "out/c.csv", FREEZE.replace("_1001", "_1002"), at(11));
        expect(await go()).to.deep.equal(["out/c.csv 1 applied"]);
      }
    },
  );
});

describe("a header without rows", () => {
  it("is a day without changes under each key, and named again does nothing", async () => {
    await using bank = await openBank();
    await using desk = await openDesk();
    const file = join(desk.folder, "mon.csv");
    await mkdir(join(desk.folder, "in"), { recursive: true });
    for (const name of ["mon.csv", "tue.csv"]) await writeFile(join(desk.folder, name), "account_id,status\n");
    expect(told(await start(desk, bank, { file }))).to.deep.equal(["mon.csv"]);
    expect(told(await start(desk, bank, { file: join(desk.folder, "tue.csv") }))).to.deep.equal(["tue.csv"]);
    expect(told(await start(desk, bank, { file }))).to.deep.equal(["mon.csv already"]);
  });
});
