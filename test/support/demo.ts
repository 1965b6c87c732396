/**
 * The demo: a bank and a bucket on loopback take the place of the real ones, and the real command runs the samples on
 * them, twice. Tells what it does and ends by itself; leaves nothing behind. Exits 1 when the second run is not idle.
 */
import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { parse } from "csv-parse/sync";
import { type S3Server, startS3Server } from "../../src/sandbox/bucket/start-s3-server.ts";
import { type Sandbox, startSandbox } from "../../src/sandbox/start-sandbox.ts";
import { parseSeed } from "../../src/sandbox/state/parse-seed.ts";

type Row = Readonly<Record<string, string>>;

interface Stage {
  readonly bank: Sandbox;
  readonly s3: S3Server;
  readonly folder: string;
}

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const BUCKET = "account-files";
const LINES_SHOWN = 12;
/** What a run may end with here: some rows are to be repaired (3) or held (4), and that is the point of the samples. */
const EXPECTED_EXITS: readonly (number | null)[] = [0, 3, 4];

const FILES = [
  {
    job: "nightly-sync",
    sample: "bank-layout.csv",
    key: "outgoing/2026-11-23-01-batch-1_account_V1.csv",
    what: "The core's nightly file, in the bank's own layout. It closes 22 accounts at once, and the job allows 20.",
  },
  {
    job: "samples/job.ts",
    sample: "accounts.csv",
    key: "outgoing/accounts.csv",
    what: "A file with Tieout's own column names, and every kind of change. Its job also takes entities off accounts.",
  },
] as const;

async function main(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "tieout-demo-"));
  try {
    const seed = parseSeed(await readSample("seed.json"), "seed.json");
    await using bank = await startSandbox({ seed });
    await using s3 = await startS3Server({ buckets: [BUCKET] });
    for (const { key, sample } of FILES) s3.put(BUCKET, key, await readSample(sample));
    say(`A stand-in for the bank, with ${bank.accounts.size} accounts, listens on ${bank.url}.`);
    say(`A stand-in for S3 listens on ${s3.url}; bucket ${BUCKET} has ${FILES.length} files.`);

    const stage = { bank, s3, folder };
    const first: Row[][] = [];
    for (const { job, key, what } of FILES) {
      heading(what);
      first.push(await runFile(stage, job, key, []));
    }
    heading("The same files again. What was applied is unchanged now, and the bank gets no write.");
    const writes = bank.writes.length;
    for (const [index, { job, key }] of FILES.entries()) {
      const again = await runFile(stage, job, key, ["--again", "--reason", "demo"]);
      checkAgain(first[index] ?? [], again);
    }
    const received = bank.writes.length - writes;
    heading(`Writes the bank received: ${writes} in the first runs, ${received} in the second.`);
    if (received > 0) throw new Error("the second runs should have written nothing");
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Runs the command on one file of the bucket, shows what it says and the first results, and gives all of them. */
async function runFile(stage: Stage, job: string, key: string, flags: readonly string[]): Promise<Row[]> {
  const { s3 } = stage;
  const before = new Set(s3.objects(BUCKET).keys());
  const writes = stage.bank.writes.length;
  const args = ["run", job, "--file", `s3://${BUCKET}/${key}`, ...flags];
  say(`\n$ tieout ${args.join(" ")}\n`);
  const { code, output, errors } = await tieout(stage, args);
  if (!EXPECTED_EXITS.includes(code)) throw new Error(`tieout ended with ${code}\n${output}${errors}`);
  say(output.trimEnd());
  say(`exit code ${code}; the bank received ${stage.bank.writes.length - writes} writes`);
  const [, results] =
    [...s3.objects(BUCKET)].find(([name]) => name.endsWith("/results.csv") && !before.has(name)) ?? [];
  if (results === undefined) throw new Error("the run has left no results.csv in the bucket");
  const rows = parse(Buffer.from(results.bytes), { columns: true }) as Row[];
  if (flags.length === 0) showRows(rows);
  return rows;
}

/** The command as a user starts it, with an environment of its own: nothing of the user's AWS settings gets in. */
async function tieout({ bank, s3, folder }: Stage, args: readonly string[]) {
  const child = spawn(process.execPath, [join(ROOT, "bin", "tieout.js"), ...args], {
    cwd: ROOT,
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      PATH: process.env.PATH,
      HOME: folder,
      ...s3.env,
      LEAD_API_URL: bank.url,
      LEAD_CLIENT_ID: bank.clientId,
      LEAD_CLIENT_SECRET: bank.clientSecret,
      TIEOUT_BUCKET: BUCKET,
      TIEOUT_LEDGER: join(folder, "ledger.sqlite"),
    },
  });
  const ended = new Promise<number | null>((resolve, reject) => child.once("error", reject).once("close", resolve));
  const [code, output, errors] = await Promise.all([ended, text(child.stdout), text(child.stderr)]);
  return { code, output, errors };
}

function checkAgain(first: readonly Row[], again: readonly Row[]): void {
  const changed = first.filter(({ result }, index) => {
    return again[index]?.result !== (result === "applied" ? "unchanged" : result);
  });
  const applied = first.filter(({ result }) => result === "applied").length;
  if (changed.length > 0) throw new Error(`rows ${changed.map((row) => row.result_row).join(", ")} changed their word`);
  say(`all ${applied} rows that were applied are unchanged now; the other ${first.length - applied} keep their word`);
}

function showRows(rows: readonly Row[]): void {
  say(`\nthe first ${LINES_SHOWN} of ${rows.length} lines of results.csv, some columns:\n`);
  const lines = rows
    .slice(0, LINES_SHOWN)
    .map((row) => [
      row.result_row ?? "",
      row.account_id || row.client_account_id || "",
      row.result ?? "",
      row.result_operations ?? "",
      row.result_code ?? "",
    ]);
  const table = [["row", "account", "result", "operations", "code"], ...lines];
  const widths = table[0]?.map((_, column) => Math.max(...table.map((line) => line[column]?.length ?? 0))) ?? [];
  for (const line of table)
    say(`  ${line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ")}`.trimEnd());
}

function readSample(name: string): Promise<string> {
  return readFile(join(ROOT, "samples", name), "utf8");
}

function heading(line: string): void {
  say(`\n== ${line}`);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

await main().catch((error: unknown) => {
  process.stderr.write(`the demo failed: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
