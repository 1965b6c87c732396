/**
 * Ledgers of older versions: what version 0.1 left is there after the migration, and goes on where it stood.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect } from "chai";
import { openSqliteLedger } from "../../../src/ledger/sqlite/open-ledger.ts";
import { APPLICATION_ID, MIGRATIONS } from "../../../src/ledger/sqlite/schema.ts";
import { nameOf } from "../../../src/run/plan/key-operations.ts";
import { ALL, BANK, EVERY_CHANGE, newRun, operation } from "../builders.ts";

/** A run with a row that is planned, its patch in doubt, and one that is found; a name has been ended once. */
const CONTENT = `
INSERT INTO banks (no, api_url, client_id) VALUES (1, '${BANK.apiUrl}', '${BANK.program}');
INSERT INTO runs (id, bank, kind, job, job_path, sha256, file, started_at, stage)
  VALUES ('old', 1, 'run', 'job', 'job.ts', 'abc', '{"sha256":"abc"}', 1, 'apply');
INSERT INTO rows (run, row, byte_offset, cells, change) VALUES (1, 2, 10, '["a"]', 2), (1, 3, 20, '["b"]', 3);
INSERT INTO changes (run, change, key, state, account_id, planned_at, touch, based_on, desired) VALUES
  (1, 2, 'account:a', 'planned', 'a', 5, 0, 'hash', '{"account_id":"a","status":"closed"}'),
  (1, 3, 'account:b', 'found', 'b', NULL, NULL, NULL, '{"account_id":"b"}');
INSERT INTO operations (run, change, step, kind, state, attempts, in_doubt, first_sent_at, generation, key, body_hash, body)
  VALUES (1, 2, 1, 'patch', 'sending', 1, 1, 7, 4, 'the-key', 'the-hash', '{}');
INSERT INTO links (bank, client_account_id, account_id) VALUES (1, 'Core-0017', 'account_17');
INSERT INTO key_generations (bank, name, generation) VALUES (1, 'a name', 3);
INSERT INTO files (bank, job, place, key, version, run) VALUES (1, 'job', 's3://in', 'taken.csv', '"e1"', 1),
  (1, 'job', 's3://in', 'bare.csv', 'e2', NULL), (1, 'job', 's3://in', 'weak.csv', 'W/"e3"', NULL),
  (1, 'job', 's3://in', 'gone.csv', '"e4"', 1);
`;

describe("a ledger of version 0.1", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "tieout-ledger-"));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it("knows its files by ETag alone, until it has seen their times", async () => {
    const path = join(folder, "ledger.sqlite");
    const old = new DatabaseSync(path);
    old.exec(`${MIGRATIONS[0]} ${CONTENT} PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = 1`);
    old.close();
    await using ledger = await openSqliteLedger(path);
    const { files, runs } = ledger;
    const file = (key: string, etag: string, second: number) => ({ key, etag, size: 1, lastModifiedMs: second * 1000 });
    const listed = [
      file("taken.csv", '"e1"', 5),
      file("bare.csv", '"e2"', 5),
      file("weak.csv", '"e3"', 5),
      file("taken.csv", '"e2"', 5),
      file("new.csv", '"e1"', 5),
    ];
    const known = async (of = listed) => [...(await files.findKnown(BANK, "job", "s3://in", of))];
    expect(await known()).to.deep.equal([0, 1, 2].map((index) => [index, "etag"]));
    expect(await files.isFirstStart(BANK, "job", "s3://in", "")).to.equal(false);
    await files.recordSeen(BANK, "job", "s3://in", listed.slice(0, 3), null);
    expect(await known()).to.deep.equal([0, 1, 2].map((index) => [index, "stamp"]));
    expect(await known([file("taken.csv", '"e1"', 6)]), "written again since").to.deep.equal([]);
    expect((await runs.find("old"))?.byName).to.equal(false);
    expect(await files.findLastTaken(BANK, "job", "s3://in", "t"), "by the run that took it").to.equal("taken.csv");
    // Other bytes came under the key before anybody saw the old ones again: these would be new.
    await files.recordSeen(BANK, "job", "s3://in", [file("gone.csv", '"e5"', 7)], null);
    expect(await known([file("gone.csv", '"e4"', 8)])).to.deep.equal([]);
  });

  it("is known by the client id that it was begun with, until it is named; its keys stay", async () => {
    const path = join(folder, "ledger.sqlite");
    const old = new DatabaseSync(path);
    old.exec(`${MIGRATIONS[0]} ${CONTENT} PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = 1`);
    old.close();
    await using ledger = await openSqliteLedger(path);
    const { banks, runs, accounts } = ledger;
    const known = { bank: BANK, isNamed: false, clientIds: [BANK.program], isUsed: true };
    expect(await banks.list(BANK.apiUrl)).to.deep.equal([known]);
    const before = await runs.find("old");
    expect(before).to.deep.include({ bank: BANK, keyName: BANK.program });
    await banks.name(BANK, "prepaid", 0);
    const named = { ...BANK, program: "prepaid" };
    expect(await banks.list(BANK.apiUrl)).to.deep.equal([{ ...known, bank: named, isNamed: true }]);
    const after = await runs.find("old");
    expect(after).to.deep.include({ bank: named, keyName: BANK.program });
    if (before === undefined || after === undefined) throw new Error("the run is lost");
    const name = nameOf(before, "client:c", operation(1, "create"));
    expect(nameOf(after, "client:c", operation(1, "create"))).to.equal(name);
    expect(await accounts.readLink(named, "Core-0017")).to.equal("account_17");
  });

  it("keeps what is desired, what is in doubt, its links and the generations of its keys", async () => {
    const path = join(folder, "ledger.sqlite");
    const old = new DatabaseSync(path);
    old.exec(`${MIGRATIONS[0]} ${CONTENT} PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = 1`);
    old.close();
    await using ledger = await openSqliteLedger(path);
    const run = await ledger.runs.find("old");
    if (run === undefined) throw new Error("the run is lost");
    const { changes, operations } = ledger;

    const [planned] = await changes.takeToApply(run, ALL);
    expect(planned).to.deep.include({ change: 2, key: "account:a", accountId: "a", plannedAtMs: 5, begun: 0 });
    const inDoubt = { state: "sending", inDoubt: true, attempts: 1, generation: 4, key: "the-key", firstSentAtMs: 7 };
    expect(planned?.operations[0]).to.deep.include({ kind: "patch", ...inDoubt, lastSentAtMs: null });
    const { desired } = await changes.readStored(run, 2);
    expect(desired).to.deep.equal({ account_id: "a", status: "closed" });
    const [found] = await changes.readToPlan(run, ALL, EVERY_CHANGE);
    expect(found).to.deep.include({ change: 3, desired: { account_id: "b" } });

    expect(await operations.readGenerations(BANK, "account:a", ["a name"])).to.deep.equal([3]);
    const applied = {
      state: "applied",
      inDoubt: false,
      httpStatus: 200,
      issue: null,
      accountId: null,
      atMs: 9,
    } as const;
    await operations.recordOutcome(run, 2, 1, "a name", applied, { word: "applied", issues: [] });
    expect(await operations.readGenerations(BANK, "account:a", ["a name"])).to.deep.equal([5]);
    expect(await changes.findNear(run, 3, "core-0017")).to.deep.include({ clientAccountId: "Core-0017", row: null });
    expect(run.accepts).to.deep.equal([]);
    const [result] = await ledger.rows.readResults(run, ALL);
    expect(result).to.deep.include({ word: "applied", accountId: "a" });
    await changes.recordPlans(run, [
      {
        change: 3,
        accountId: "b",
        plannedAtMs: 9,
        touch: 0,
        seen: null,
        resolutions: [],
        differences: [],
        operations: [operation(1, "patch")],
        verdict: { word: null, issues: [] },
      },
    ]);
    expect(await changes.takeToApply(run, ALL)).to.have.lengthOf(1);
  });
});

