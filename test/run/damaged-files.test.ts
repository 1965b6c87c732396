/**
 * Whole runs over files that are damaged or odd: what is kept of such a file, what its rows become, and what the bank is asked.
 */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import type { JobInput } from "../../src/job.ts";
import { rerunRows } from "../../src/run/start/rerun-rows.ts";
import { startJob, type TakenEnd } from "../../src/run/start/start-job.ts";
import { type Sandbox, startSandbox } from "../../src/sandbox/start-sandbox.ts";
import { type Desk, openDesk, readResults } from "../support/scenario.ts";

const SEED = { accounts: [{ id: "account_1001" }, { id: "account_1003" }] };
const START = { kind: "run", from: null, limit: null, again: null } as const;

interface Case {
  readonly what: string;
  readonly csv: string;
  /** `word code` of each row. */
  readonly words: readonly string[];
  readonly exit: number;
  /** Requests to the bank, the one for a token apart. */
  readonly paths: readonly string[];
  readonly job?: Partial<JobInput>;
}

const read = (id: string) => `GET /v0/accounts/${id}`;
const patch = (id: string) => `PATCH /v0/accounts/${id}`;
const both = (id: string) => [read(id), patch(id)];

const CASES: readonly Case[] = [
  {
    what: "a lone LF in the last cell: neither half of the value is sent",
    csv: 'account_id,product_name,metadata.comments\r\naccount_1001,Gold,"ok"\r\naccount_1003,Silver,first half\nsecond half\r\n',
    words: ["applied ", "invalid row_broken", "invalid row_broken"],
    exit: 3,
    paths: both("account_1001"),
  },
  {
    what: "the header once more: nothing is asked of the bank",
    csv: "account_id,product_name\naccount_1001,Gold\naccount_id,product_name\naccount_1003,Silver\n",
    words: ["applied ", "invalid header_repeated", "applied "],
    exit: 3,
    paths: [...both("account_1001"), ...both("account_1003")],
  },
  {
    what: "the header of a file without account_id once more",
    csv: "client_account_id,product_name\nclient_account_id,product_name\n",
    words: ["invalid header_repeated"],
    exit: 3,
    paths: [],
  },
  {
    what: "a delimiter at the end of each line",
    csv: "account_id,metadata.a,\naccount_1001,y,\n",
    words: ["applied "],
    exit: 0,
    paths: both("account_1001"),
  },
  {
    what: "blank lines at the end",
    csv: "account_id,metadata.a\naccount_1001,z\n\n\n\n",
    words: ["applied "],
    exit: 0,
    paths: both("account_1001"),
  },
  {
    what: "blank lines and rows of delimiters among the rows",
    csv: "account_id,metadata.a\n\naccount_1001,z\n,\n\naccount_1003,z\n,\n",
    words: ["skipped row_blank", "applied ", "skipped row_blank", "skipped row_blank", "applied ", "skipped row_blank"],
    exit: 0,
    paths: [...both("account_1001"), ...both("account_1003")],
  },
  {
    what: "a stray quote",
    csv: 'account_id,product_name\naccount_1001,5" pipe\naccount_1003,Silver\n',
    words: ["invalid quote_stray", "applied "],
    exit: 3,
    paths: both("account_1003"),
  },
];

async function runCase(desk: Desk, bank: Sandbox, { csv, job = {} }: Pick<Case, "csv" | "job">) {
  const notes: string[] = [];
  const file = join(desk.folder, "case.csv");
  await writeFile(file, csv);
  const progress = { note: (text: string) => void notes.push(text), watch() {}, steer() {}, end() {} };
  const [end] = await startJob({ ...desk.context(bank, job), progress }, { ...START, file });
  return { notes, end: end as TakenEnd };
}

