/**
 * The folders of `samples/`, each a job with its files: a real start must end as its expected.csv says, and the same files
 * again must change nothing. Never writes the expected files.
 *
 * A folder has `job.ts`, whose sources are folders below it, the rows of all files together, in the order of the runs, in
 * `expected.csv`, and what the bank holds at first in `seed.json`, where it holds anything.
 */
import { existsSync, readdirSync } from "node:fs";
import { cp, readFile } from "node:fs/promises";
import { join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { parse } from "csv-parse/sync";
import type { Job } from "../src/job.ts";
import { type StartOptions, startJob } from "../src/run/start/start-job.ts";
import { startSandbox } from "../src/sandbox/start-sandbox.ts";
import { parseSeed } from "../src/sandbox/state/parse-seed.ts";
import { type Desk, openDesk, readResults } from "./support/scenario.ts";

type Cells = Readonly<Record<string, string>>;

const SAMPLES = fileURLToPath(new URL("../samples", import.meta.url));
const NAMES = readdirSync(SAMPLES).filter((name) => existsSync(join(SAMPLES, name, "job.ts")));
/** The result columns whose cells are the same in every run. */
const STEADY: readonly string[] = ["result_row", "result", "result_operations", "result_code"];
const START: StartOptions = { kind: "run", file: null, from: null, limit: null, again: null };

describe("sample folders", () => {
  it("are there", () => {
    expect(NAMES).to.include.members(["shapes", "sources"]);
  });

  for (const name of NAMES) {
    it(`${name} ends as its expected.csv says, and again changes nothing`, async () => {
      const folder = join(SAMPLES, name);
      await using bank = await startSandbox({ seed: await readSeed(folder) });
      await using desk = await openDesk({ durable: false });
      // A done-file is not older than its file, in the copy too.
      await cp(folder, join(desk.folder, name), { recursive: true, preserveTimestamps: true });
      const { default: job } = (await import(join(folder, "job.ts"))) as { default: Job };
      const { results: _, schedule: __, ...rest } = job;
      const source = moved(rest.source, folder, join(desk.folder, name));
      const context = desk.context(bank, { ...rest, source, requestsPerSecond: 10_000, burst: 10_000 });

      const ends = await startJob(context, START);
      const rows = await rowsOf(ends);
      const expected = parse(await readFile(join(folder, "expected.csv"), "utf8"), { columns: true }) as Cells[];
      expect(expected).to.not.have.lengthOf(0);
      expect(rows.map(steadyCells)).to.deep.equal(expected.map(withoutEmpty));

      const writes = bank.writes.length;
      for (const file of await filesOf(desk)) await startJob(context, { ...START, file, again: "the test says so" });
      expect(bank.writes.length, "writes after the second run").to.equal(writes);
    });
  }
});

/** The place with each of its folders in the copy of the sample. */
function moved<Place>(place: Place, from: string, to: string): Place {
  const text = JSON.stringify(place);
  const one = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(one);
    if (typeof value !== "object" || value === null || value instanceof RegExp) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => [key, key === "folder" ? folderIn(String(inner)) : one(inner)]),
    );
  };
  const folderIn = (folder: string) => {
    const below = relative(from, resolve(folder));
    expect(below, `a folder below ${from}: ${text}`).to.not.match(/^\.\./);
    return join(to, below);
  };
  return one(place) as Place;
}

/** The files that the runs have taken, in that order. */
async function filesOf({ ledger }: Desk): Promise<readonly string[]> {
  const runs = await ledger.runs.list(100);
  return runs.toReversed().map(({ file }) => join(file.place, file.key));
}

async function rowsOf(ends: Awaited<ReturnType<typeof startJob>>): Promise<readonly Cells[]> {
  const all: Cells[] = [];
  for (const end of ends) {
    if (end.kind !== "reported") throw new Error(`a file ended as ${end.kind}`);
    all.push(...(await readResults(end.summary.results)));
  }
  return all;
}

async function readSeed(folder: string) {
  const path = join(folder, "seed.json");
  return existsSync(path) ? parseSeed(await readFile(path, "utf8"), path) : {};
}

/** The file's own cells and the steady ones; without the empty ones, as each file has columns of its own. */
function steadyCells(row: Cells): Cells {
  const kept = Object.entries(row).filter(([column]) => !column.startsWith("result") || STEADY.includes(column));
  return withoutEmpty(Object.fromEntries(kept));
}

function withoutEmpty(row: Cells): Cells {
  return Object.fromEntries(Object.entries(row).filter(([, cell]) => cell !== ""));
}