describe("a ledger of version 0.3", () => {
  it("names a document with its type, and wants none removed", async () => {
    const folder = await mkdtemp(join(tmpdir(), "tieout-ledger-"));
    const path = join(folder, "ledger.sqlite");
    const old = new DatabaseSync(path);
    old.function("near_id", String);
    const kept = (field: string, wanted: string) => `(1, 'a', '${field}', '${wanted}', 'aan 1', 1)`;
    const empty = '{"documents":[],"account_id":"b"}';
    const given =
      '{"account_id":"a","product_name":"\\"documents\\":[]","documents":[{"document_id":"\\"documents\\":[]"}]}';
    old.exec(`${MIGRATIONS[0]} ${CONTENT} ${MIGRATIONS.slice(1, 3).join("")}
      INSERT INTO kept (bank, account_id, field, wanted, held, is_form) VALUES
        ${kept("documents.terms v3.pdf", "terms_of_use v1 2026-01-01T00:00:00Z")}, ${kept("documents.d", "aan")}, ${kept("limit", "5")};
      UPDATE desires SET desired = '${empty}' WHERE change = 3;
      UPDATE desires SET desired = '${given}' WHERE change = 2;
      PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = 3`);
    old.close();
    try {
      await using ledger = await openSqliteLedger(path);
      const fields = (await ledger.accounts.readKept(BANK, "a")).map(({ field }) => field);
      expect(fields).to.deep.equal(["documents.d (aan)", "documents.terms v3.pdf (terms_of_use)", "limit"]);
      const run = await ledger.runs.find("old");
      if (run === undefined) throw new Error("the run is lost");
      expect((await ledger.changes.readStored(run, 3)).desired).to.deep.equal({ account_id: "b" });
      expect((await ledger.changes.readStored(run, 2)).desired).to.deep.equal(JSON.parse(given));
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

describe("a ledger of version 0.2", () => {
  it("knows the batches of its runs by the names of their files", async () => {
    const folder = await mkdtemp(join(tmpdir(), "tieout-ledger-"));
    const path = join(folder, "ledger.sqlite");
    // Its first two migrations are those of this version; the third needs functions of ours, and is made by the opening.
    const old = new DatabaseSync(path);
    const keys = ["in/Batch-1_account_V2.csv", "plain.csv"];
    const runs = keys.map(
      (key, at) =>
        `('old-${at}', 1, 'run', 'nightly', 'job.ts', 'abc', '${JSON.stringify({ key, sha256: "abc" })}', 1)`,
    );
    old.exec(`${MIGRATIONS[0]} ${MIGRATIONS[1]}
      INSERT INTO banks (no, api_url, client_id) VALUES (1, '${BANK.apiUrl}', '${BANK.program}');
      INSERT INTO runs (id, bank, kind, job, job_path, sha256, file, started_at) VALUES ${runs.join(", ")};
      PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = 2`);
    old.close();
    await using ledger = await openSqliteLedger(path);
    expect((await ledger.runs.find("old-0"))?.batch).to.deep.equal({ id: "Batch-1", version: 2 });
    expect((await ledger.runs.find("old-1"))?.batch).to.equal(null);
    const file = { ...newRun("").file, key: "batch-1_account_V1.csv" };
    const run = await ledger.runs.open(BANK, newRun("new", { file }));
    expect((await ledger.runs.listVersions(run)).map(({ id }) => id)).to.deep.equal(["old-0"]);
    await rm(folder, { recursive: true });
  });
});
