/** What a later version of a batch does to rows: those of the version before, those that are left of it, and a crash between. */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { expect } from "chai";
import type { FatalError } from "../../src/errors/fatal-error.ts";
import type { JobInput } from "../../src/job.ts";
import { rerunRows } from "../../src/run/start/rerun-rows.ts";
import { resumeUnderLease } from "../../src/run/start/resume-under-lease.ts";
import { exitOf } from "../../src/run/start/start-job.ts";
import { PERSON_STOP } from "../../src/run/stop.ts";
import { startS3Server } from "../../src/sandbox/bucket/start-s3-server.ts";
import { type Sandbox, startSandbox } from "../../src/sandbox/start-sandbox.ts";
import type { StorePlace } from "../../src/store/file-store.ts";
import { openS3Store } from "../../src/store/s3-store.ts";
import { type Cut, Mortal } from "../recovery/matrix/mortal.ts";
import { itWhole } from "../support/extent.ts";
import { type Desk, openDesk, readResults } from "../support/scenario.ts";
import { put, start, told } from "./source.ts";

const V = (version: number, day = "25") => `2026-11-${day}_account_V${version}.csv`;
const openBank = () =>
  startSandbox({ seed: { accounts: [1, 2, 3, 4].map((n) => ({ id: `account_${n}`, client_account_id: `c${n}` })) } });
const productAt = (bank: Sandbox, account = 1) => bank.accounts.get(`account_${account}`)?.details?.product_name;
/** Rows of account, product and hour of `effective_at`, none for an empty one. */
const csv = (...rows: readonly (readonly [number, string, string?])[]) =>
  [
    "account_id,product_name,effective_at",
    ...rows.map(
      ([account, product, hour]) => `account_${account},${product},${hour ? `2026-11-25T${hour}:00:00Z` : ""}`,
    ),
    "",
  ].join("\n");

async function runOf({ ledger }: Desk, id = "last") {
  const run = await ledger.runs.find(id);
  if (run === undefined) throw new Error("no run");
  return run;
}

/** Words and codes of a run's rows. */
async function words(desk: Desk, id = "last"): Promise<string[]> {
  const { summary } = await runOf(desk, id);
  const rows = await readResults((JSON.parse(summary ?? "{}") as { results: string }).results);
  return rows.map(({ result, result_code }) => [result, result_code].filter(Boolean).join(" "));
}

