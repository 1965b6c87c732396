/** A ledger that must not be trusted, as it is opened: damaged, on another machine's disk, or not durable. */
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect } from "chai";
import { FatalError } from "../../../src/errors/fatal-error.ts";
import { checkDurability, sharedFileSystem, sharedProgram } from "../../../src/ledger/sqlite/checks.ts";
import { SqliteDatabase } from "../../../src/ledger/sqlite/database.ts";
import { openSqliteLedger } from "../../../src/ledger/sqlite/open-ledger.ts";
import { BANK, fatalOf, newRun, row } from "../builders.ts";

describe("a SQLite ledger that cannot be trusted", () => {
  let folder: string;
  const path = () => join(folder, "ledger.sqlite");
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "tieout-checks-"));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  /** A ledger with so many rows, closed. */
  async function fill(rows: number): Promise<void> {
    await using ledger = await openSqliteLedger(path());
    const run = await ledger.runs.open(BANK, newRun("r"));
    await ledger.rows.recordRows(
      run,
      Array.from({ length: rows }, (_, n) => row(n + 2, `account:account_${n}`)),
    );
  }

  it("is refused with one line when a page of it is damaged, whichever", async () => {
    await fill(2_000);
    const whole = await readFile(path());
    const { size } = await stat(path());
    for (const share of [0.2, 0.5, 0.9]) {
      const spoilt = Buffer.from(whole);
      spoilt.fill(0xa5, Math.floor((size * share) / 4096) * 4096, Math.floor((size * share) / 4096) * 4096 + 4096);
      await writeFile(path(), spoilt);
      const error = await fatalOf(openSqliteLedger(path()));
      expect(error.code).to.equal("ledger_unusable");
      expect(error.message).to.match(/^the ledger \S+ (is damaged|cannot be opened: it is damaged)$/);
      expect(error.hint).to.contain("restore the last good copy");
    }
    await writeFile(path(), whole);
    await (await openSqliteLedger(path()))[Symbol.asyncDispose]();
  });

  it("is refused when it would be kept less durably than it must", () => {
    const database = new DatabaseSync(path());
    const db = new SqliteDatabase(database, path());
    db.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
    checkDurability(db);
    for (const weaker of ["PRAGMA synchronous = NORMAL", "PRAGMA synchronous = FULL; PRAGMA journal_mode = DELETE"]) {
      db.exec(weaker);
      expect(() => checkDurability(db)).to.throw(/cannot be kept safely/);
      db.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
    }
    db.close();
  });

  it("is told by statfs where it lies on another machine's disk", () => {
    const names = [0x6969, 0x517b, 0xff534d42 | 0, 0xfe534d42, 0x00c36400, 0x47504653].map(sharedFileSystem);
    expect(names).to.deep.equal(["NFS", "SMB", "CIFS", "SMB", "Ceph", "GPFS"]);
    const local = [0xef53, 0x58465342, 0x9123683e, 0x01021994, 0x794c7630, 0x65735546].map(sharedFileSystem);
    expect(local.filter((name) => name !== undefined)).to.deep.equal([]);
  });

  it("is told by the table of mounts where a program brings it from another machine", () => {
    const mounts = [
      "26 1 254:0 / / rw,relatime - ext4 /dev/vda rw",
      "40 26 0:40 / /mnt/far rw,nosuid shared:7 - fuse.sshfs ops@host:/data rw,user_id=0",
      "41 40 0:41 / /mnt/far/near rw - ext4 /dev/vdb rw",
      "42 26 0:42 / /mnt/a\\040bucket rw - fuse mountpoint-s3 rw",
      "43 26 0:43 / /mnt/pool rw - fuse.mergerfs /disk1:/disk2 rw",
      "44 26 0:44 / /mnt/host rw - virtiofs host rw",
      "45 26 0:45 / /mnt/over rw - fuse.rclone remote: rw",
      "46 45 0:46 / /mnt/over rw - tmpfs tmpfs rw",
      "",
    ].join("\n");
    const told = (path: string) => sharedProgram(mounts, path);
    expect(told("/mnt/far/ledger.sqlite")).to.equal("sshfs");
    expect(told("/mnt/a bucket/x/ledger.sqlite")).to.equal("mountpoint-s3");
    for (const local of ["/mnt/far/near/l", "/mnt/farther/l", "/mnt/pool/l", "/mnt/host/l", "/mnt/over/l", "/l"]) {
      expect(told(local), local).to.equal(undefined);
    }
    expect(sharedProgram("", "/l")).to.equal(undefined);
  });

  it("says what to do when damage shows only once a page is met", async () => {
    await fill(2_000);
    const whole = await readFile(path());
    const at = Math.floor((whole.length * 0.3) / 4096) * 4096;
    await writeFile(path(), whole.fill(0xa5, at));
    using database = new DatabaseSync(path());
    const db = new SqliteDatabase(database, path());
    const read = () => ["rows", "changes"].map((table) => db.all(`SELECT * FROM ${table}`));
    expect(read)
      .to.throw(FatalError, /^the ledger \S+ failed: it is damaged$/)
      .that.includes({ code: "ledger_failed", exit: 6 })
      .and.has.property("hint")
      .that.contains("restore the last good copy");
  });
});
