/**
 * Measures a program in a process of its own: wall-clock time, CPU time and peak memory of exactly that process. And the
 * median of several runs, since one run says little.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";

export interface Usage {
  readonly wallMs: number;
  readonly cpuMs: number;
  readonly peakBytes: number;
}

export interface Measured extends Usage {
  readonly out: string;
  readonly startedAtMs: number;
}

export interface Program {
  /** A file beside this one, or `tieout`, with its arguments. */
  readonly name: string;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** For what it leaves behind. */
  readonly folder: string;
  /** Whether it runs with what the command's first line gives Node; the command itself always does. */
  readonly asTieout?: boolean;
  /** Files beside this one that are loaded first. */
  readonly hooks?: readonly string[];
  readonly exit?: number;
  /** Further ones for Node. */
  readonly flags?: readonly string[];
}

const beside = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const TIEOUT = beside("../../bin/tieout.js");
const COMMAND = readFileSync(TIEOUT, "utf8");
/** The first line of bin/tieout.js: what it sets in the environment, and the flags that it gives Node. */
const FIRST_WORDS = (COMMAND.split("\n")[0] ?? "").split(" ");
const TIEOUT_ENV = Object.fromEntries(
  FIRST_WORDS.filter((word) => /^\w+=/.test(word)).map((setting) => setting.split("=")),
) as Readonly<Record<string, string>>;
const FIRST_FLAGS = FIRST_WORDS.filter((word) => word.startsWith("--"));
/** Those that the command sets by itself once it runs; other programs are given them. */
const OWN_FLAGS = [...COMMAND.matchAll(/setFlagsFromString\("([^"]+)"\)/g)].map(([, flag = ""]) => flag);

export interface MeasuredProcess {
  readonly child: ChildProcess;
  /** Rejects when the program ends otherwise than with `exit` (0). */
  readonly measured: Promise<Measured>;
}

export function measure(program: Program): Promise<Measured> {
  return startMeasured(program).measured;
}

export function startMeasured(program: Program): MeasuredProcess {
  const { name, args = [], env = {}, folder, hooks = [], exit = 0, flags = [], asTieout = name === "tieout" } = program;
  const usageFile = join(folder, `usage-${randomUUID()}.json`);
  const file = name === "tieout" ? TIEOUT : beside(name);
  const imports = ["usage.ts", ...hooks].flatMap((hook) => ["--import", beside(hook)]);
  const extra = (process.env.TIEOUT_BENCH_NODE ?? "").split(" ").filter((flag) => flag !== "");
  const own = name === "tieout" ? [] : OWN_FLAGS;
  const given = [...(asTieout ? [...FIRST_FLAGS, ...own] : []), ...extra, ...flags, ...imports];
  const startedMs = performance.now();
  const startedAtMs = Date.now();
  const child = spawn(process.execPath, [...given, file, ...args], {
    cwd: folder,
    env: { PATH: process.env.PATH ?? "", ...(asTieout && TIEOUT_ENV), ...env, TIEOUT_BENCH_USAGE: usageFile },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const end = async (): Promise<Measured> => {
    const [out, error, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]);
    const wallMs = performance.now() - startedMs;
    if (code !== exit)
      throw new Error(`${name} ended with ${code}, not ${exit}: ${error.slice(-2000)}${out.slice(-500)}`);
    const usage = JSON.parse(await readFile(usageFile, "utf8")) as Omit<Usage, "wallMs">;
    return { ...usage, wallMs, out, startedAtMs };
  };
  const measured = end();
  // Whoever has started it may look later, or not at all.
  measured.catch(() => {});
  return { child, measured };
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2;
}

/** The median of each figure; runs of several programs are best made in turns, so that all meet the same machine. */
export function medianUsage(runs: readonly Usage[]): Usage {
  return {
    wallMs: median(runs.map(({ wallMs }) => wallMs)),
    cpuMs: median(runs.map(({ cpuMs }) => cpuMs)),
    peakBytes: median(runs.map(({ peakBytes }) => peakBytes)),
  };
}
