/** Files that prove to be whole, or don't: manifests, trailers, sequences, and what the next start makes of them. */
import { createHash } from "node:crypto";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import type { JobInput } from "../../../src/job.ts";
import { exitOf, type FileEnd, type StartOptions, startJob } from "../../../src/run/start/start-job.ts";
import { type Sandbox, startSandbox } from "../../../src/sandbox/start-sandbox.ts";
import { type Desk, openDesk } from "../../support/scenario.ts";

const CSV = "account_id,product_name\naccount_1,New\naccount_2,New\n";
const ROWS = 2;
const SHA256 = createHash("sha256").update(CSV).digest("hex");
const MANIFEST: Partial<JobInput> = { completeness: { manifest: {} } };

const files = (names: Readonly<Record<string, string>>) => async (desk: Desk) => {
  await mkdir(join(desk.folder, "in"), { recursive: true });
  for (const [name, text] of Object.entries(names)) await writeFile(join(desk.folder, "in", name), text);
};

async function start(desk: Desk, bank: Sandbox, job: Partial<JobInput>, options: Partial<StartOptions> = {}) {
  const all: StartOptions = { kind: "run", file: null, from: null, limit: null, again: null, ...options };
  return startJob(desk.context(bank, job), all);
}

/** `applied` for a file that went through, else its code. */
const told = (end: FileEnd | undefined) => {
  if (end?.kind === "rejected") return end.rejection.code;
  return end?.kind === "reported" && end.summary.words.applied === end.summary.rows ? "applied" : end?.kind;
};

const openBank = () =>
  startSandbox({ seed: { accounts: [1, 2, 3, 4].map((n) => ({ id: `account_${n}`, client_account_id: `c${n}` })) } });

