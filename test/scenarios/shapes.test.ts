/**
 * Files that the job says how to read, through whole runs: what a run remembers of it, what a re-run and a repaired file go by, and what
 * the bank gets.
 */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import type { JobInput } from "../../src/job.ts";
import type { Ledger } from "../../src/ledger/ledger.ts";
import { explainRow } from "../../src/run/report/explain-row.ts";
import { rerunRows } from "../../src/run/start/rerun-rows.ts";
import { startJob } from "../../src/run/start/start-job.ts";
import { type Sandbox, startSandbox } from "../../src/sandbox/start-sandbox.ts";
import { type Desk, openDesk, readResults } from "../support/scenario.ts";

const SEED = {
  entities: [{ id: "entity_ann" }, { id: "entity_bob" }, { id: "entity_cat" }],
  accounts: ["c1", "c2", "c3"].map((id, at) => ({
    id: `account_${at + 1}`,
    client_account_id: id,
    capabilities: ["deposit" as const, "credit_with_underwriting" as const],
    relationships: { account_holder: ["entity_ann"], authorized_user: [] },
  })),
};

const JOB = {
  columns: { ACCT: "client_account_id", ST: "status" },
  constants: { "metadata.source": "core-a" },
  values: { status: { A: "active", F: "inactive/frozen" } },
  join: { authorized_users: ["U1", "U2"] },
  dates: { effective_at: { format: "DD/MM/YYYY HH:mm", zone: "America/Chicago" }, scra_start_date: "DD/MM/YYYY" },
  numbers: { decimal: ",", group: "." },
  defaults: { currency: "USD" },
} satisfies Partial<JobInput>;
const HEADER = "ACCT;ST;U1;U2;effective_at;scra_start_date;limit";
const ROW = "c1;F;entity_bob;;05/02/2026 09:30;03/04/2026;1.250,00";

type Work = (bank: Sandbox, desk: Desk) => Promise<void>;

async function atWork(work: Work): Promise<void> {
  await using bank = await startSandbox({ seed: structuredClone(SEED) });
  await using desk = await openDesk({ durable: false });
  await work(bank, desk);
}

const endsOf = (rows: readonly Readonly<Record<string, string>>[]) =>
  rows.map(({ result, result_code, result_column }) => [result, result_code, result_column].filter(Boolean).join(" "));

async function lastRun(desk: Desk) {
  const run = await desk.ledger.runs.find("last");
  if (run === undefined) throw new Error("no run");
  return run;
}

const failedOf = async (results: string | undefined) => readFile(join(results ?? "", "failed.csv"), "utf8");

