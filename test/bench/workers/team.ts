/**
 * A job that several processes work on: `tieout run` and some `tieout worker` beside it, which are there before it begins.
 */
import { setTimeout as delay } from "node:timers/promises";
import { environmentOf, JOB } from "../clients.ts";
import { type Measured, type MeasuredProcess, startMeasured } from "../measure.ts";
import type { BenchServer } from "./server.ts";

const MOST_TRIES = 300;

export interface TeamTask {
  readonly file: string;
  readonly folder: string;
  readonly bankUrl: string;
  readonly cap: number;
  readonly ledgerUrl: string;
  readonly schema: string;
}

export interface TeamMeasured {
  readonly run: Measured;
  readonly workers: readonly Measured[];
}

export function startWorker(task: TeamTask): MeasuredProcess {
  return startMeasured({ name: "tieout", args: ["worker", JOB], env: envOf(task), folder: task.folder });
}

export function startRun(task: TeamTask): MeasuredProcess {
  return startMeasured({
    name: "tieout",
    args: ["run", JOB, "--file", task.file],
    env: envOf(task),
    folder: task.folder,
  });
}

/** One run and so many workers, until the run has ended. */
export async function runTeam(server: BenchServer, task: TeamTask, workers: number): Promise<TeamMeasured> {
  const beside = Array.from({ length: workers }, () => startWorker(task));
  try {
    await untilThere(server, task, workers);
    const run = await startRun(task).measured;
    for (const { child } of beside) child.kill("SIGTERM");
    return { run, workers: await Promise.all(beside.map(({ measured }) => measured)) };
  } finally {
    for (const { child } of beside) child.kill("SIGKILL");
  }
}

/** Resolves once so many processes have opened the queue. */
async function untilThere(server: BenchServer, { schema }: TeamTask, workers: number): Promise<void> {
  const count = `SELECT count(*)::integer AS n FROM ${schema}_queue.instance`;
  for (let tries = 0; workers > 0; tries++) {
    // Its tables come with the first of them.
    const [{ n } = { n: 0 }] = await server.rows<{ n: number }>(count).catch(() => []);
    if (n >= workers) return;
    if (tries > MOST_TRIES) throw new Error(`${n} of ${workers} workers have come`);
    await delay(100);
  }
}

function envOf({ folder, bankUrl, cap, ledgerUrl }: TeamTask): Record<string, string> {
  return { ...environmentOf(folder, { bankUrl, cap }), TIEOUT_LEDGER: ledgerUrl };
}
