/**
 * The stages of a run one by one, in a process of its own: the real job on a real ledger, without HTTP; before it reading
 * and csv-parse, each alone and several times in turns, and csv-stringify, and after it fdatasync. Prints for each the
 * milliseconds that passed and those of CPU, of several turns the middle one, and for the run its commits.
 *
 * Takes the file, its rows, and a folder.
 */
import { createReadStream, fdatasyncSync, openSync, readFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { finished } from "node:stream/promises";
import { parse } from "csv-parse";
import { parse as parseAtOnce } from "csv-parse/sync";
import { stringify } from "csv-stringify/sync";
import type { Ledger } from "../../src/ledger/ledger.ts";
import { openSqliteLedger } from "../../src/ledger/sqlite/open-ledger.ts";
import { csvOptions } from "../../src/read/csv/record-splitter.ts";
import { readCsv } from "../../src/read/read-csv.ts";
import { countStatements } from "./count-statements.ts";
import { runInProcess } from "./in-process.ts";
import job from "./job.ts";
import { median } from "./measure.ts";

/** What a stage took. */
export interface Took {
  readonly wallMs: number;
  readonly cpuMs: number;
}

export interface StagesTold {
  readonly took: Readonly<Record<string, Took>>;
  readonly commits: number;
}

const [file = "", folder = ""] = process.argv.slice(2);
const PAGE = 500;
/** What one commit writes, more or less. */
const SYNCED_BYTES = 64 * 1024;

/** Of reading beside csv-parse. */
const TURNS = 5;

const took: Record<string, Took[]> = {};
let sinceMs = 0;
let sinceCpu = process.cpuUsage();

/** What has passed since the last mark was spent on `name`. */
function mark(name: string | null): void {
  const { user, system } = process.cpuUsage(sinceCpu);
  const figures = { wallMs: performance.now() - sinceMs, cpuMs: (user + system) / 1000 };
  if (name !== null) took[name] = [...(took[name] ?? []), figures];
  sinceMs = performance.now();
  sinceCpu = process.cpuUsage();
}

async function alone(name: string, act: () => unknown): Promise<void> {
  mark(null);
  await act();
  mark(name);
}

/** The same ledger, which marks the end of each stage. */
function marking(ledger: Ledger): Ledger {
  const { runs } = ledger;
  return {
    ...ledger,
    fencedBy: (lease) => marking(ledger.fencedBy(lease)),
    runs: {
      ...runs,
      async record(run, progress) {
        if (progress.stage !== undefined) mark(STAGE_BEFORE[progress.stage] ?? null);
        await runs.record(run, progress);
      },
      async recordPublication(run, published) {
        mark("report");
        await runs.recordPublication(run, published);
      },
    },
  };
}

const STAGE_BEFORE: Readonly<Record<string, string>> = { plan: "read", guard: "plan", apply: "guard", report: "apply" };

async function runStages(): Promise<void> {
  await using ledger = await openSqliteLedger(join(folder, "ledger.sqlite"));
  mark(null);
  await runInProcess({ kind: "run", file, folder, ledger: marking(ledger) });
}

async function readAlone(): Promise<void> {
  for await (const event of readCsv(createReadStream(file), job, PAGE)) {
    if (event.kind === "rejected") throw new Error(event.rejection.message);
  }
}

async function parseAlone(): Promise<void> {
  const parser = createReadStream(file).pipe(parse(csvOptions(",", undefined)));
  parser.on("readable", () => {
    while (parser.read() !== null);
  });
  await finished(parser);
}

async function stringifyAlone(): Promise<void> {
  const rows = parseAtOnce(readFileSync(file)) as string[][];
  await alone("csv-stringify", () => {
    for (let at = 0; at < rows.length; at += PAGE) stringify(rows.slice(at, at + PAGE));
  });
}

function syncAlone(times: number): void {
  const descriptor = openSync(join(folder, "synced"), "w");
  const bytes = Buffer.alloc(SYNCED_BYTES, "x");
  for (let n = 0; n < times; n++) {
    writeSync(descriptor, bytes);
    fdatasyncSync(descriptor);
  }
}

for (let turn = 0; turn < TURNS; turn++) {
  await alone("csv-parse", parseAlone);
  await alone("read alone", readAlone);
}
await stringifyAlone();
await runStages();
const { commits } = countStatements();
await alone("fdatasync", () => syncAlone(commits));
const middle = Object.entries(took).map(([name, all]) => [name, middleOf(all)]);
process.stdout.write(JSON.stringify({ took: Object.fromEntries(middle), commits } satisfies StagesTold));

function middleOf(all: readonly Took[]): Took {
  return { wallMs: median(all.map(({ wallMs }) => wallMs)), cpuMs: median(all.map(({ cpuMs }) => cpuMs)) };
}