describe("a file in the forms of its core system", () => {
  it("is what the bank gets, and explain shows what each cell became", () =>
    atWork(async (bank, desk) => {
      const { rows } = await desk.run(bank, `${HEADER}\n${ROW}\n`, { job: JOB });
      expect(endsOf(rows)).to.deep.equal(["applied"]);
      const { status, status_reason, metadata, details } = bank.accounts.get("account_1") ?? {};
      expect({ status, status_reason, metadata }).to.deep.equal({
        status: "inactive",
        status_reason: "frozen",
        metadata: { source: "core-a" },
      });
      expect(details?.credit).to.include({ limit: 125000 });
      expect(details?.credit?.scra?.start_date).to.equal("2026-04-03");
      const { shapes } = await explainRow(desk.ledger, await lastRun(desk), 2);
      expect(
        shapes?.map(({ column, cells, value }) => [column, cells.map(([name]) => name).join(), value]),
      ).to.deep.equal([
        ["status", "ST", "inactive"],
        ["authorized_users", "U1,U2", ["entity_bob"]],
        ["effective_at", "effective_at", "2026-02-05T09:30:00-06:00"],
        ["scra_start_date", "scra_start_date", "2026-04-03"],
        ["limit", "limit", 125000],
        ["status_reason", "ST", "frozen"],
        ["metadata.source", "", "core-a"],
      ]);
    }));

  it("is read to its end as it was begun, whatever the job says when the run is resumed", () =>
    atWork(async (bank, desk) => {
      // More rows than are read at a time, so that a part of them is in the ledger by then.
      const others = Array.from({ length: 600 }, (_, at) => `x${at};Z;;;05/02/2026 09:30;;`).join("\n");
      const csv = `${HEADER}\n${ROW}\n${others}\nc2;F;;entity_cat;06/02/2026 09:30;04/05/2026;2.500,00\n`;
      const file = join(desk.folder, "file.csv");
      await writeFile(file, csv);
      const start = { kind: "run", file, from: null, limit: null, again: null } as const;
      const context = desk.context(bank, JOB);
      let pages = 0;
      const dying = afterRows(context.ledger, () => {
        if (++pages === 1) throw new Error("the process dies");
      });
      const died = await startJob({ ...context, ledger: dying }, start).catch(({ message }: Error) => message);
      expect(died).to.equal("the process dies");
      const edited: Partial<JobInput> = {
        ...JOB,
        columns: { ST: "metadata.st" },
        delimiter: ",",
        header: 2,
        constants: { "metadata.source": "core-b" },
        values: {},
        join: { account_holders: ["U1", "U2"] },
        dates: { effective_at: { format: "MM/DD/YYYY HH:mm", zone: "UTC" }, scra_start_date: "MM/DD/YYYY" },
        numbers: { decimal: ".", group: "," },
      };
      const [end] = await startJob(desk.context(bank, edited), start);
      if (end?.kind !== "reported") throw new Error(`${end?.kind}`);
      const rows = await readResults(end.summary.results);
      expect([endsOf(rows).at(0), endsOf(rows).at(1), endsOf(rows).at(-1)]).to.deep.equal([
        "applied",
        "invalid value_unmapped ST",
        "applied",
      ]);
      const second = bank.accounts.get("account_2");
      expect([second?.status, second?.status_reason, second?.metadata?.source]).to.deep.equal([
        "inactive",
        "frozen",
        "core-a",
      ]);
      expect(second?.details?.credit?.scra?.start_date).to.equal("2026-05-04");
      expect(second?.details?.credit?.limit).to.equal(250000);
      expect(second?.relationships.authorized_user).to.deep.equal(["entity_cat"]);
    }));

  it("has its rows for one account in the order of their times, in whatever form these are written", () =>
    atWork(async (bank, desk) => {
      const job: Partial<JobInput> = {
        dates: { effective_at: { format: "DD-MMM-YYYY HH:mm", zone: "America/Chicago" } },
      };
      const header = "client_account_id,product_name,effective_at";
      const late = "c1,Late,02-Feb-2026 09:30\nc1,Early,01-Feb-2026 09:30\nc1,Later,03-FEB-2026 09:30";
      const same = "c2,One,02-Feb-2026 09:30\nc2,Two,01-Feb-2026 09:30\nc2,Three,02-FEB-2026 09:30";
      const { rows } = await desk.run(bank, `${header}\n${late}\n${same}\n`, { job });
      expect(endsOf(rows)).to.deep.equal([
        "skipped superseded",
        "skipped superseded",
        "applied",
        ...Array.from({ length: 3 }, () => "invalid effective_at_repeated effective_at"),
      ]);
      expect(bank.accounts.get("account_1")?.details?.product_name).to.equal("Later");
    }));

  it("is run again as the job says by then, once a value that was missing is in its map", () =>
    atWork(async (bank, desk) => {
      const { rows } = await desk.run(bank, `${HEADER}\nc1;C;;;;;\nc2;A;;;;;9,99\n`, { job: JOB });
      expect(endsOf(rows)).to.deep.equal(["invalid value_unmapped ST", "applied"]);
      const better = { ...JOB, values: { status: { ...JOB.values.status, C: "inactive/dormant" } } };
      const end = await rerunRows(desk.context(bank, better), await lastRun(desk), ["invalid"]);
      if (end.kind !== "reported") throw new Error(end.kind);
      expect(endsOf(await readResults(end.summary.results))).to.deep.equal(["applied"]);
      expect(bank.accounts.get("account_1")?.status_reason).to.equal("dormant");
      // What has ended is explained as it was read then.
      const [first] = (await desk.ledger.runs.list(2)).toReversed();
      if (first === undefined) throw new Error("no run");
      const { shapes } = await explainRow(desk.ledger, first, 2);
      expect(shapes?.find(({ column }) => column === "status")?.value).to.equal(null);
    }));
});

