/**
 * The group commit: what shares a transaction, what a failing write takes with it, and what a failing COMMIT does.
 */
import { DatabaseSync } from "node:sqlite";
import { expect } from "chai";
import { SqliteDatabase } from "../../../src/ledger/sqlite/database.ts";
import { SqliteWriter } from "../../../src/ledger/sqlite/writer.ts";
import { fatalOf } from "../builders.ts";

describe("SqliteWriter", () => {
  let db: SqliteDatabase;
  let writer: SqliteWriter;
  const insert = (n: number) => () => db.run("INSERT INTO numbers VALUES (?)", n);
  const numbers = () => db.all<{ n: number }>("SELECT n FROM numbers ORDER BY n").map(({ n }) => n);

  beforeEach(() => {
    db = new SqliteDatabase(new DatabaseSync(":memory:", { enableForeignKeyConstraints: true }), "the-path");
    // A deferred constraint fails at COMMIT and nowhere else, as a full disk may.
    db.exec(`CREATE TABLE numbers (n INTEGER PRIMARY KEY);
      CREATE TABLE halves (n INTEGER REFERENCES numbers DEFERRABLE INITIALLY DEFERRED)`);
    writer = new SqliteWriter(db);
  });
  afterEach(() => db.close());

  it("performs nothing before the next turn, and then everything that waits in one transaction", async () => {
    const open: boolean[] = [];
    const act = () => open.push(db.inTransaction);
    const writes = [writer.write(insert(1)), writer.write(act), writer.write(() => numbers())];
    expect(numbers()).to.deep.equal([]);
    expect(await Promise.all(writes)).to.deep.equal([1, 1, [1]]);
    expect(open).to.deep.equal([true]);
    expect(db.inTransaction).to.equal(false);
  });

  it("undoes a write that throws, whole, and not its neighbours", async () => {
    const bad = writer.write(() => {
      insert(2)();
      throw new Error("after one half");
    });
    const ends = await Promise.allSettled([
      writer.write(insert(1)),
      bad,
      writer.write(insert(3)),
      writer.write(insert(1)),
    ]);
    expect(ends.map(({ status }) => status)).to.deep.equal(["fulfilled", "rejected", "fulfilled", "rejected"]);
    expect(numbers()).to.deep.equal([1, 3]);
    await writer.write(insert(4));
    expect(numbers()).to.deep.equal([1, 3, 4]);
  });

  it("sets no savepoint while nothing throws, and runs the whole batch anew once something does", async () => {
    const statements: string[] = [];
    const run = db.run.bind(db);
    db.run = (sql, ...values) => {
      statements.push(sql);
      return run(sql, ...values);
    };
    await Promise.all([writer.write(insert(1)), writer.write(insert(2))]);
    const once = ["BEGIN IMMEDIATE", "INSERT INTO numbers VALUES (?)", "INSERT INTO numbers VALUES (?)", "COMMIT"];
    expect(statements.splice(0)).to.deep.equal(once);
    await Promise.allSettled([writer.write(insert(3)), writer.write(insert(1)), writer.write(insert(4))]);
    expect(statements.filter((sql) => sql.startsWith("SAVEPOINT"))).to.have.lengthOf(3);
    expect(numbers()).to.deep.equal([1, 2, 3, 4]);
  });

  it("fails all of a batch whose COMMIT fails, and takes no write from then on", async () => {
    const orphan = () => db.run("INSERT INTO halves VALUES (9)");
    const ends = await Promise.allSettled([writer.write(insert(1)), writer.write(orphan)]);
    expect(ends.map(({ status }) => status)).to.deep.equal(["rejected", "rejected"]);
    expect(numbers()).to.deep.equal([]);
    const refusal = await fatalOf(writer.write(insert(2)));
    expect(refusal.code).to.equal("ledger_failed");
    expect(refusal.exit).to.equal(6);
    expect(refusal.message).to.contain("the-path");
    expect(numbers()).to.deep.equal([]);
  });

  it("fails all of a batch that SQLite itself undid, and takes no write from then on", async () => {
    const full = () => {
      db.run("ROLLBACK");
      throw new Error("the disk is full");
    };
    const ends = await Promise.allSettled([writer.write(insert(1)), writer.write(full), writer.write(insert(2))]);
    const reasons = ends.map((end) => (end.status === "rejected" ? end.reason.message : end.status));
    expect(reasons).to.deep.equal(Array(3).fill("the disk is full"));
    expect((await fatalOf(writer.write(insert(3)))).code).to.equal("ledger_failed");
    expect(numbers()).to.deep.equal([]);
  });

  it("commits what waits when it is closed, and refuses the rest", async () => {
    const waiting = writer.write(insert(1));
    writer.close();
    expect(numbers()).to.deep.equal([1]);
    await waiting;
    expect((await fatalOf(writer.write(insert(2)))).code).to.equal("ledger_failed");
  });
});