describe("a row of a correction", () => {
  it("with the moment of the row that it corrects is applied, and with an older one is stale", async () => {
    await using bank = await openBank();
    await using desk = await openDesk();
    await put(desk, V(1), csv([1, "Wrong", "10"], [2, "Wrong", "10"], [3, "Wrong", "10"]), 0);
    await start(desk, bank);
    await put(desk, V(2), csv([1, "Right", "10"], [2, "Older", "09"], [3, "Later", "11"]), 1);
    await start(desk, bank);
    expect(await words(desk)).to.deep.equal(["applied", "skipped stale", "applied"]);
    expect([1, 2, 3].map((n) => productAt(bank, n))).to.deep.equal(["Right", "Wrong", "Later"]);
    await put(desk, V(3), csv([1, "Right again", "10"], [3, "Sooner", "10"]), 2);
    await start(desk, bank);
    expect(await words(desk), "of a version of a version").to.deep.equal(["applied", "skipped stale"]);
  });

  it("is stale where another batch has applied the account at that moment or later", async () => {
    await using bank = await openBank();
    await using desk = await openDesk();
    await put(desk, V(1), csv([1, "Wrong", "10"], [2, "Wrong", "10"]), 0);
    await start(desk, bank);
    await put(desk, V(1, "26"), csv([1, "Other", "12"], [2, "Other"]), 1);
    await start(desk, bank);
    await put(desk, V(2), csv([1, "Right", "10"], [2, "Right", "10"]), 2);
    await start(desk, bank);
    expect(await words(desk)).to.deep.equal(["skipped stale", "skipped stale"]);
    expect([1, 2].map((n) => productAt(bank, n))).to.deep.equal(["Other", "Other"]);
  });

  it("of the same moment in a file of another batch or of no batch is stale, as ever", async () => {
    await using bank = await openBank();
    await using desk = await openDesk();
    await put(desk, V(1), csv([1, "First", "10"]), 0);
    await start(desk, bank);
    for (const [day, name] of [V(2, "26"), "plain.csv"].entries()) {
      await put(desk, name, csv([1, "Second", "10"]), day + 1);
      await start(desk, bank);
      expect(await words(desk), name).to.deep.equal(["skipped stale"]);
    }
  });

  it("is applied over a re-run and over repaired rows of the version before", async () => {
    await using bank = await openBank();
    await using desk = await openDesk();
    await put(desk, V(1), csv([1, "bad\u0001", "10"], [2, "Refused", "10"]), 0);
    bank.failNext("404", 1, ({ method, path }) => method === "PATCH" && path.endsWith("/account_2"));
    await start(desk, bank);
    expect(await words(desk)).to.deep.equal(["invalid control_character", "refused account_not_found"]);
    const { summary, id } = await runOf(desk);
    const failed = await readFile(
      join((JSON.parse(summary ?? "{}") as { results: string }).results, "failed.csv"),
      "utf8",
    );
    const repaired = join(desk.folder, "failed.csv");
    await writeFile(repaired, failed.replace("bad\u0001", "Repaired"));
    await rerunRows(desk.context(bank), await runOf(desk, id), ["refused"]);
    expect((await runOf(desk)).batch, "a re-run is of the batch").to.deep.equal({ id: "2026-11-25", version: 1 });
    expect(told(await start(desk, bank, { file: repaired }))).to.deep.equal(["failed.csv 1 skipped 1 applied"]);
    expect((await runOf(desk)).batch).to.equal(null);
    await put(desk, V(2), csv([1, "Right", "10"], [2, "Right", "10"]), 1);
    expect(told(await start(desk, bank))).to.deep.equal([`${V(2)} 2 applied`]);
    expect([1, 2].map((n) => productAt(bank, n))).to.deep.equal(["Right", "Right"]);
  });
});