describe("a failed.csv of a job with shapes", () => {
  const wrong = [
    "c1;X;entity_bob;;05/02/2026 09:30;03/04/2026;1.250,00",
    "c2;A;entity_bob;ann;05/02/2026 09:30;03/04/2026;1.250,00",
    "c3;A;entity_bob;;05/02/2026 09:30;03/04/2026;12,50,00",
  ].join("\n");
  const repaired = (failed: string) =>
    failed.replace("c1,X,", "c1,F,").replace(",ann,", ",entity_cat,").replace("12,50,00", "1.250,00");

  const failing: (then: (failed: string, bank: Sandbox, desk: Desk) => Promise<void>) => Promise<void> = (then) =>
    atWork(async (bank, desk) => {
      const { rows, summary } = await desk.run(bank, `${HEADER}\n${wrong}\n`, { job: JOB });
      expect(endsOf(rows)).to.deep.equal([
        "invalid value_unmapped ST",
        "invalid id_malformed U2",
        "invalid money_malformed limit",
      ]);
      await then(await failedOf(summary?.results), bank, desk);
    });

  it("has the file's own cells, and is taken once they are corrected", () =>
    failing(async (failed, bank, desk) => {
      expect(failed).to.contain("1.250,00").and.contain("05/02/2026 09:30").and.not.contain("core-a");
      const { rows } = await desk.run(bank, repaired(failed), { job: JOB, name: "repaired.csv" });
      expect(endsOf(rows)).to.deep.equal(["applied", "applied", "applied"]);
      const users = [1, 2, 3].map((n) => bank.accounts.get(`account_${n}`)?.relationships.authorized_user);
      expect(users).to.deep.equal([["entity_bob"], ["entity_bob", "entity_cat"], ["entity_bob"]]);
      const limits = [1, 2, 3].map((n) => bank.accounts.get(`account_${n}`)?.details?.credit?.limit);
      expect(limits).to.deep.equal([125000, 125000, 125000]);
    }));

  it("does not take a date for another one that a program has turned around, nor a user that nobody was asked for", () =>
    failing(async (failed, bank, desk) => {
      const odd = repaired(failed).replaceAll("03/04/2026", "04/03/2026").replace("c3,A,entity_bob", "c3,A,entity_cat");
      const { rows } = await desk.run(bank, odd, { job: JOB, name: "repaired.csv" });
      expect(endsOf(rows)).to.deep.equal([
        "applied cell_restored scra_start_date",
        "applied cell_restored scra_start_date",
        "invalid edit_not_allowed | cell_restored U1 | scra_start_date",
      ]);
      const dates = [1, 2].map((n) => bank.accounts.get(`account_${n}`)?.details?.credit?.scra?.start_date);
      expect(dates).to.deep.equal(["2026-04-03", "2026-04-03"]);
    }));

  it("is not taken by a job that reads a cell in another way", () =>
    failing(async (failed, bank, desk) => {
      for (const [other, column] of [
        [{ ...JOB, constants: { "metadata.source": "core-b" } }, "metadata.source"],
        [{ ...JOB, dates: { ...JOB.dates, scra_start_date: "MM/DD/YYYY" } }, "scra_start_date"],
        [{ ...JOB, numbers: { decimal: "," as const } }, "limit"],
      ] as const) {
        const { rows } = await desk.run(bank, repaired(failed), {
          job: { ...other, name: "other" },
          name: "repaired.csv",
          start: { again: "another try" },
        });
        expect(endsOf(rows)[0]).to.equal(`invalid read_otherwise ${column}`);
      }
      expect(bank.writes).to.deep.equal([]);
    }));
});

/** Calls `act` whenever rows have been stored. */
function afterRows(ledger: Ledger, act: () => void): Ledger {
  const recordRows: Ledger["rows"]["recordRows"] = async (run, rows) => {
    await ledger.rows.recordRows(run, rows);
    act();
  };
  const rows = { ...ledger.rows, recordRows };
  return { ...ledger, rows, fencedBy: (lease) => afterRows(ledger.fencedBy(lease), act) };
}
