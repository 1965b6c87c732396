/**
 * A ledger moved to another place: each table as it was, numbers going on behind it, the old ledger closed to writers; and what refuses a
 * copy leaves the new place empty.
 */
import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect } from "chai";
import pg from "pg";
import { type CopiedTable, copyLedger } from "../../../src/ledger/copy/copy-ledger.ts";
import type { OpenTables } from "../../../src/ledger/copy/open-tables.ts";
import { openPostgresTables } from "../../../src/ledger/copy/postgres-tables.ts";
import { openSqliteTables } from "../../../src/ledger/copy/sqlite-tables.ts";
import { isPostgresUrl, parsePostgresUrl } from "../../../src/ledger/postgres/address.ts";
import { leaseName } from "../../../src/ledger/run.ts";
import { openSqliteLedger } from "../../../src/ledger/sqlite/open-ledger.ts";
import { verifyAudit } from "../../../src/run/after/verify-audit.ts";
import { auditEntry } from "../../../src/run/audit-entry.ts";
import { ACTOR, fatalOf, newRun } from "../builders.ts";
import { restoreLedger } from "../sqlite/restore-ledger.ts";
import { BANK } from "../sqlite/version-four.ts";

const { TEST_POSTGRES_URL } = process.env;
/** As names come out in the order of their bytes, which is another one in UTF-16 and in a language's alphabet. */
const NAMES = ["Z", "a", "b c", "é", "ﬀ", "\u{1f600}", "�", "z\\\"'{}", "NULL", ""];
const MANY = 1_203;
const ENTRY = auditEntry({ actor: ACTOR, atMs: 5, action: "ledger copy" });
/** The numbers of links have gaps. */
const FIRST = 1_001;
const LAST = FIRST + 3 * (NAMES.length - 1);

