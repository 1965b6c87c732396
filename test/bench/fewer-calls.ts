/**
 * Part 11, fewer calls: what nights of one portfolio cost a bank whose rows are not fetched that were tied out, and whether what somebody
 * else has changed is found; beside the samples and a migration, which have nothing to save.
 */

import { readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startSandbox } from "../../src/sandbox/start-sandbox.ts";
import { parseSeed } from "../../src/sandbox/state/parse-seed.ts";
import type { SandboxSeed } from "../../src/sandbox/state/seed.ts";
import { accountId, writeNight } from "./accounts.ts";
import type { BenchBank } from "./bank.ts";
import { environmentOf, inFolder, JOB } from "./clients.ts";
import { atLeast, atMost, count, decimal, megabytes, type Part } from "./figures.ts";
import { type Measured, measure } from "./measure.ts";
import type { Sizes } from "./sizes.ts";
import { CAP } from "./whole-job.ts";

const SKIP = { TIEOUT_BENCH_SKIP: "25h" };
/** One row in so many changes in a night, and one account in so many is changed by somebody else. */
const CHANGED = 100;
const DRIFTED = 200;
const root = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));

interface Night {
  readonly name: string;
  readonly rows: number;
  readonly calls: number;
  /** As the summary says it. */
  readonly saved: number;
  readonly minimum: number;
  readonly run: Measured;
}

export async function fewerCalls(bank: BenchBank, { nightRows, callRows }: Sizes): Promise<Part> {
  const small = [await samples(), await migration(callRows), ...(await calmNights(callRows))];
  const [first, calm, drifted] = await portfolio(bank, nightRows);
  const found = figure(/after all: ([\d,]+) accounts? of the share/, drifted.run);
  const expected = nightRows / DRIFTED / 100;
  const nights = [...small, first, calm, drifted];
  return {
    title: "11. Fewer calls",
    text: `Nights of a job of snapshots with skipUnchangedFor, beside the samples and a migration. Before the last night somebody changes one account of ${DRIFTED} at the bank: ${count(expected)} of them are expected among the share that is always fetched, and ${count(found)} were, so all rows were fetched. The least possible are the writes alone.`,
    columns: ["file", "rows", "calls", "calls a row", "saved", "least possible", "s", "peak memory"],
    rows: nights.map(({ name, rows, calls, saved, minimum, run }) => [
      name,
      count(rows),
      count(calls),
      decimal(calls / rows, 3),
      count(saved),
      count(minimum),
      decimal(run.wallMs / 1000),
      megabytes(run.peakBytes),
    ]),
    bars: [
      atMost(`a night of ${count(nightRows)} rows, 99 % unchanged: calls a row`, calm.calls / nightRows, 0.05, "calls"),
      atLeast("drift that the share has found ÷ what is expected", found / expected, 0.2),
    ],
  };
}

/** Three nights on one ledger: everything is fetched; what was tied out is not; the bank has changed some of it. */
async function portfolio(bank: BenchBank, rows: number): Promise<readonly [Night, Night, Night]> {
  return inFolder(async (folder) => {
    await bank.reset();
    const env = { ...environmentOf(folder, { bankUrl: bank.url, cap: CAP }), ...SKIP };
    const night = async (no: number, name: string): Promise<Night> => {
      const file = join(folder, `night-${no}.csv`);
      await writeNight(file, rows, { no, changed: CHANGED });
      const before = (await bank.tell()).counts;
      const made = before.reads + before.writes;
      const run = await measure({ name: "tieout", args: ["run", JOB, "--file", file], env, folder });
      const { reads, writes } = (await bank.tell()).counts;
      return nightOf(name, rows, reads + writes - made, writes - before.writes, run);
    };
    const first = await night(1, "a first night");
    const calm = await night(2, "a second night, 99 % unchanged");
    const body = JSON.stringify({ details: { credit: { available_credit: 1 } } });
    for (let n = DRIFTED - 1; n <= rows; n += DRIFTED)
      await fetch(`${bank.url}/v0/accounts/${accountId(n)}`, { method: "PATCH", body });
    return [first, calm, await night(3, "a third night, with drift")] as const;
  });
}

const nightOf = (name: string, rows: number, calls: number, minimum: number, run: Measured): Night => {
  return { name, rows, calls, saved: figure(/; ([\d,]+) saved by rows/, run), minimum, run };
};

/** 0 where it is not said. */
function figure(pattern: RegExp, { out }: Measured): number {
  return Number(pattern.exec(out)?.[1]?.replaceAll(",", "") ?? 0);
}

interface AtSandbox {
  readonly name: string;
  readonly job: string;
  readonly exit?: number;
  /** Their files, a night each. */
  readonly files: readonly (readonly [rows: number, csv: string])[];
  readonly seed: SandboxSeed;
}

async function atSandbox({ name, job, exit = 0, files, seed }: AtSandbox): Promise<readonly Night[]> {
  const bank = await startSandbox({ seed });
  try {
    return await inFolder(async (folder) => {
      const secret = { LEAD_CLIENT_ID: bank.clientId, LEAD_CLIENT_SECRET: bank.clientSecret };
      const env = { ...environmentOf(folder, { bankUrl: bank.url, cap: CAP }), ...SKIP, ...secret };
      const nights: Night[] = [];
      for (const [no, [rows, csv]] of files.entries()) {
        const file = join(folder, `file-${no}.csv`);
        await writeFile(file, csv);
        const before = { requests: bank.requests.length, writes: bank.writes.length };
        const run = await measure({ name: "tieout", args: ["run", job, "--file", file], env, folder, exit });
        const calls = bank.requests.length - before.requests;
        nights.push(nightOf(name, rows, calls, bank.writes.length - before.writes, run));
      }
      return nights;
    });
  } finally {
    await bank.close();
  }
}

async function samples(): Promise<Night> {
  const csv = readFileSync(root("samples/accounts.csv"), "utf8");
  const seed = parseSeed(readFileSync(root("samples/seed.json"), "utf8"), "seed.json");
  const job = root("jobs/migration-load.ts");
  const [night] = await atSandbox({ name: "samples/accounts.csv", job, exit: 3, files: [[0, csv]], seed });
  if (night === undefined) throw new Error("no night");
  return { ...night, rows: figure(/: ([\d,]+) rows? of /, night.run) };
}

async function migration(rows: number): Promise<Night> {
  const lines = Array.from({ length: rows }, (_, index) => `new-${index + 1},deposit,entity_ann,Card\n`);
  const csv = `client_account_id,capabilities,account_holders,product_name\n${lines.join("")}`;
  const seed = { entities: [{ id: "entity_ann" }] };
  const job = root("jobs/migration-load.ts");
  const [night] = await atSandbox({ name: "a migration onto an empty bank", job, files: [[rows, csv]], seed });
  if (night === undefined) throw new Error("no night");
  return night;
}

/** The second of two nights, in which one row of twenty changes. */
async function calmNights(rows: number): Promise<readonly Night[]> {
  const numbers = Array.from({ length: rows }, (_, index) => index + 1);
  const csv = (product: (n: number) => string) =>
    `account_id,product_name\n${numbers.map((n) => `account_${n},${product(n)}\n`).join("")}`;
  const first = csv(() => "Everyday");
  const second = csv((n) => (n % 20 === 0 ? "New" : "Everyday"));
  const seed = { accounts: numbers.map((n) => ({ id: `account_${n}` })) };
  const files = [first, second].map((text) => [rows, text] as const);
  const nights = await atSandbox({ name: "a calm night, 95 % unchanged", job: JOB, files, seed });
  return nights.slice(1);
}