describe("what is left of a version once a later one has been read", () => {
  it("is not sent by a re-run, nor by its repaired rows, though the later one found nothing to change", async () => {
    await using bank = await openBank();
    await using desk = await openDesk();
    await put(desk, V(1), csv([1, "Wrong"], [2, "bad\u0001"]), 0);
    bank.failNext("404", 1, ({ method }) => method === "PATCH");
    await start(desk, bank);
    const first = await runOf(desk);
    const failed = join((JSON.parse(first.summary ?? "{}") as { results: string }).results, "failed.csv");
    const repaired = join(desk.folder, "failed.csv");
    await writeFile(repaired, (await readFile(failed, "utf8")).replace("bad\u0001", "Wrong"));
    const accounts = [1, 2].map((n) => productAt(bank, n) ?? "");
    await put(desk, V(2), csv([1, accounts[0] ?? ""], [2, accounts[1] ?? ""]), 1);
    expect(told(await start(desk, bank))).to.deep.equal([`${V(2)} 2 unchanged`]);
    const { length } = bank.writes;
    await rerunRows(desk.context(bank), first, ["refused"]);
    expect(await words(desk)).to.deep.equal(["skipped superseded_by_run"]);
    await start(desk, bank, { file: repaired });
    expect(await words(desk)).to.deep.equal(["skipped superseded_by_run", "skipped superseded_by_run"]);
    expect(bank.writes).to.have.length(length);
  });

  it("is given up when the run that waited for a person is resumed: nothing more of it is sent", async () => {
    await using bank = await openBank();
    await using desk = await openDesk();
    await put(desk, V(1), csv([1, "One"], [2, "Wrong"], [3, "Wrong"]), 0);
    expect(told(await start(desk, bank, { limit: 1 }))).to.deep.equal([`${V(1)} 2 skipped 1 applied`]);
    const first = await runOf(desk);
    const file = await put(desk, V(2), csv([1, "One"], [2, productAt(bank, 2) ?? ""]), 1);
    expect(told(await start(desk, bank)), "a tick waits for the person").to.deep.equal([`${V(1)} waiting`]);
    expect(told(await start(desk, bank, { file }))).to.deep.equal([`${V(2)} 2 unchanged`]);
    const { length } = bank.writes;
    const end = await resumeUnderLease(desk.context(bank), first, null);
    expect(exitOf(end)).to.equal(0);
    expect(bank.writes).to.have.length(length);
    expect(await words(desk, first.id)).to.deep.equal(["applied", "skipped abandoned", "skipped abandoned"]);
    expect((await runOf(desk, first.id)).abandoned).to.equal(
      `batch 2026-11-25, version 2 (${V(2)}) has replaced its file, as run run-2`,
    );
    expect(await start(desk, bank)).to.deep.equal([]);
  });

  it("is finished first where the version before is only under way: the next tick resumes it, then corrects", async () => {
    await using bank = await openBank();
    await using desk = await openDesk();
    await put(desk, V(1), csv([1, "Wrong", "10"], [2, "Wrong", "10"], [3, "Kept", "10"]), 0);
    const stopper = new AbortController();
    bank.failNext("429", 1, ({ method }) => {
      if (method === "PATCH" && bank.effects.length === 1) stopper.abort();
      return false;
    });
    const job = { concurrency: { reads: 1, writes: 1 } };
    const [stopped] = await start(desk, bank, { job, context: { signal: stopper.signal } });
    bank.clearFaults();
    expect(stopped && exitOf(stopped)).to.equal(6);
    await put(desk, V(2), csv([1, "Right", "10"], [2, "Right", "10"]), 1);
    expect(told(await start(desk, bank, { job }))).to.deep.equal([`${V(1)} 3 applied`, `${V(2)} 2 applied`]);
    expect(
      [1, 2, 3].map((n) => productAt(bank, n)),
      "what V2 lacks is not undone",
    ).to.deep.equal(["Right", "Right", "Kept"]);
  });

  it("is sent to its end while the later one arrives: ticks meanwhile are busy, and the next one corrects", async () => {
    await using bank = await openBank();
    await using desk = await openDesk();
    await put(desk, V(1), csv([1, "Wrong", "10"], [2, "Wrong", "10"]), 0);
    let tick: Promise<string> | undefined;
    bank.failNext("429", 1, ({ method }) => {
      if (method !== "PATCH" || tick !== undefined) return false;
      tick = put(desk, V(2), csv([1, "Right", "10"], [2, "Right", "10"]), 1)
        .then(() => start(desk, bank, { context: { owner: "another tick" } }))
        .then(told, (error: FatalError) => [error.code])
        .then(String);
      return false;
    });
    expect(told(await start(desk, bank))).to.deep.equal([`${V(1)} 2 applied`]);
    bank.clearFaults();
    expect(await tick).to.equal("lease_held");
    expect(told(await start(desk, bank))).to.deep.equal([`${V(2)} 2 applied`]);
    expect(await start(desk, bank)).to.deep.equal([]);
  });

  it("is nothing where the start was stopped before it began: only the highest is run", async () => {
    await using bank = await openBank();
    await using desk = await openDesk();
    await put(desk, V(1), csv([1, "Wrong"]), 0);
    const stopper = new AbortController();
    stopper.abort(PERSON_STOP);
    const early = await start(desk, bank, { context: { signal: stopper.signal } });
    expect(told(early)).to.deep.equal(["1 left"]);
    await put(desk, V(2), csv([1, "Right"]), 1);
    expect(told(await start(desk, bank))).to.deep.equal([`${V(2)} 1 applied`]);
  });
});

