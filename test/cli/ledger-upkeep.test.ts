/**
 * `tieout ledger backup`, `check` and `vacuum` from outside: a copy while another process writes, damage that is found, and room given back.
 */
import { existsSync, readdirSync, statSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { leaseName } from "../../src/ledger/run.ts";
import { openSqliteLedger } from "../../src/ledger/sqlite/open-ledger.ts";
import { ACTOR, BANK, newRun, row } from "../ledger/builders.ts";
import { describeOnFile, IS_POSTGRES, ledgerFor, openTestLedger, tamperWith } from "../support/test-ledger.ts";
import { runTieout } from "../support/tieout.ts";

describe("the upkeep of a ledger", function () {
  this.timeout(60_000);
  let folder: string;
  let path: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "tieout-upkeep-"));
    path = join(folder, "ledger.sqlite");
  });
  afterEach(() => rm(folder, { recursive: true }));

  const tieout = (...args: string[]) => runTieout(args, { TIEOUT_LEDGER: ledgerFor(path) }, folder);
  /** A ledger with one run of so many rows, which has ended. */
  async function fill(rows: number): Promise<void> {
    await using ledger = await openTestLedger(path);
    const run = await ledger.runs.open(BANK, newRun("r1"));
    const all = Array.from({ length: rows }, (_, at) => row(at + 2, `client:${at}`));
    await ledger.rows.recordRows(run, all);
    await ledger.runs.record(run, { rows, stage: "report" });
    await ledger.changes.closeOpen(run, { word: "skipped", issues: [] }, 5);
    const number = await ledger.runs.openPublication(run);
    await ledger.runs.recordPublication(run, { number, summary: "{}", exit: 0, final: true, atMs: 6 });
    await ledger.audit.record({
      actor: ACTOR,
      atMs: 6,
      action: "run",
      job: "nightly",
      run: "r1",
      jobSha256: null,
      planHash: null,
      reason: null,
      details: {},
    });
  }

  it("finds nothing in a ledger that is whole, and says where one is not", async () => {
    await fill(5);
    const good = await tieout("ledger", "check");
    expect([good.code, good.out]).to.deep.equal([
      0,
      "the ledger is whole: 1 run balances, and 1 entry of the audit trail are as they were written\n",
    ]);
    await tamperWith(
      path,
      "DELETE FROM ends WHERE change = 3; UPDATE audit_head SET hash = 'x'; DELETE FROM changes WHERE change = 4",
    );
    const bad = await tieout("ledger", "check");
    expect(bad.code).to.equal(1);
    expect(bad.out.split("\n").slice(0, -2)).to.deep.equal([
      "ends: 1 of its rows have not got a change",
      "rows: 1 of its rows have not got the change that they name",
      "audit trail: entry 1 of the audit trail was added or replaced by hand",
      "run r1: changes without a word and none differ: 1 and 0",
      "run r1: rows and their words differ: 5 and 4",
    ]);
  });

  it("refuses to give room back while a run is in progress or unfinished, and then gives it", async () => {
    await fill(20_000);
    await using ledger = await openTestLedger(path);
    const open = await ledger.runs.open(BANK, newRun("r2"));
    expect(await tieout("ledger", "vacuum"))
      .to.include({ code: 6 })
      .and.property("err")
      .contain("run r2 is not finished");
    const { lease } = await ledger.leases.claim(leaseName(BANK, "nightly"), "me", 60_000, ledger.nowMs());
    expect(await tieout("ledger", "vacuum"))
      .to.include({ code: 5 })
      .and.property("err")
      .contain("nightly is in progress");
    await ledger.leases.release(lease);
    await ledger.runs.recordRejection(open, { code: "file_stale", message: "old", hint: "" }, 7, 9);
    const first = (await ledger.runs.find("r1")) ?? open;
    await ledger.retention.begin(first, [], 9, await ledger.retention.findTurn(first));
    await ledger.retention.takeOut(first, { after: 0, to: 30_000 }, 9);
    await ledger[Symbol.asyncDispose]();
    const { code, out } = await tieout("ledger", "vacuum");
    const [, before = "", after = ""] = /: ([\d,]+) bytes before, ([\d,]+) after/.exec(out) ?? [];
    expect([code, out]).to.deep.equal([0, out]);
    const bytes = (text: string) => Number(text.replaceAll(",", ""));
    if (!IS_POSTGRES) expect(bytes(after)).to.be.lessThan(bytes(before)).and.equal(statSync(path).size);
    expect((await tieout("ledger", "check")).code).to.equal(0);
  });

  it("names pg_dump for a database, with what it is to be given", async () => {
    if (!IS_POSTGRES) return;
    await fill(1);
    const { code, err } = await tieout("ledger", "backup", "b.dump");
    expect(code).to.equal(2);
    expect(err).to.match(/type: pg_dump --format=custom --schema=t_\w+ --file=b\.dump postgres:\S+/);
  });

  describeOnFile("a backup", () => {
    it("is whole and of one moment, though another process writes all the while", async () => {
      await fill(20_000);
      await using ledger = await openSqliteLedger(path);
      const run = await ledger.runs.open(BANK, newRun("r2"));
      let isOver = false;
      const backup = tieout("ledger", "backup", "copy.sqlite").finally(() => {
        isOver = true;
      });
      let written = 0;
      for (let at = 2; !isOver; at += 1) {
        await ledger.rows.recordRows(run, [row(at, `client:${at}`)]);
        written += 1;
      }
      const { code, out } = await backup;
      expect([code, out]).to.deep.equal([0, out]);
      expect(out).to.contain("with 2 runs, the latest r2, and ").and.contain("checked and on disk");
      expect(written, "it stood in nobody's way").to.be.greaterThan(10);
      expect(readdirSync(folder).filter((name) => name.includes("copy"))).to.deep.equal(["copy.sqlite"]);
      expect(statSync(join(folder, "copy.sqlite")).mode & 0o777).to.equal(0o600);
      const check = await runTieout(["ledger", "check"], { TIEOUT_LEDGER: join(folder, "copy.sqlite") }, folder);
      expect(check.code, check.out).to.equal(0);
    });

    it("takes the place of no file, and leaves none where it cannot be written", async () => {
      await fill(1);
      await writeFile(join(folder, "there"), "mine");
      const there = await tieout("ledger", "backup", "there");
      expect([there.code, there.err]).to.deep.equal([2, there.err]);
      expect(there.err).to.contain("is there already");
      const nowhere = await tieout("ledger", "backup", "no/folder");
      expect(nowhere.err).to.contain("there is no such folder");
      expect(
        (await runTieout(["ledger", "backup", "x"], { TIEOUT_LEDGER: join(folder, "none") }, folder)).err,
      ).to.contain("there is no ledger");
      expect(existsSync(join(folder, "x"))).to.equal(false);
    });
  });
});
