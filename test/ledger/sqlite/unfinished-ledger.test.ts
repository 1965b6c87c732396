/**
 * Ledgers of older versions with runs that this version cannot continue: refused before anything is changed.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect } from "chai";
import { openSqliteLedger } from "../../../src/ledger/sqlite/open-ledger.ts";
import { fatalOf } from "../builders.ts";
import { CONTENT, findOld, writeOld } from "./older-content.ts";

/** The statements of the schema and every row of every table. */
function dump(path: string): unknown {
  const db = new DatabaseSync(path, { readOnly: true });
  try {
    const schema = db.prepare("SELECT name, type, sql FROM sqlite_schema ORDER BY name").all();
    const tables = schema.filter(({ type }) => type === "table");
    const contents = tables.map(({ name }) => db.prepare(`SELECT * FROM ${String(name)}`).all());
    return [db.prepare("PRAGMA user_version").get(), schema, contents];
  } finally {
    db.close();
  }
}

describe("a ledger of before with a run that is not finished", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "tieout-ledger-"));
  });
  afterEach(() => rm(folder, { recursive: true }));

  const OPEN_CHANGE = "UPDATE changes SET state = 'planned', word = NULL, at = NULL WHERE change = 2;";
  const UNDER_WAY = "UPDATE runs SET stage = 'apply', ended_at = NULL;";
  const AGAIN = `INSERT INTO runs (id, bank, kind, job, job_path, sha256, file, started_at, stage)
    VALUES ('new', 1, 'run', 'job', 'job.ts', 'abd', '{"sha256":"abd"}', 1, 'read');`;

  it("is refused with one line and the commands that finish it, and left as it is", async () => {
    const cases = {
      [UNDER_WAY]: "old",
      [OPEN_CHANGE]: "old",
      [UNDER_WAY + AGAIN]: "old, and 1 other run like it",
      [AGAIN]: "new",
    };
    for (const [index, [more, named]] of Object.entries(cases).entries()) {
      const path = join(folder, `${index}.sqlite`);
      writeOld(path, CONTENT + more);
      const before = dump(path);
      const error = await fatalOf(openSqliteLedger(path));
      const [id] = named.split(",");
      expect(error).to.deep.include({ code: "ledger_unusable" });
      expect(error.message).to.equal(
        `the ledger ${path} was written by an earlier Tieout and has a run that is not finished, ${named}`,
      );
      expect(error.hint).to.equal(
        `finish it with the version of Tieout that began it (resume ${id}), then start again with this one`,
      );
      expect(dump(path)).to.deep.equal(before);
    }
  });

  it("is not refused for a plan, nor for a file that was rejected", async () => {
    const rejection = '{"code":"file_empty","message":"m","hint":"h"}';
    for (const [name, more] of Object.entries({
      plan: `${UNDER_WAY} UPDATE runs SET kind = 'plan';`,
      rejected: `${OPEN_CHANGE} UPDATE runs SET rejection = '${rejection}';`,
    })) {
      const path = join(folder, `${name}.sqlite`);
      writeOld(path, CONTENT + more);
      await using ledger = await openSqliteLedger(path);
      expect((await findOld(ledger)).no).to.equal(1);
    }
  });
});