describe("a crash between versions of a batch", () => {
  const JOB: Partial<JobInput> = { concurrency: { reads: 1, writes: 1 }, callTimeoutMs: 500 };

  /** Whether it died at that step of its ledger and its calls, rather than came to its end before. */
  async function dieAt(desk: Desk, bank: Sandbox, cut: Cut): Promise<boolean> {
    const mortal = new Mortal(cut);
    const context = {
      ledger: mortal.ledger(desk.ledger),
      clock: mortal.clock(desk.clock),
      owner: `dies at ${cut.atStep}`,
    };
    let isOver = false;
    const started = start(desk, bank, { job: JOB, context });
    void started.finally(() => {
      isOver = true;
    });
    while (!isOver && !mortal.isDead) await new Promise((resolve) => setImmediate(resolve));
    // Its lease is over by then.
    await desk.clock.sleep(61_000);
    return mortal.isDead;
  }

  itWhole(
    "leaves the highest version to the next start, at whichever request it comes, and never the lower one",
    async () => {
      let kills = 0;
      for (let atStep = 1; ; atStep += 1) {
        await using bank = await openBank();
        await using desk = await openDesk({ durable: false });
        await put(desk, V(1), csv([1, "Wrong", "10"], [3, "Only in V1"]), 0);
        await put(desk, V(2), csv([1, "Right", "10"], [2, "Right", "10"]), 1);
        if (!(await dieAt(desk, bank, { atStep, when: atStep % 2 === 0 ? "before" : "after" }))) break;
        kills += 1;
        await start(desk, bank, { job: JOB });
        const { file, stage } = await runOf(desk);
        expect([file.key, stage], `killed at ${atStep}`).to.deep.equal([V(2), "ended"]);
        expect(
          bank.effects.map(({ kind }) => kind),
          `killed at ${atStep}`,
        ).to.deep.equal(["patch", "patch"]);
        expect([1, 2].map((n) => productAt(bank, n))).to.deep.equal(["Right", "Right"]);
        expect(await start(desk, bank, { job: JOB })).to.deep.equal([]);
      }
      expect(kills).to.be.above(10);
    },
  );

  it("before the file was read leaves it as it is; one that was replaced meanwhile gives way to what lies there", async () => {
    await using bank = await openBank();
    await using desk = await openDesk();
    await put(desk, V(1), csv([1, "Wrong"]), 0);
    await put(desk, V(2), csv([1, "Half"]), 1);
    const cut = {
      ...desk.ledger,
      rows: { ...desk.ledger.rows, recordRows: () => Promise.reject(new Error("killed")) },
    };
    await start(desk, bank, { context: { ledger: { ...cut, fencedBy: () => cut } } }).catch(() => {});
    await put(desk, V(2), csv([1, "Right"]), 2);
    expect(told(await start(desk, bank))).to.deep.equal([`${V(2)} file_changed`, `${V(2)} 1 applied`]);
    expect(productAt(bank)).to.equal("Right");
    expect(await start(desk, bank)).to.deep.equal([]);
  });
});

describe("versions of a batch in a bucket", () => {
  const at = (second: number) => new Date(Date.UTC(2026, 10, 25, 6, 0, second));

  it("are run by version, known when they are copied, and compressed ones too", async () => {
    await using bank = await openBank();
    await using desk = await openDesk();
    await using s3 = await startS3Server({ buckets: ["in"] });
    const { openStore } = desk.context(bank);
    const context = {
      openStore: async (place: StorePlace) =>
        place.kind === "bucket" ? openS3Store({ bucket: place.bucket, connection: s3.connection }) : openStore(place),
    };
    const job: Partial<JobInput> = { source: { bucket: "in", prefix: "out/", pattern: /\.csv(\.gz)?$/ } };
    const go = async () => told(await start(desk, bank, { job, context }));
    s3.put("in", `out/${V(1)}`, csv([1, "One", "10"]), at(1));
    s3.put("in", `out/${V(2)}`, csv([1, "Two", "10"]), at(1));
    expect(await go()).to.deep.equal([`out/${V(2)} 1 applied`]);
    s3.put("in", `out/${V(3)}.gz`, gzipSync(csv([1, "Three", "10"])), at(0));
    expect(await go()).to.deep.equal([`out/${V(3)}.gz 1 applied`]);
    expect(productAt(bank)).to.equal("Three");
    for (const version of [1, 2])
      s3.put("in", `out/${V(version)}`, csv([1, version === 1 ? "One" : "Two", "10"]), at(9));
    expect(await go(), "copied").to.deep.equal([]);
    s3.put("in", `out/${V(1)}.gz`, gzipSync(csv([1, "One", "12"])), at(10));
    expect(await go()).to.deep.equal([`out/${V(1)}.gz file_stale`]);
    expect(await go()).to.deep.equal([]);
  });
});
