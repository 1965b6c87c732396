/**
 * Results of a job or of a file are there while the ledger knows of no run of it: it was lost, or is another's. Nothing is
 * sent, unless the operator says so, and then nothing is made on anybody's word but a proven look-up's.
 */
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { startJob } from "../../../src/run/start/start-job.ts";
import type { Sandbox } from "../../../src/sandbox/start-sandbox.ts";
import { fatalOf } from "../../ledger/builders.ts";
import { openDesk } from "../../support/scenario.ts";
import { put, start, told } from "../source.ts";
import { CSV, contextOf, NEW_RUN, OLD_RUN, openBank, startOn } from "./two-nights.ts";

const accountsOf = (bank: Sandbox) => [...bank.accounts.values()].map(({ client_account_id }) => client_account_id);

describe("a missing ledger", () => {
  it("is told by results below a prefix of a bucket too", async () => {
    await using bank = await openBank();
    await using before = await openDesk();
    await using after = await openDesk();
    const job = { results: { bucket: join(before.folder, "out"), prefix: "nightly/results" } };
    await startOn(contextOf(before, bank, ["", OLD_RUN], job), CSV);
    const error = await fatalOf(startOn(contextOf(after, bank, ["", NEW_RUN], job), CSV));
    expect(error.message).to.contain(`from run ${OLD_RUN}`);
  });

  it("is told by the results of this very file, before anything is asked of the bank or written", async () => {
    await using bank = await openBank();
    await using before = await openDesk();
    await using after = await openDesk();
    const out = join(before.folder, "out");
    await startOn(contextOf(before, bank, [out, OLD_RUN]), CSV);
    const requests = bank.requests.length;
    const error = await fatalOf(startOn(contextOf(after, bank, [out, NEW_RUN]), CSV));
    expect(error).to.include({ code: "ledger_missing", exit: 2 });
    expect(error.message).to.contain(`from run ${OLD_RUN}`).and.contain(out);
    expect(error.hint).to.contain("--without-ledger");
    expect(bank.requests).to.have.length(requests);
    expect(await after.ledger.runs.list(9)).to.deep.equal([]);
    // The ledger that knows the run has nothing against the file, whichever job it comes to.
    const known = contextOf(before, bank, [out, NEW_RUN], { name: "another" });
    expect((await startOn(known, CSV))?.words.unchanged).to.equal(2);
  });

  it("is told by any results of the job, and by what a run wrote as it started, even when the new one was begun before", async () => {
    await using bank = await openBank();
    await using before = await openDesk();
    await using after = await openDesk();
    const out = join(before.folder, "out");
    await startOn(contextOf(before, bank, [out, OLD_RUN]), CSV);
    await rm(join(out, OLD_RUN, "1"), { recursive: true });
    const other = CSV.replace("n2", "n3");
    const plan = await startOn(contextOf(after, bank, [out, "20260114-000000-def456"]), other, { kind: "plan" });
    expect(plan?.final).to.equal(true);
    const requests = bank.requests.length;
    for (const attempt of ["first", "second"]) {
      const error = await fatalOf(startOn(contextOf(after, bank, [out, NEW_RUN]), other));
      expect(error, attempt).to.include({ code: "ledger_missing", exit: 2 });
      expect(error.message).to.contain(`results of job desk from run ${OLD_RUN}`);
    }
    expect(bank.requests).to.have.length(requests);
    const context = contextOf(after, bank, [out, NEW_RUN]);
    expect((await startOn(context, other, { withoutLedger: true }))?.words.unchanged).to.equal(1);
    // Told once, it is the job's ledger; the file of the lost run is still known by what that wrote as it started.
    expect(
      (await startOn({ ...context, newRunId: () => "20260115-000001-def456" }, CSV.replace("n2", "n4")))?.final,
    ).to.equal(true);
    const error = await fatalOf(startOn({ ...context, newRunId: () => "20260115-000002-def456" }, CSV));
    expect(error.message).to.contain(`results of this same file from run ${OLD_RUN}`);
  });

  it("is told before a source without a new file counts as done", async () => {
    await using bank = await openBank();
    await using before = await openDesk();
    await using after = await openDesk();
    const out = join(before.folder, "out");
    await startOn(contextOf(before, bank, [out, OLD_RUN]), CSV);
    await mkdir(join(after.folder, "in"));
    const context = contextOf(after, bank, [out, NEW_RUN]);
    const start = { kind: "run", file: null, from: null, limit: null, again: null } as const;
    expect((await fatalOf(startJob(context, start))).code).to.equal("ledger_missing");
  });

  interface Other {
    readonly csv?: string;
    readonly kind?: "plan";
    readonly name?: string;
    readonly program?: string;
    readonly movedTo?: string;
  }
  const others: Readonly<Record<string, Other>> = {
    "another job's results of another file": { csv: CSV.replace("n2", "n3"), name: "another" },
    "a plan's results": { kind: "plan" },
    "another bank's results": { program: "another" },
    "results of more than a year ago": { movedTo: "20241231-020000-abc123" },
  };
  for (const [what, { csv = CSV, kind = "run", program, movedTo, name = "desk" }] of Object.entries(others)) {
    it(`is not seen in ${what}`, async () => {
      await using bank = await openBank();
      await using before = await openDesk();
      await using after = await openDesk();
      const out = join(before.folder, "out");
      const context = contextOf(before, bank, [out, OLD_RUN], { name });
      const bankName = { ...context.bankName, ...(program !== undefined && { program }) };
      await startOn({ ...context, bankName }, csv, { kind });
      if (movedTo !== undefined) await rename(join(out, OLD_RUN), join(out, movedTo));
      expect((await startOn(contextOf(after, bank, [out, NEW_RUN]), CSV))?.final).to.equal(true);
    });
  }

  /** The client id or program in the results, and whether they are the job's, which is of the program `prepaid`. */
  const earlier: Readonly<Record<string, [bank: (bank: Sandbox) => object, isOwn: boolean]>> = {
    "an earlier version's, by the client id in use": [({ clientId }) => ({ clientId }), true],
    "an earlier version's, by a client id that nobody knows any more": [() => ({ clientId: "gone" }), true],
    "an earlier version's, by a client id of another program": [() => ({ clientId: "theirs" }), false],
    "those of a start without a program, by the client id in use": [({ clientId }) => ({ program: clientId }), true],
    "those of another program that the ledger does not know": [() => ({ program: "gone" }), false],
  };
  for (const [what, [nameOf, isOwn]] of Object.entries(earlier)) {
    it(`is${isOwn ? "" : " not"} told by results that are ${what}`, async () => {
      await using bank = await openBank();
      await using before = await openDesk();
      await using after = await openDesk();
      const out = join(before.folder, "out");
      await startOn(contextOf(before, bank, [out, OLD_RUN]), CSV);
      for (const name of ["0/started.json", "1/summary.json"]) {
        const path = join(out, OLD_RUN, name);
        const found = JSON.parse(await readFile(path, "utf8")) as object;
        await writeFile(path, JSON.stringify({ ...found, bank: { apiUrl: bank.url, ...nameOf(bank) } }));
      }
      const theirs = { apiUrl: bank.url, program: "lending" };
      await after.ledger.banks.keep(theirs, { id: "theirs", isNamed: true });
      const start = startOn(contextOf(after, bank, [out, NEW_RUN], { program: "prepaid" }), CSV);
      if (isOwn) expect((await fatalOf(start)).code).to.equal("ledger_missing");
      else expect((await start)?.final).to.equal(true);
    });
  }

  it("is not seen in results of a run that changed nothing, nor in files that are no summaries", async () => {
    await using bank = await openBank();
    await using before = await openDesk();
    await using after = await openDesk();
    const out = join(before.folder, "out");
    const invalid = "account_id,status\naccount_1,odd\n";
    await startOn(contextOf(before, bank, [out, OLD_RUN], { name: "another" }), invalid);
    await writeFile(join(out, OLD_RUN, "1", "summary.json.bak"), "{}");
    expect((await startOn(contextOf(after, bank, [out, NEW_RUN]), invalid))?.final).to.equal(true);
    await writeFile(join(out, OLD_RUN, "1", "summary.json"), "no JSON");
    await using third = await openDesk();
    const last = contextOf(third, bank, [out, "20260115-000001-def456"], { name: "third" });
    expect((await startOn(last, invalid))?.final).to.equal(true);
  });

  it("is told by a run of the same bytes that came after those the ledger knows, and said once", async () => {
    await using bank = await openBank();
    await using before = await openDesk();
    await using after = await openDesk();
    const out = join(before.folder, "out");
    await startOn(contextOf(before, bank, [out, OLD_RUN]), CSV);
    const startIn = (results: string, id: string, options = {}) =>
      start(after, bank, { context: contextOf(after, bank, [results, id]), ...options });
    await put(after, "a.csv", CSV, 0);
    expect(told(await startIn(join(after.folder, "own"), "20260114-000000-def456"))).to.deep.equal([
      "a.csv 2 unchanged",
    ]);
    await put(after, "b.csv", CSV, 1);
    expect((await fatalOf(startIn(out, NEW_RUN))).code).to.equal("ledger_missing");
    expect(told(await startIn(out, NEW_RUN, { withoutLedger: true }))).to.deep.equal(["b.csv 2 unchanged"]);
    await put(after, "c.csv", CSV, 2);
    expect(told(await startIn(out, "20260115-000001-def456"))).to.deep.equal(["c.csv 2 unchanged"]);
  });

  it("is gone on with by look-up alone, on request: what is there is found, whatever creates says", async () => {
    for (const creates of ["trusted", "first_alone", "proven"] as const) {
      await using bank = await openBank();
      await using before = await openDesk();
      await using after = await openDesk();
      const out = join(before.folder, "out");
      await startOn(contextOf(before, bank, [out, OLD_RUN]), CSV);
      const summary = await startOn(contextOf(after, bank, [out, NEW_RUN], { creates }), CSV, { withoutLedger: true });
      expect(summary?.words).to.include({ unchanged: 2, applied: 0 });
      expect(accountsOf(bank)).to.deep.equal(["n1", "n2"]);
    }
  });

  it("lets nothing be made unless the look-up has proved itself, over a stop and a resume too", async () => {
    for (const creates of ["trusted", "first_alone"] as const) {
      await using bank = await openBank({ lookup: "absent" });
      await using desk = await openDesk();
      const context = contextOf(desk, bank, [join(desk.folder, "out"), NEW_RUN], { creates });
      const stopper = new AbortController();
      const stopped = await startOn(
        {
          ...context,
          signal: stopper.signal,
          progress: {
            note() {},
            steer() {},
            end() {},
            watch: (look) => void (look().stage === "read" && stopper.abort()),
          },
        },
        CSV,
        { withoutLedger: true },
      );
      expect(stopped?.exit).to.equal(6);
      const summary = await startOn(context, CSV);
      expect(summary?.words).to.include({ held: 2 });
      expect(summary?.causes.map(({ word, code, count }) => [word, code, count])).to.deep.equal([
        ["held", "lookup_unproven", 2],
      ]);
      expect(accountsOf(bank)).to.deep.equal([]);
    }
  });

  it("lets no first create go alone, since nobody knows that it is the first", async () => {
    await using bank = await openBank();
    await using desk = await openDesk();
    const context = contextOf(desk, bank, [join(desk.folder, "out"), NEW_RUN], { creates: "first_alone" });
    const summary = await startOn(context, CSV, { withoutLedger: true });
    expect(summary?.words).to.include({ held: 2 });
    expect(accountsOf(bank)).to.deep.equal([]);
  });

  it("keeps no run from its work where the results cannot be searched, and says so", async () => {
    await using bank = await openBank();
    await using desk = await openDesk();
    const warnings: unknown[] = [];
    const context = contextOf(desk, bank, [join(desk.folder, "out"), NEW_RUN]);
    const summary = await startOn(
      {
        ...context,
        log: { ...context.log, warn: (message, fields) => warnings.push([message, fields]) },
        async openStore(place) {
          const store = await context.openStore(place);
          if (!("folder" in place) || place.folder !== join(desk.folder, "out")) return store;
          await writeFile(join(desk.folder, "a-file"), "");
          const other = await context.openStore({ kind: "folder", folder: join(desk.folder, "a-file", "x\0") });
          store.list = other.list.bind(other);
          return store;
        },
      },
      CSV,
    );
    expect(summary?.words.applied).to.equal(2);
    expect(warnings.slice(1)).to.deep.equal([
      ["the results place cannot be searched for runs that are not in this ledger", { code: "source_unreachable" }],
    ]);
  });
});
