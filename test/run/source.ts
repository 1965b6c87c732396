/**
 * A job's source for tests: files that are put into the desk's folder at an hour of choice, starts of the job on it, and what
 * each came to in one word.
 */
import { mkdir, utimes, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { JobInput } from "../../src/job.ts";
import type { RunContext } from "../../src/run/context.ts";
import { type FileEnd, type StartOptions, startJob } from "../../src/run/start/start-job.ts";
import type { Sandbox } from "../../src/sandbox/start-sandbox.ts";
import type { Desk } from "../support/scenario.ts";

const DAY_MS = 24 * 3_600_000;
const FIRST_DAY = Date.UTC(2026, 10, 25, 6);

/** Written (anew) on that day. */
export async function put(desk: Desk, key: string, text: string, day: number): Promise<string> {
  const path = join(desk.folder, "in", key);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
  await touch(desk, key, day);
  return path;
}

export async function touch(desk: Desk, key: string, day: number): Promise<void> {
  const at = new Date(FIRST_DAY + day * DAY_MS);
  await utimes(join(desk.folder, "in", key), at, at);
}

export interface Start extends Partial<StartOptions> {
  readonly job?: Partial<JobInput>;
  readonly context?: Partial<RunContext>;
}

export async function start(desk: Desk, bank: Sandbox, { job, context, ...options }: Start = {}) {
  const all: StartOptions = { kind: "run", file: null, from: null, limit: null, again: null, ...options };
  return startJob({ ...desk.context(bank, job), ...context }, all);
}

/** As `a.csv 2 applied`, `a.csv already` or `a.csv file_empty`. */
export function told(ends: readonly FileEnd[]): string[] {
  return ends.map((end) => {
    if (end.kind === "left") return `${end.files} left`;
    if (end.kind === "to_catch_up") return `${end.keys.join(" ")} to catch up`;
    if (end.kind === "out_of_turn") return `${end.keys.join(" ")} waits for ${end.awaits}`;
    const { key } = end.run.file;
    if (end.kind === "rejected") return `${key} ${end.rejection.code}`;
    if (end.kind !== "reported") return `${key} ${end.kind}`;
    const words = Object.entries(end.summary.words).flatMap(([word, count]) => (count > 0 ? [`${count} ${word}`] : []));
    return [key, ...words].join(" ");
  });
}
