/**
 * Ledgers of older versions: what version 0.1 left is there after the migration, and goes on where it stood.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect } from "chai";
import { MIGRATIONS } from "../../../src/ledger/sqlite/migrations.ts";
import { openSqliteLedger } from "../../../src/ledger/sqlite/open-ledger.ts";
import { APPLICATION_ID } from "../../../src/ledger/sqlite/schema.ts";
import { nameOf } from "../../../src/run/plan/key-operations.ts";
import {
  ALL,
  BANK,
  claimLease,
  claimOf,
  memoryOf,
  newRun,
  operation,
  outcome,
  planOne,
  recordEnd,
  sendOne,
} from "../builders.ts";
import { CONTENT, findOld, writeOld } from "./older-content.ts";

/** By account, the generations under which the run has sent something. */
const SENT_IN = { a: [3], b: [0, 2], d: [0] } as const;

describe("a ledger of version 0.1", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "tieout-ledger-"));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it("knows its files by ETag alone, until it has seen their times", async () => {
    const path = join(folder, "ledger.sqlite");
    writeOld(path, CONTENT);
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
    writeOld(path, CONTENT);
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

  it("keeps the words of its rows and what was sent for them", async () => {
    const path = join(folder, "ledger.sqlite");
    writeOld(path, CONTENT);
    await using ledger = await openSqliteLedger(path);
    const results = await ledger.rows.readResults(await findOld(ledger), ALL);
    const shown = results.map(({ word, atMs, accountId, issues, operations }) => [
      ...[word, atMs, accountId, issues.map(({ code }) => code).join()],
      operations.map(({ kind, state, attempts, generation }) => `${kind} ${state} ${attempts} ${generation}`),
    ]);
    expect(shown).to.deep.equal([
      ["unknown", 8, "a", "outcome_unknown", ["patch unknown 1 3", "close skipped 0 0"]],
      ["applied", 7, "b", "", ["patch applied 2 2"]],
      ["applied", 6, "account_17", "", ["create applied 1 0"]],
      ["held", 9, "d", "guard", ["patch skipped 1 1"]],
    ]);
    expect(results[0]?.differences).to.deep.equal([{ field: "status", actual: "active", desired: "closed" }]);
    const balance = await ledger.balance.read(await findOld(ledger));
    expect(balance).to.deep.include({ changesWithoutWord: 0, leftInDone: 0, made: 1, linked: 1, appliedAndSent: 2 });
    expect(balance.operationsByState).to.deep.include({ unknown: 1, applied: 2, skipped: 2, planned: 0 });
  });

  it("keeps its doubt and the claim of it, which is opened again and settled under the key that was sent", async () => {
    const path = join(folder, "ledger.sqlite");
    writeOld(path, CONTENT);
    await using ledger = await openSqliteLedger(path);
    const run = await findOld(ledger);
    const { changes, accounts } = ledger;
    expect((await ledger.runs.listUnfinished(BANK, "job")).map(({ id }) => id)).to.deep.equal(["old"]);
    const next = await ledger.runs.open(BANK, newRun("next", { job: "job" }));
    await planOne(ledger, next, "account:a", ["patch"]);
    const busy = { kind: "busy", run: "old", isAtWork: false };
    expect(await claimOf(ledger, next)).to.deep.equal(busy);

    await changes.recordDeaths(run);
    expect(await changes.reopenUnknown(run)).to.equal(1);
    expect((await findOld(ledger)).stage).to.equal("apply");
    const [open, ...more] = await changes.takeToApply(run, ALL);
    expect(more).to.deep.equal([]);
    expect(open).to.deep.include({
      change: 2,
      key: "account:a",
      accountId: "a",
      plannedAtMs: 5,
      begun: 0,
      misanswered: 0,
    });
    expect(open?.folded).to.deep.equal({ account_id: "a", status: "closed" });
    const inDoubt = { state: "unknown", inDoubt: true, attempts: 1, generation: 3, key: "the-key", firstSentAtMs: 7 };
    expect(open?.operations[0]).to.deep.include({ kind: "patch", ...inDoubt, lastSentAtMs: null });
    expect(open?.operations[1]).to.deep.include({ kind: "close", state: "planned", attempts: 0 });

    expect(await claimOf(ledger, run)).to.deep.equal({ kind: "claimed" });
    await recordEnd(ledger, run, outcome("applied", { effectiveAt: "2026-05-01T00:00:00Z" }), {
      end: { word: "applied", issues: [] },
    });
    expect(await claimOf(ledger, next)).to.deep.equal({ kind: "drifted" });
    const { touch, ...memory } = await memoryOf(ledger, next, "a");
    expect(touch).to.be.above(Math.max(...SENT_IN.a));
    expect(memory).to.deep.equal({ effectiveAt: "2026-05-01T00:00:00Z", appliedByRun: 1 });
    await accounts.releaseClaims(run);
  });

  it("plans above every generation under which it has sent, and after what was applied last", async () => {
    const path = join(folder, "ledger.sqlite");
    writeOld(path, CONTENT);
    await using ledger = await openSqliteLedger(path);
    const run = await findOld(ledger);
    for (const [id, generations] of Object.entries(SENT_IN))
      expect((await memoryOf(ledger, run, id)).touch, id).to.be.above(Math.max(...generations));
    const lastOf = async (id: string) => (await memoryOf(ledger, run, id)).effectiveAt;
    expect(await lastOf("b")).to.equal("2026-01-01T10:00:00+02:00");
    // The first is a later text and an earlier moment.
    for (const [effectiveAt, last] of [
      ["2026-01-01T07:59:00Z", "2026-01-01T10:00:00+02:00"],
      ["2026-01-01T08:01:00Z", "2026-01-01T08:01:00Z"],
    ] as const) {
      const next = await ledger.runs.open(BANK, newRun(effectiveAt));
      await planOne(ledger, next, "account:b", ["patch"]);
      await sendOne(ledger, next, await claimLease(ledger, next));
      await recordEnd(ledger, next, outcome("applied", { effectiveAt }), { end: { word: "applied", issues: [] } });
      expect(await lastOf("b")).to.equal(last);
    }
  });

  it("keeps its links, also those that are only near", async () => {
    const path = join(folder, "ledger.sqlite");
    writeOld(path, CONTENT);
    await using ledger = await openSqliteLedger(path);
    const run = await findOld(ledger);
    expect(run.accepts).to.deep.equal([]);
    const near = await ledger.changes.findNear(run, 3, "core-0017");
    expect(near).to.deep.include({ clientAccountId: "Core-0017", accountId: "account_17", row: null });
    const next = await ledger.runs.open(BANK, newRun("next"));
    await planOne(ledger, next, "client:Core-0017", ["patch"]);
    expect((await ledger.changes.takeToApply(next, ALL))[0]).to.deep.include({ accountId: "account_17" });
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
      const fields = (await ledger.changes.readStored(await findOld(ledger), 2, "a")).kept.map(({ field }) => field);
      expect(fields).to.deep.equal(["documents.d (aan)", "documents.terms v3.pdf (terms_of_use)", "limit"]);
      const run = await findOld(ledger);
      expect((await ledger.changes.readStored(run, 3, "b")).folded).to.deep.equal({ account_id: "b" });
      expect((await ledger.changes.readStored(run, 2, "a")).folded).to.deep.equal(JSON.parse(given));
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
        `('old-${at}', 1, 'run', 'nightly', 'job.ts', 'abc', '${JSON.stringify({ key, sha256: "abc" })}', 1, 'ended')`,
    );
    old.exec(`${MIGRATIONS[0]} ${MIGRATIONS[1]}
      INSERT INTO banks (no, api_url, client_id) VALUES (1, '${BANK.apiUrl}', '${BANK.program}');
      INSERT INTO runs (id, bank, kind, job, job_path, sha256, file, started_at, stage) VALUES ${runs.join(", ")};
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
