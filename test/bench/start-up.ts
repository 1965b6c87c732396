/**
 * Part 6, start-up: what the command takes where there is next to nothing to do, as it is installed and from a clone's
 * source, beside what Node takes for nothing.
 */
import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { packPackage, unpackPackage } from "../support/package.ts";
import { ONE_ROW } from "./accounts.ts";
import type { BenchBank } from "./bank.ts";
import { environmentOf, inFolder, JOB } from "./clients.ts";
import { atMost, decimal, type Part } from "./figures.ts";
import { measure, median } from "./measure.ts";
import type { Sizes } from "./sizes.ts";
import { CAP } from "./whole-job.ts";

const run = promisify(execFile);
const TIEOUT = fileURLToPath(new URL("../../bin/tieout.js", import.meta.url));
/** Prints seconds: real, user, system. From outside, since whatever measured within the process would be measured too. */
const TIME = 'TIMEFORMAT="%R %U %S"; time "$@" >/dev/null 2>&1';

interface Start {
  readonly wallMs: number;
  readonly cpuMs: number;
}

/** Where the programs start. */
interface Place {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

export async function startUp(bank: BenchBank, { starts }: Sizes): Promise<Part> {
  return inFolder(async (folder) => {
    const env = environmentOf(folder, { bankUrl: bank.url, cap: CAP });
    const file = join(folder, "rows.csv");
    await writeFile(file, ONE_ROW);
    const home = join(folder, "home");
    const installed = await unpackPackage(await packPackage(folder), home);
    const job = await writeJob(home);
    await bank.reset();
    await measure({ name: "tieout", args: ["run", JOB, "--file", file], env, folder });
    const started = await takeTurns(
      {
        "node -e 0": [process.execPath, "-e", "0"],
        "tieout --version": [installed, "--version"],
        "tieout validate, one row": [installed, "validate", job, "--file", file],
        "tieout runs, one run": [installed, "runs"],
        "tieout validate, one row, from source": [TIEOUT, "validate", JOB, "--file", file],
        "tieout runs, one run, from source": [TIEOUT, "runs"],
      },
      starts,
      { env, cwd: home },
    );
    const { "node -e 0": plain, "tieout --version": version, "tieout validate, one row": validate } = started;
    return {
      title: "6. Start-up",
      text: `Process start to process end, in turns, the median of ${starts}. The command is the packed one as it is installed, and where the line says so that of a clone, which runs its source.`,
      columns: ["", "ms", "CPU ms", "CPU ÷ that of node -e 0"],
      rows: Object.entries(started).map(([name, { wallMs, cpuMs }]) => [
        name,
        decimal(wallMs),
        decimal(cpuMs),
        decimal(cpuMs / plain.cpuMs),
      ]),
      bars: [
        atMost("start: tieout validate of one row, installed ÷ node -e 0, CPU", validate.cpuMs / plain.cpuMs, 5),
        atMost("start: tieout --version ÷ node -e 0", version.wallMs / plain.wallMs, 1.5),
      ],
    };
  });
}

/** The bench's job as a user of the package writes it. Resolves with its path. */
async function writeJob(home: string): Promise<string> {
  const path = join(home, "bench.ts");
  await writeFile(join(home, "package.json"), JSON.stringify({ private: true, type: "module" }));
  await writeFile(path, (await readFile(JOB, "utf8")).replace("../../src/job.ts", "tieout"));
  return path;
}

/** Resolves with the medians. */
async function takeTurns<Name extends string>(
  programs: Readonly<Record<Name, readonly string[]>>,
  starts: number,
  place: Place,
): Promise<Readonly<Record<Name, Start>>> {
  const entries = Object.entries<readonly string[]>(programs).map(([name, command]) => ({
    name,
    command,
    taken: [] as Start[],
  }));
  for (let n = 0; n < starts; n++) {
    for (const { command, taken } of entries) taken.push(await timeOf(command, place));
  }
  const medians = entries.map(({ name, taken }) => {
    const wallMs = median(taken.map((start) => start.wallMs));
    return [name, { wallMs, cpuMs: median(taken.map((start) => start.cpuMs)) }];
  });
  return Object.fromEntries(medians) as Record<Name, Start>;
}

async function timeOf(command: readonly string[], { cwd, env }: Place): Promise<Start> {
  const whole = { PATH: process.env.PATH ?? "", LC_ALL: "C", ...env };
  const { stderr } = await run("bash", ["--norc", "-c", TIME, "bash", ...command], { cwd, env: whole });
  const [wall = Number.NaN, user = Number.NaN, system = Number.NaN] = stderr.trim().split(" ").map(Number);
  if (Number.isNaN(wall + user + system)) throw new Error(`bash timed nothing: ${stderr}`);
  return { wallMs: wall * 1000, cpuMs: (user + system) * 1000 };
}
