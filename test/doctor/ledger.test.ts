/** The ledger as the doctor sees it: in every state, and left exactly as it was. */
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect } from "chai";
import { asSize, checkDisk } from "../../src/doctor/disk.ts";
import { checkLedger } from "../../src/doctor/ledger.ts";
import { withinTime } from "../../src/doctor/within-time.ts";
import { parsePostgresUrl } from "../../src/ledger/postgres/address.ts";
import { openSqliteLedger } from "../../src/ledger/sqlite/open-ledger.ts";
import { SCHEMA_VERSION } from "../../src/ledger/sqlite/schema.ts";

const POSTGRES = process.env.TEST_POSTGRES_URL;

describe("the doctor looks at the ledger", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "tieout-doctor-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const at = (name = "ledger.sqlite", isGiven = true) => ({ kind: "file", path: join(folder, name), isGiven }) as const;
  const look = async (place: Parameters<typeof checkLedger>[0]) => {
    const seen = await withinTime("the ledger", () => checkLedger(place));
    return seen.map(({ word, text, next = "" }) => `${word} ${text} ${next}`.trim());
  };
  const files = () => readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), "latin1")]);

  it("where there is none yet, and makes none", async () => {
    const [said = "", room = "", ...rest] = await look(at());
    expect(said).to.equal(`good no ledger yet; the first tieout run begins one at ${at().path}`);
    expect(room).to.match(/free on the disk of the ledger/);
    expect(rest.join()).to.match(/can be written; a write is durable after \d+ ms/);
    expect((await look(at(".tieout/ledger.sqlite", false)))[0]).to.match(/^good no ledger yet/);
    expect(files()).to.deep.equal([]);
  });

  it("that is there, closed and open, and leaves every byte of it", async () => {
    const ledger = await openSqliteLedger(at().path);
    const open = files().map(([name]) => name);
    expect((await look(at()))[0]).to.match(new RegExp(`^good the ledger .* has .*, version ${SCHEMA_VERSION}$`));
    expect(files().map(([name]) => name)).to.deep.equal(open);
    await ledger[Symbol.asyncDispose]();
    const before = files();
    expect(before).to.have.lengthOf(1);
    expect((await look(at()))[0]).to.match(/^good /);
    expect(files()).to.deep.equal(before);
  });

  it("of an earlier version, of a later one, of another program, and damaged", async () => {
    await (await openSqliteLedger(at().path))[Symbol.asyncDispose]();
    const set = (pragma: string) => {
      const db = new DatabaseSync(at().path);
      db.exec(`PRAGMA ${pragma}`);
      db.close();
    };
    set("user_version = 5");
    expect((await look(at()))[0]).to.match(/^poor the ledger .*, version 5; the next start brings it to version/);
    set("user_version = 99");
    expect((await look(at())).join()).to.match(/^bad the ledger .* has version 99, and this Tieout supports up to/);
    set("application_id = 1");
    expect((await look(at())).join()).to.match(/^bad the database .* is not a Tieout ledger/);
    writeFileSync(at().path, "no database at all, and long enough to be one".repeat(40));
    expect((await look(at())).join()).to.match(/^bad the ledger .* cannot be opened: /);
  });

  it("in a folder that may not be read, as another user's", async () => {
    chmodSync(folder, 0o755);
    mkdirSync(join(folder, "other"), { mode: 0o000 });
    // Root may read all, so it is another user for the moment.
    const isRoot = process.geteuid?.() === 0;
    if (isRoot) process.seteuid?.(65_534);
    try {
      const said = (await look(at("other/ledger.sqlite"))).join();
      expect(said).to.match(/^bad the folder .*other of the ledger cannot be read \(EACCES\) check TIEOUT_LEDGER/);
    } finally {
      if (isRoot) process.seteuid?.(0);
    }
  });

  it("in a place that can have none", async () => {
    expect((await look(at("nowhere/ledger.sqlite"))).join()).to.match(/^bad .*there is no folder .* mkdir -p '/);
    mkdirSync(join(folder, "in"));
    expect((await look(at("in"))).join()).to.match(/^bad .*it is a folder/);
    const made = { kind: "file", path: "/proc/ledger.sqlite", isGiven: true } as const;
    expect((await look(made)).join()).to.match(/^bad .* is in proc, where files do not last set TIEOUT_LEDGER/);
  });

  it("on a disk that forgets, and leaves nothing on it", async () => {
    const memory = mkdtempSync("/dev/shm/tieout-doctor-");
    const [kind] = await checkDisk(memory, "the ledger");
    expect(kind).to.deep.include({
      word: "poor",
      text: "the ledger would be in memory (tmpfs), which is empty after a restart",
    });
    expect(readdirSync(memory)).to.deep.equal([]);
    rmSync(memory, { recursive: true });
    const [, , trial] = await checkDisk("/proc", "the ledger").then((seen) => [undefined, undefined, seen.at(-1)]);
    expect(trial?.word).to.equal("bad");
    expect(trial?.text).to.match(/^\/proc cannot be written: /);
  });

  it("and writes sizes as people read them", () => {
    expect([0, 999, 1_000, 12_345, 999_999, 5_000_000_000].map(asSize)).to.deep.equal([
      ...["0 bytes", "999 bytes", "1.0 kB", "12.3 kB", "999 kB", "5.0 GB"],
    ]);
  });

  it("in a database that does not answer, and shows no password", async () => {
    const address = parsePostgresUrl("postgres://us:CnryPassword@127.0.0.1:1/tieout", "TIEOUT_LEDGER");
    const said = (await look({ kind: "database", name: address.name, address })).join();
    expect(said)
      .to.match(/^bad the ledger .* cannot be opened: /)
      .and.not.contain("Cnry");
  });

  (POSTGRES === undefined ? it.skip : it)("in a database where there is none yet, and makes none", async () => {
    const schema = `doctor_${process.pid}_${Date.now()}`;
    const address = parsePostgresUrl(`${POSTGRES}?schema=${schema}`, "TIEOUT_LEDGER");
    for (let time = 0; time < 2; time++) {
      const said = await look({ kind: "database", name: address.name, address });
      expect(said[0]).to.match(/^good no ledger yet; the first tieout run begins one at postgres/);
      expect(said[1]).to.match(/^good PostgreSQL \d/);
    }
  });
});
