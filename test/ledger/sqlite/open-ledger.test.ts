/**
 * What is particular to the ledger in a file: modes, refusals in one line, several processes, and a process that is killed.
 */
import { chmod, mkdir, mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect } from "chai";
import { openSqliteLedger } from "../../../src/ledger/sqlite/open-ledger.ts";
import { ALL, BANK, fatalOf, newRun, row } from "../builders.ts";
import { killAfter, startWriter } from "../writing-process.ts";

const modeOf = async (path: string) => ((await stat(path)).mode & 0o777).toString(8);

describe("openSqliteLedger", () => {
  let folder: string;
  let path: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "tieout-ledger-"));
    path = join(folder, "ledger.sqlite");
  });
  afterEach(() => rm(folder, { recursive: true }));

  it("makes a folder and files for their owner only, and takes others' rights from an older file", async () => {
    const deep = join(folder, "new", "deep", "ledger.sqlite");
    await using first = await openSqliteLedger(deep, { begins: "with its folder" });
    await first.runs.open(BANK, newRun("r"));
    expect(await modeOf(join(folder, "new"))).to.equal("700");
    expect(await modeOf(join(folder, "new", "deep"))).to.equal("700");
    for (const suffix of ["", "-wal", "-shm"]) expect(await modeOf(deep + suffix), suffix).to.equal("600");

    await (await openSqliteLedger(path))[Symbol.asyncDispose]();
    await chmod(path, 0o644);
    await using second = await openSqliteLedger(path);
    await second.runs.open(BANK, newRun("r"));
    for (const suffix of ["", "-wal", "-shm"]) expect(await modeOf(path + suffix), suffix).to.equal("600");
  });

  it("commits what waits when it is closed, leaves one file, and answers nothing more", async () => {
    const ledger = await openSqliteLedger(path);
    const opened = ledger.runs.open(BANK, newRun("r")).catch(() => undefined);
    await ledger[Symbol.asyncDispose]();
    await ledger[Symbol.asyncDispose]();
    await opened;
    expect((await fatalOf(ledger.runs.open(BANK, newRun("s")))).code).to.equal("ledger_failed");
    expect(await stat(`${path}-wal`).catch(() => "none")).to.equal("none");
    await using again = await openSqliteLedger(path);
    expect((await again.runs.find("r"))?.id).to.equal("r");
  });

  const refusals: Readonly<Record<string, { make: () => Promise<unknown>; says: RegExp }>> = {
    "a folder": { make: () => mkdir(path), says: /is a folder/ },
    "a path through a file": {
      make: async () => {
        await writeFile(path, "");
        path = join(path, "ledger.sqlite");
      },
      says: /part of its path is a file/,
    },
    "another kind of file": { make: () => writeFile(path, "id,name\n".repeat(200)), says: /not a SQLite database/ },
    "another program's database": {
      make: async () => new DatabaseSync(path).exec("CREATE TABLE t (a)"),
      says: /not a Tieout ledger/,
    },
    "a ledger of a newer version": {
      make: async () => {
        await (await openSqliteLedger(path))[Symbol.asyncDispose]();
        const db = new DatabaseSync(path);
        db.exec("PRAGMA user_version = 99");
        db.close();
      },
      says: /has version 99, and this Tieout supports up to \d+/,
    },
    "a ledger that another process keeps locked": {
      make: async () => new DatabaseSync(path).exec("BEGIN EXCLUSIVE; CREATE TABLE t (a)"),
      says: /another process keeps it locked/,
    },
  };

  for (const [what, { make, says }] of Object.entries(refusals)) {
    it(`refuses ${what} in one line, with the path and a way out`, async () => {
      await make();
      const error = await fatalOf(openSqliteLedger(path, { busyTimeoutMs: 1 }));
      expect(error).to.deep.include({ code: "ledger_unusable", exit: 2 });
      expect(error.message).to.match(says).and.contain(path).and.not.contain("\n");
      expect(error.hint).to.contain("TIEOUT_LEDGER");
    });
  }

  it("says of a disk that is full at the opening that the job can be started again, and leaves a ledger that can", async () => {
    const { exec } = DatabaseSync.prototype;
    DatabaseSync.prototype.exec = function (sql) {
      exec.call(this, "PRAGMA max_page_count = 5");
      exec.call(this, sql);
    };
    try {
      const error = await fatalOf(openSqliteLedger(path));
      expect(error).to.deep.include({ code: "ledger_failed", exit: 6 });
      expect(error.message).to.equal(`the ledger ${path} cannot be opened: the disk is full`);
    } finally {
      DatabaseSync.prototype.exec = exec;
    }
    await using ledger = await openSqliteLedger(path);
    expect(await ledger.runs.list(9)).to.deep.equal([]);
  });

  it("says the same where there is no room for the file with which a connection begins", async () => {
    await openSqliteLedger(path).then((ledger) => ledger[Symbol.asyncDispose]());
    const { prepare } = DatabaseSync.prototype;
    DatabaseSync.prototype.prepare = () => {
      // SQLITE_IOERR_SHMSIZE, as SQLite gives it then.
      throw Object.assign(new Error("disk I/O error"), { code: "ERR_SQLITE_ERROR", errcode: 4874 });
    };
    try {
      const error = await fatalOf(openSqliteLedger(path));
      expect(error).to.deep.include({ code: "ledger_failed", exit: 6, hint: "make room, then start the job again" });
      expect(error.message).to.equal(`the ledger ${path} cannot be opened: the disk is full`);
    } finally {
      DatabaseSync.prototype.prepare = prepare;
    }
  });

  it("leaves a file that is no ledger as it was", async () => {
    await writeFile(path, "id,name\n", { mode: 0o644 });
    const before = await stat(path);
    await fatalOf(openSqliteLedger(path));
    const after = await stat(path);
    expect([after.size, after.mode, after.mtimeMs]).to.deep.equal([before.size, before.mode, before.mtimeMs]);
  });

  it("is made once when several processes start on a path where there is none, and keeps what all of them write", async () => {
    const writers = ["a", "b", "c"].map((name) => startWriter(path, name, 20));
    const ends = await Promise.all(writers.map(({ end }) => end));
    expect(ends.map(({ code, stderr }) => [code, stderr])).to.deep.equal(Array(3).fill([0, ""]));
    await using ledger = await openSqliteLedger(path);
    expect((await ledger.runs.list(9)).map(({ id, no }) => [id.length, no])).to.deep.equal(
      [3, 2, 1].map((no) => [1, no]),
    );
    for (const name of ["a", "b", "c"]) {
      const run = await ledger.runs.find(name);
      expect(run && (await ledger.rows.readResults(run, ALL)).length).to.equal(20);
    }
  });

  it("has every row that was acknowledged when a process is killed amid its writes, and goes on", async () => {
    const acknowledged = await killAfter(startWriter(path, "a", 1_000_000), 200);
    expect(acknowledged).to.be.at.least(200);
    await using ledger = await openSqliteLedger(path);
    const run = await ledger.runs.find("a");
    if (run === undefined) throw new Error("the run is gone");
    const rows = (await ledger.rows.readResults(run, { after: 0, limit: 2_000_000 })).map(({ source }) => source.row);
    expect(rows.length).to.be.at.least(acknowledged);
    expect(rows).to.deep.equal(rows.map((_, index) => index + 2));
    await ledger.rows.recordRows(run, [row(rows.length + 2, "client:next")]);
    expect(await ledger.changes.readToFind(run, { after: rows.length + 1, limit: 9 })).to.have.length(1);
  });
});
