/**
 * The programs that do the whole job on a file, each in a folder of its own which is removed: Tieout, and the script that
 * one would write instead.
 */
import { mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Measured, measure } from "./measure.ts";

export const JOB = fileURLToPath(new URL("job.ts", import.meta.url));

export interface Task {
  readonly file: string;
  readonly bankUrl: string;
  readonly cap: number;
}

export interface TieoutOptions {
  /** `run` when not given. */
  readonly command?: "run" | "plan" | "validate";
  readonly hooks?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** For Node. */
  readonly flags?: readonly string[];
}

export interface TieoutMeasured extends Measured {
  /** Log and index file together, as the run leaves them. */
  readonly ledgerBytes: number;
}

export async function inFolder<Result>(act: (folder: string) => Promise<Result>): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), "tieout-bench-"));
  try {
    return await act(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

export function environmentOf(folder: string, { bankUrl, cap }: Pick<Task, "bankUrl" | "cap">): Record<string, string> {
  return {
    LEAD_API_URL: bankUrl,
    LEAD_CLIENT_ID: "bench",
    LEAD_CLIENT_SECRET: "bench",
    TIEOUT_LEDGER: join(folder, "ledger.sqlite"),
    TIEOUT_BENCH_CAP: String(cap),
  };
}

/** The real command, on a new ledger. */
export function runTieout(
  task: Task,
  { command = "run", hooks = [], env = {}, flags = [] }: TieoutOptions = {},
): Promise<TieoutMeasured> {
  return inFolder(async (folder) => {
    const args = [command, JOB, "--file", task.file];
    const whole = { ...environmentOf(folder, task), ...env };
    const measured = await measure({ name: "tieout", args, env: whole, folder, hooks, flags });
    return { ...measured, ledgerBytes: await sizeOf(folder, "ledger.sqlite") };
  });
}

async function sizeOf(folder: string, beginning: string): Promise<number> {
  const names = (await readdir(folder)).filter((name) => name.startsWith(beginning));
  const sizes = await Promise.all(names.map(async (name) => (await stat(join(folder, name))).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}

export function runNaive({ file, bankUrl, cap }: Task): Promise<Measured> {
  return inFolder((folder) => {
    const args = [file, join(folder, "results.csv"), String(cap)];
    return measure({ name: "naive-script.ts", args, env: { LEAD_API_URL: bankUrl }, folder });
  });
}

/** Calls answered per second by HTTP alone. */
export async function runCannon(bankUrl: string, cap: number, seconds: number, only = ""): Promise<number> {
  return inFolder(async (folder) => {
    const args = [String(cap), String(seconds), only];
    return Number((await measure({ name: "cannon.ts", args, env: { LEAD_API_URL: bankUrl }, folder })).out);
  });
}

/** Calls answered per second by Tieout's client of the bank, without a job around it. */
export async function runClientAlone(bankUrl: string, cap: number, seconds: number): Promise<number> {
  return inFolder(async (folder) => {
    const args = [String(cap), String(seconds)];
    return Number(
      (await measure({ name: "client-alone.ts", args, env: { LEAD_API_URL: bankUrl }, folder, asTieout: true })).out,
    );
  });
}

export function runWithoutLedger({ file, bankUrl, cap }: Task): Promise<Measured> {
  return inFolder((folder) => {
    const args = [file, folder, String(cap)];
    return measure({ name: "without-ledger.ts", args, env: { LEAD_API_URL: bankUrl }, folder, asTieout: true });
  });
}