describe("a run over a damaged file", () => {
  for (const { what, csv, words, exit, paths, job = {} } of CASES) {
    it(what, async () => {
      await using bank = await startSandbox({ seed: SEED });
      await using desk = await openDesk();
      const { rows, summary } = await desk.run(bank, csv, { job });
      expect(rows.map(({ result, result_code }) => `${result} ${result_code}`)).to.deep.equal(words);
      expect(summary).to.include({ exit, rows: words.length, final: true });
      const asked = bank.requests.map(({ method, path }) => `${method} ${path}`).filter((line) => !/token/.test(line));
      expect(asked).to.have.members(paths);
      const again = await desk.run(bank, csv, { job, start: { again: "the same once more" } });
      const now = words.map((word) => word.replace(/^applied/, "unchanged"));
      expect(again.rows.map(({ result, result_code }) => `${result} ${result_code}`)).to.deep.equal(now);
    });
  }

  it("keeps in the ledger whether a line end closed the file's last row", async () => {
    await using bank = await startSandbox({ seed: SEED });
    await using desk = await openDesk();
    for (const [csv, endsWithLineEnd] of [
      ["account_id,metadata.a\naccount_1001,x\n", true],
      ["account_id,metadata.a\naccount_1001,y", false],
    ] as const) {
      await desk.run(bank, csv);
      const run = await desk.ledger.runs.find("last");
      expect(run?.reading).to.include({ endsWithLineEnd });
    }
  });

  it("names the last column that is empty, and each column that is ignored, and keeps the latter in the summary", async () => {
    await using bank = await startSandbox({ seed: SEED });
    await using desk = await openDesk();
    const csv = "account_id,notes,metadata.a,branch_code,\naccount_1001,Canary,y,Canary,\n";
    const { notes, end } = await runCase(desk, bank, { csv, job: { unknownColumns: "ignore" } });
    expect(notes.find((note) => note.startsWith("reading:"))).to.match(
      /, the last column empty, ignored: "notes" "branch_code"$/,
    );
    expect(end.kind === "reported" && end.summary.ignoredColumns).to.deep.equal(["notes", "branch_code"]);
    expect(notes.join()).not.to.contain("Canary");
  });

  it("rejects a misspelt column though unknown ones are ignored, unless the job names it", async () => {
    await using bank = await startSandbox({ seed: SEED });
    await using desk = await openDesk();
    const csv = "account_id, product_name\naccount_1001, Gold Checking\n";
    const ignored = await desk.run(bank, csv, { job: { unknownColumns: "ignore" } });
    expect(ignored.end.kind === "rejected" && ignored.end.rejection.code).to.equal("header_column_unknown");
    expect(bank.requests.length).to.equal(0);
    const start = { again: "the job names the column now" };
    const named = await desk.run(bank, csv, { job: { unknownColumns: [" product_name"] }, start });
    expect(named.summary).to.deep.include({ exit: 0, ignoredColumns: [" product_name"] });
  });

  it("shows no cell of a file that has no header", async () => {
    await using bank = await startSandbox({ seed: SEED });
    const files = ["core-1001,Jane Canary\n", "Jane Canary,Jane Canary\n", "Jane\u200bCanary,x\n", "acount_Canary\n"];
    for (const unknownColumns of ["reject", "ignore"] as const) {
      await using desk = await openDesk();
      for (const csv of files) {
        const { notes, end } = await runCase(desk, bank, { csv, job: { unknownColumns } });
        expect(end.kind).to.equal("rejected");
        expect(JSON.stringify([notes, end, await desk.ledger.runs.find("last")])).not.to.match(/canary|core-/i);
      }
    }
  });

  it("gives rows without cells or values their words again when they are run again", async () => {
    await using bank = await startSandbox({ seed: SEED });
    await using desk = await openDesk();
    const header = "account_id,product_name\r\n";
    await desk.run(bank, `${header}\r\n${header}account_1001,5" pipe\r\naccount_1003,x\ny\r\n,\r\n`);
    const run = await desk.ledger.runs.find("last");
    if (run === undefined) throw new Error("no run");
    const again = await rerunRows(desk.context(bank), run, ["invalid", "skipped"]);
    if (again.kind !== "reported") throw new Error(again.kind);
    const rows = await readResults(again.summary.results);
    expect(rows.map(({ result, result_code }) => `${result} ${result_code}`)).to.deep.equal([
      "skipped row_blank",
      "invalid header_repeated",
      "invalid quote_stray",
      "invalid row_broken",
      "invalid row_broken",
      "skipped row_blank",
    ]);
    expect(bank.requests.filter(({ path }) => /accounts/.test(path)).length).to.equal(0);
  });

  it("takes its own failed.csv back, empty columns, broken rows and all", async () => {
    await using bank = await startSandbox({ seed: SEED });
    await using desk = await openDesk();
    const csv = 'account_id,product_name,\naccount_1001,5" pipe,\naccount_1003,"x\ny",z\n';
    const { end } = await desk.run(bank, csv);
    if (end.kind !== "reported") throw new Error(end.kind);
    const failed = await readFile(join(end.summary.results, "failed.csv"), "utf8");
    const again = await desk.run(bank, failed, { name: "failed.csv" });
    expect(again.rows.map(({ result, result_code }) => `${result} ${result_code}`)).to.deep.equal([
      "invalid key_missing",
      "invalid key_missing",
    ]);
  });
});
