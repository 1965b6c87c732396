/**
 * The samples, run against the sandbox with samples/seed.json: each must end exactly as the expected results beside it
 * say, and a second run must change nothing. Never writes the expected files.
 */
import { mkdir, readFile, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { parse } from "csv-parse/sync";
import nightlySync from "../jobs/nightly-sync.ts";
import samplesJob from "../samples/job.ts";
import { WORDS } from "../src/errors/words.ts";
import type { Job } from "../src/job.ts";
import { OPERATION_KINDS } from "../src/plan/operation.ts";
import { startJob } from "../src/run/start/start-job.ts";
import { startSandbox } from "../src/sandbox/start-sandbox.ts";
import { parseSeed } from "../src/sandbox/state/parse-seed.ts";
import { openDesk, readResults } from "./support/scenario.ts";

type Cells = Readonly<Record<string, string>>;

const SAMPLES: readonly { readonly name: string; readonly job: Job }[] = [
  { name: "accounts", job: samplesJob },
  { name: "bank-layout", job: nightlySync },
];
/** The result columns whose cells are the same in every run. */
const STEADY: readonly string[] = ["result_row", "result", "result_operations", "result_code"];

describe("samples", () => {
  for (const { name, job } of SAMPLES) {
    it(`${name}.csv ends as ${name}.expected.csv says, and again changes nothing`, async () => {
      const csv = await readSample(`${name}.csv`);
      const expected = await readExpected(name);
      expect(expected.length).to.be.at.least(30);
      await using bank = await startSandbox({ seed: parseSeed(await readSample("seed.json"), "seed.json") });
      await using desk = await openDesk();
      const { source: _, results: __, schedule: ___, ...rest } = job;
      const settings = { ...rest, requestsPerSecond: 10_000, burst: 10_000 };

      const run = await desk.run(bank, csv, { job: settings });
      expect(run.rows.map(steadyCells)).to.deep.equal(expected);

      const writes = bank.writes.length;
      const again = await desk.run(bank, csv, { job: settings, start: { again: "the test says so" } });
      const words = expected.map(({ result }) => (result === "applied" ? "unchanged" : result));
      expect(again.rows.map(({ result }) => result)).to.deep.equal(words);
      expect(bank.writes.length, "writes after the second run").to.equal(writes);
    });
  }

  it("bank-layout-v2.csv corrects the batch as bank-layout-v2.expected.csv says, though its stamp is older", async () => {
    await using bank = await startSandbox({ seed: parseSeed(await readSample("seed.json"), "seed.json") });
    await using desk = await openDesk();
    const { source: _, results: __, schedule: ___, ...rest } = nightlySync;
    const source = { folder: join(desk.folder, "in") };
    const context = desk.context(bank, { ...rest, source, requestsPerSecond: 10_000, burst: 10_000 });
    await mkdir(source.folder);
    const ends: unknown[] = [];
    for (const [sample, version, year] of [
      ["bank-layout.csv", 1, 2026],
      ["bank-layout-v2.csv", 2, 2025],
    ] as const) {
      const path = join(source.folder, `2026-11-23-01-batch-1_account_V${version}.csv`);
      await writeFile(path, await readSample(sample));
      const stamp = new Date(Date.UTC(year, 10, 23));
      await utimes(path, stamp, stamp);
      const [end] = await startJob(context, { kind: "run", file: null, from: null, limit: null, again: null });
      if (end?.kind !== "reported") throw new Error(`version ${version}: ${end?.kind}`);
      ends.push((await readResults(end.summary.results)).map(steadyCells));
    }
    expect(ends).to.deep.equal([await readExpected("bank-layout"), await readExpected("bank-layout-v2")]);
  });

  it("show every word but failed and unknown, and every kind of operation", async () => {
    const rows = (await Promise.all(SAMPLES.map(({ name }) => readExpected(name)))).flat();
    const words = WORDS.filter((word) => word !== "failed" && word !== "unknown");
    expect([...new Set(rows.map(({ result }) => result))]).to.have.members(words);
    const applied = rows.flatMap(({ result_operations: operations = "" }) =>
      operations.split("; ").flatMap((operation) => (operation.endsWith("=applied") ? [operation.split("=")[0]] : [])),
    );
    expect([...new Set(applied)]).to.have.members([...OPERATION_KINDS]);
  });
});

function readSample(name: string): Promise<string> {
  return readFile(new URL(`../samples/${name}`, import.meta.url), "utf8");
}

async function readExpected(name: string): Promise<readonly Cells[]> {
  return parse(await readSample(`${name}.expected.csv`), { columns: true }) as Cells[];
}

function steadyCells(row: Cells): Cells {
  const kept = Object.entries(row).filter(([column]) => !column.startsWith("result") || STEADY.includes(column));
  return Object.fromEntries(kept);
}