describe("completeness", () => {
  const manifests: readonly [string, string | null, string][] = [
    ["is whole by its manifest", JSON.stringify({ rows: ROWS, sha256: SHA256.toUpperCase(), sequence: 7 }), "applied"],
    ["has its rows counted only", JSON.stringify({ rows: ROWS, exported_by: "core" }), "applied"],
    ["has a manifest with a byte order mark", `\ufeff${JSON.stringify({ rows: ROWS })}`, "applied"],
    ["lacks a manifest", null, "manifest_missing"],
    ["has a manifest that is no JSON", "rows=2", "manifest_unreadable"],
    ["has a manifest that says nothing", "{}", "manifest_unreadable"],
    ["has a manifest with a count that is none", JSON.stringify({ rows: "2" }), "manifest_unreadable"],
    ["has other rows than its manifest says", JSON.stringify({ rows: ROWS + 1 }), "file_incomplete"],
    ["has another SHA-256 than its manifest says", JSON.stringify({ sha256: "0".repeat(64) }), "file_incomplete"],
  ];
  for (const [what, manifest, expected] of manifests) {
    it(`of a file that ${what}: ${expected}`, async () => {
      await using bank = await openBank();
      await using desk = await openDesk();
      await files({ "a.csv": CSV, ...(manifest !== null && { "a.csv.manifest.json": manifest }) })(desk);
      const [end] = await start(desk, bank, {
        ...MANIFEST,
        source: { folder: join(desk.folder, "in"), pattern: /^a/g },
      });
      expect(told(end)).to.equal(expected);
      expect(bank.writes.length).to.equal(expected === "applied" ? ROWS : 0);
      if (expected !== "applied") expect(end && exitOf(end)).to.equal(7);
    });
  }

  it("takes a file up again once its manifest is there, and never twice", async () => {
    await using bank = await openBank();
    await using desk = await openDesk();
    await files({ "a.csv": CSV })(desk);
    expect((await start(desk, bank, MANIFEST)).map(told)).to.deep.equal(["manifest_missing"]);
    await files({ "a.csv.manifest.json": JSON.stringify({ rows: 9 }) })(desk);
    expect((await start(desk, bank, MANIFEST)).map(told)).to.deep.equal(["file_incomplete"]);
    await files({ "a.csv.manifest.json": JSON.stringify({ rows: ROWS }) })(desk);
    expect((await start(desk, bank, MANIFEST)).map(told)).to.deep.equal(["applied"]);
    expect(await start(desk, bank, MANIFEST)).to.deep.equal([]);
  });

  it("compares a trailer's count, which is no row, and its sequence", async () => {
    await using bank = await openBank();
    await using desk = await openDesk();
    const job: Partial<JobInput> = { completeness: { trailer: { marker: "END", sequenceAt: 3 } } };
    await files({ "a.csv": `${CSV}END,2,5\n` })(desk);
    const [end] = await start(desk, bank, job);
    expect(told(end)).to.equal("applied");
    expect((await desk.ledger.runs.find("last"))?.file.sequence).to.equal("5");
    await files({ "b.csv": "account_id,product_name\naccount_3,New\nEND,2,6\n" })(desk);
    expect((await start(desk, bank, job)).map(told)).to.deep.equal(["file_incomplete"]);
    await files({ "b.csv": "account_id,product_name\naccount_3,New\n" })(desk);
    expect((await start(desk, bank, job)).map(told)).to.deep.equal(["trailer_missing"]);
    await files({ "b.csv": "account_id,product_name\naccount_3,New\nEND,1,4\n" })(desk);
    expect((await start(desk, bank, job)).map(told), "older than 5").to.deep.equal(["file_stale"]);
    expect(bank.writes).to.have.length(ROWS);
  });

  it("rejects a file whose name and manifest tell two sequences", async () => {
    await using bank = await openBank();
    await using desk = await openDesk();
    const job = { ...MANIFEST, source: { folder: join(desk.folder, "in"), pattern: /(?<sequence>\d+)\.csv$/ } };
    await files({ "8.csv": CSV, "8.csv.manifest.json": '{"sequence":"9"}' })(desk);
    expect((await start(desk, bank, job)).map(told)).to.deep.equal(["file_incomplete"]);
    await files({ "8.csv.manifest.json": '{"sequence":"08"}' })(desk);
    expect((await start(desk, bank, job)).map(told)).to.deep.equal(["applied"]);
  });

  it("does not apply an older file than the last, unless it is asked to with a reason", async () => {
    await using bank = await openBank();
    await using desk = await openDesk();
    const job = { source: { folder: join(desk.folder, "in"), pattern: /(?<sequence>\d+)\.csv$/ } };
    await files({ "10.csv": CSV })(desk);
    expect((await start(desk, bank, job)).map(told)).to.deep.equal(["applied"]);
    const older = "account_id,product_name\naccount_1,Old\n";
    await files({ "9.csv": older })(desk);
    const plan = await start(desk, bank, job, { kind: "plan" });
    expect(plan.map(told)).to.deep.equal(["file_stale"]);
    const [stale] = await start(desk, bank, job);
    expect(told(stale)).to.equal("file_stale");
    expect(stale && exitOf(stale)).to.equal(7);
    expect(await start(desk, bank, job), "it is not taken up again").to.deep.equal([]);
    expect(bank.writes).to.have.length(ROWS);
    const file = join(desk.folder, "in", "9.csv");
    expect((await start(desk, bank, job, { file, again: "by hand" })).map(told)).to.deep.equal(["applied"]);
    await rm(file);
    await files({ "11.csv": "account_id,product_name\naccount_3,New\n" })(desk);
    expect((await start(desk, bank, job)).map(told)).to.deep.equal(["applied"]);
  });

  it("takes a header without rows for a day without changes, unless the job does not", async () => {
    await using bank = await openBank();
    await using desk = await openDesk();
    await files({ "a.csv": "account_id,product_name\n" })(desk);
    expect((await start(desk, bank, { headerOnly: "reject" })).map(told)).to.deep.equal(["file_without_rows"]);
    await files({ "b.csv": "account_id,limit\n" })(desk);
    expect((await start(desk, bank, {})).map(told)).to.deep.equal(["applied"]);
    await files({ "c.csv": "" })(desk);
    expect((await start(desk, bank, {})).map(told)).to.deep.equal(["file_empty"]);
  });
});
