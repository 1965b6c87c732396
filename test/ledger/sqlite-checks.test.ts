/** A ledger that must not be trusted, as it is opened: damaged, on another machine's disk, or not durable; and a full disk. */
import { mkdtemp, open, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect } from "chai";
import { checkDurability, networkFileSystem } from "../../src/ledger/sqlite-checks.ts";
import { SqliteDatabase } from "../../src/ledger/sqlite-database.ts";
import { openSqliteLedger } from "../../src/ledger/sqlite-ledger.ts";
import { BANK, fatalOf, newRun, row } from "./builders.ts";

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
      const file = await open(path(), "w");
      await file.writeFile(spoilt);
      await file.close();
      const error = await fatalOf(openSqliteLedger(path()));
      expect(error.code).to.equal("ledger_unusable");
      expect(error.message).to.match(/^the ledger \S+ (is damaged|cannot be opened: it is damaged)$/);
    }
    const file = await open(path(), "w");
    await file.writeFile(whole);
    await file.close();
    await (await openSqliteLedger(path()))[Symbol.asyncDispose]();
  });

  it("is refused when it would be kept less durably than it must", () => {
    const database = new DatabaseSync(path());
    const db = new SqliteDatabase(database, path());
    db.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
    checkDurability(db);
    for (const weaker of ["PRAGMA synchronous = NORMAL", "PRAGMA synchronous = FULL; PRAGMA journal_mode = DELETE"]) {
      db.exec(weaker);
      expect(() => checkDurability(db)).to.throw(/would be kept with/);
      db.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
    }
    db.close();
  });

  it("is told by statfs where it lies on another machine's disk", () => {
    const names = [0x6969, 0x517b, 0xff534d42 | 0, 0xfe534d42, 0x00c36400].map(networkFileSystem);
    expect(names).to.deep.equal(["NFS", "SMB", "CIFS", "SMB", "Ceph"]);
    const local = [0xef53, 0x58465342, 0x9123683e, 0x01021994, 0x794c7630, 0x65735546].map(networkFileSystem);
    expect(local.filter((name) => name !== undefined)).to.deep.equal([]);
  });
});