describe("a copied ledger", () => {
  let folder: string;
  const schemas: string[] = [];
  const at = (name: string) => join(folder, name);
  const inPostgres = () => {
    const schema = `t_${randomBytes(6).toString("hex")}`;
    schemas.push(schema);
    return `${TEST_POSTGRES_URL}?schema=${schema}`;
  };
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "tieout-copy-"));
  });
  afterEach(() => rm(folder, { recursive: true }));
  after(async () => {
    if (schemas.length === 0) return;
    const client = new pg.Client({ connectionString: TEST_POSTGRES_URL });
    await client.connect();
    for (const schema of schemas) await client.query(`DROP SCHEMA IF EXISTS ${schema} CASCADE`);
    await client.end();
  });

  const open = (place: string, mayBegin = true): Promise<OpenTables> =>
    isPostgresUrl(place)
      ? openPostgresTables(parsePostgresUrl(place), mayBegin)
      : openSqliteTables(place, mayBegin ? "in its folder" : "never");

  async function copy(from: string, to: string): Promise<readonly CopiedTable[]> {
    await using source = await open(from, false);
    await using target = await open(to);
    return await copyLedger(source, target, ENTRY);
  }

  /** What real runs have left, with odd names, an order of clients, leases, and more than a page in a table. */
  async function fill(path: string): Promise<void> {
    await restoreLedger(path, "version-four/ended.sql", {});
    await using ledger = await openSqliteLedger(path);
    for (const id of ["us", "them", "again"]) await ledger.banks.keep(BANK, { id, isNamed: true });
    const run = await ledger.runs.open(BANK, newRun("a-run"));
    const about = { job: "nightly", kind: "held", subject: "", code: "guard", run: "a-run" } as const;
    const alarm = { ...about, message: "é", counts: {}, causes: {}, next: "look" };
    await ledger.alarms.raise(BANK, alarm, { targets: ["chat"], afterMs: 0 }, 5);
    for (const job of ["released", "expired"]) {
      const claimed = await ledger.leases.claim(leaseName(BANK, job), `${job} pid 1`, 1, 1_000);
      if (job === "released") await ledger.leases.release(claimed.lease);
    }
    using database = new DatabaseSync(path);
    database.exec("BEGIN");
    const link = database.prepare("INSERT INTO links VALUES (?, 1, ?, ?, ?)");
    for (const [index, name] of NAMES.entries())
      link.run(3 * index + FIRST, name, `account_${index}`, name.toLowerCase());
    const row = database.prepare("INSERT INTO rows (run, row, byte_offset, cells, issues) VALUES (?, ?, ?, ?, NULL)");
    for (let no = 2; no < MANY + 2; no += 1) row.run(run.no, no, no * 2 ** 31, JSON.stringify([`cell ${no}`, "\0é"]));
    database.exec("COMMIT");
  }

  async function countAll(place: string): Promise<number> {
    await using tables = await open(place, false);
    let rows = 0;
    for (const { name } of tables.tables)
      rows +=
        (await tables.all<{ rows: number }>(`SELECT CAST(count(*) AS integer) AS rows FROM "${name}"`))[0]?.rows ?? 0;
    return rows;
  }

  const places: readonly (readonly [what: string, place: () => string])[] = [
    ["a file", () => at("copied.sqlite")],
    ...(TEST_POSTGRES_URL ? [["PostgreSQL", inPostgres] as const] : []),
  ];
  if (!TEST_POSTGRES_URL) it.skip("in PostgreSQL (TEST_POSTGRES_URL is not set)");

  for (const [what, place] of places) {
    it(`has every row in ${what}, in pages, and what comes later is numbered behind them`, async () => {
      await fill(at("ledger.sqlite"));
      const to = place();
      const copied = await copy(at("ledger.sqlite"), to);
      expect(copied.filter(({ rows }) => rows > 0).length).to.be.above(15);
      expect(copied.reduce((sum, { rows }) => sum + rows, 0)).to.equal(await countAll(to));
      await using tables = await open(to, false);
      expect(copied.filter(({ table }) => ["alarms", "notices"].includes(table)).map(({ rows }) => rows)).to.deep.equal(
        [1, 1],
      );
      const clients = await tables.all<{ client_id: string }>(
        `SELECT client_id FROM clients ORDER BY ${isPostgresUrl(to) ? "no" : "rowid"}`,
      );
      expect(clients.map(({ client_id: id }) => id).slice(-3)).to.deep.equal(["us", "them", "again"]);
      await tables.run("INSERT INTO links (bank, client_account_id, account_id, near) VALUES (1, 'new', 'new', 'new')");
      const [latest] = await tables.all<{ no: number }>("SELECT no FROM links WHERE client_account_id = 'new'");
      expect(latest?.no).to.equal(LAST + 1);
    });

    it(`goes back from ${what} with the same digests`, async () => {
      await fill(at("ledger.sqlite"));
      const to = place();
      const there = await copy(at("ledger.sqlite"), to);
      const back = await copy(to, at("back.sqlite"));
      // Each copy is an entry of the audit trail.
      const isTrail = ({ table }: CopiedTable) => table.startsWith("audit");
      expect(back.filter((one) => !isTrail(one))).to.deep.equal(there.filter((one) => !isTrail(one)));
      await using ledger = await openSqliteLedger(at("back.sqlite"));
      expect(await verifyAudit(ledger.audit)).to.deep.equal({ entries: 2, summaries: 0 });
    });

    it(`is not made in ${what} that has rows, nor while a run is in progress`, async () => {
      await fill(at("ledger.sqlite"));
      const to = place();
      {
        await using used = await open(to);
        await used.run("INSERT INTO facts (run, id, fact) VALUES (1, 'x', NULL)");
        await used.commit();
      }
      const refused = await fatalOf(copy(at("ledger.sqlite"), to));
      expect(refused.code).to.equal("ledger_unusable");
      expect(refused.message).to.match(/ is in use already: its table facts has rows$/);
      {
        await using ledger = await openSqliteLedger(at("ledger.sqlite"));
        await ledger.leases.claim(leaseName(BANK, "nightly"), "host pid 1", 60_000, Date.now());
      }
      const held = await fatalOf(copy(at("ledger.sqlite"), place()));
      expect(held.code).to.equal("lease_held");
      expect(held.message).to.match(/^job nightly is in progress: host pid 1 has run it since /);
      expect(await countAll(to)).to.equal(1);
      await using ledger = await openSqliteLedger(at("ledger.sqlite"));
      await ledger.banks.keep(BANK, { id: "still written", isNamed: true });
    });

    it(`in ${what} closes the old one to writers, and leaves it to readers`, async () => {
      await fill(at("ledger.sqlite"));
      const to = place();
      await using stalled = await openSqliteLedger(at("ledger.sqlite"));
      const lease = await stalled.leases.find(leaseName(BANK, "expired"));
      if (lease === undefined) throw new Error("no lease");
      await copy(at("ledger.sqlite"), to);
      const moved = await fatalOf(stalled.banks.keep(BANK, { id: "new", isNamed: true }));
      const name = isPostgresUrl(to) ? parsePostgresUrl(to).name : to;
      expect([moved.code, moved.message]).to.deep.equal([
        "ledger_moved",
        `this ledger was moved to ${name}, and nothing more is written here`,
      ]);
      expect((await fatalOf(stalled.leases.claim("a b c", "me", 1, Date.now()))).code).to.equal("ledger_moved");
      const late = stalled.fencedBy(() => lease).banks.keep(BANK, { id: "late", isNamed: true });
      expect((await fatalOf(late)).code).to.equal("lease_lost");
      expect((await stalled.runs.find("last"))?.id).to.equal("a-run");
      for (const again of [to, at("elsewhere.sqlite")])
        expect((await fatalOf(copy(at("ledger.sqlite"), again))).code, again).to.equal("ledger_moved");
    });

    it(`in ${what} that was cut short after the mark is made by typing it again`, async () => {
      await fill(at("ledger.sqlite"));
      const to = place();
      await fatalOf(
        (async () => {
          await using source = await open(at("ledger.sqlite"), false);
          await using target = await open(to);
          await copyLedger(source, { ...target, commit: () => Promise.reject(new Error("killed")) }, ENTRY);
        })(),
      );
      expect(await countAll(to)).to.equal(0);
      const rows = await countAll(at("ledger.sqlite"));
      await copy(at("ledger.sqlite"), to);
      expect(await countAll(to), "all but the mark, and an entry of the audit trail").to.equal(rows);
    });
  }

  it("that differs is undone, and the old one goes on", async () => {
    await fill(at("ledger.sqlite"));
    {
      await using target = await open(at("copied.sqlite"));
      await target.run(
        "CREATE TRIGGER spoil AFTER INSERT ON links WHEN new.client_account_id = 'a' BEGIN UPDATE links SET near = 'x' WHERE no = new.no; END",
      );
      await target.commit();
    }
    const error = await fatalOf(copy(at("ledger.sqlite"), at("copied.sqlite")));
    expect([error.code, error.message]).to.deep.equal([
      "ledger_failed",
      `the copy in ${at("copied.sqlite")} differs in the table links: the same number of rows, with other cells; nothing was copied`,
    ]);
    expect(await countAll(at("copied.sqlite"))).to.equal(0);
    await using ledger = await openSqliteLedger(at("ledger.sqlite"));
    await ledger.banks.keep(BANK, { id: "still written", isNamed: true });
  });

  if (TEST_POSTGRES_URL) {
    it("is refused where a text has U+0000, which PostgreSQL cannot hold", async () => {
      await fill(at("ledger.sqlite"));
      {
        using database = new DatabaseSync(at("ledger.sqlite"));
        database.exec("UPDATE links SET near = 'x' || char(0) || 'y' WHERE client_account_id = 'a'");
      }
      const to = inPostgres();
      const error = await fatalOf(copy(at("ledger.sqlite"), to));
      expect([error.code, error.message]).to.deep.equal([
        "ledger_unusable",
        "the table links has the character U+0000 in its column near, which PostgreSQL cannot hold",
      ]);
      expect(await countAll(to)).to.equal(0);
    });

    it("finds the same tables, columns and keys in both databases", async () => {
      await using file = await open(at("ledger.sqlite"));
      await using database = await open(inPostgres());
      const shape = ({ tables }: OpenTables) =>
        tables.map(({ name, columns, key }) => [name, columns.map((one) => one.name), key]);
      expect(shape(database)).to.deep.equal(shape(file));
    });
  }
});
