/**
 * Part 5, takeover: how long the rows of a worker that is killed wait until another process works on them.
 */
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { writeRows } from "../accounts.ts";
import type { BenchBank } from "../bank.ts";
import { inFolder } from "../clients.ts";
import { atMost, decimal, type Part } from "../figures.ts";
import { median } from "../measure.ts";
import { type BenchServer, openServer } from "./server.ts";
import { startRun, startWorker, type TeamTask } from "./team.ts";
import type { WorkerSizes } from "./worker-sizes.ts";

const CAP = 16;
const LATENCY_MS = 400;
/** More than are read and written while workers are killed. */
const ROWS_A_KILL = 700;
const LOOK_MS = 50;
const MOST_LOOKS = 2_000;
const MOST_S = 15;

export async function takeover(bank: BenchBank, { kills }: WorkerSizes): Promise<Part> {
  await using server = await openServer();
  const seconds = await inFolder(async (folder) => {
    const file = join(folder, "rows.csv");
    await writeRows(file, kills * ROWS_A_KILL, "changed");
    await bank.reset(LATENCY_MS);
    return server.withLedger(async (ledgerUrl, schema) => {
      const task = { file, folder, bankUrl: bank.url, cap: CAP, ledgerUrl, schema };
      const { child, measured } = startRun(task);
      try {
        const took: number[] = [];
        for (let nth = 0; nth < kills; nth++) took.push(await killOne(server, task));
        // What is left, quickly.
        await bank.reset();
        await measured;
        return took;
      } finally {
        child.kill("SIGKILL");
        await measured.catch(() => {});
      }
    });
  });
  const slowest = Math.max(...seconds);
  return {
    title: "5. Takeover",
    text: `A worker that works beside a run is killed (kill -9) with chunks in hand, ${kills} times, a new worker each time; until the last of its chunks is another's. The 95th percentile of so few is the slowest.`,
    columns: ["kills", "median", "slowest"],
    rows: [[String(kills), `${decimal(median(seconds))} s`, `${decimal(slowest)} s`]],
    bars: [atMost("a killed worker's rows go on", slowest, MOST_S, "s")],
  };
}

/** The seconds that its chunks waited. */
async function killOne(server: BenchServer, task: TeamTask): Promise<number> {
  const { child } = startWorker(task);
  const held = () =>
    server.rows<{ no: number }>(`SELECT no FROM ${task.schema}.chunks
    WHERE ended_at IS NULL AND holder LIKE '% pid ${child.pid} %'`);
  try {
    await until(async () => (await held()).length > 0, "no chunk has gone to the worker");
    child.kill("SIGKILL");
    const killedMs = performance.now();
    await until(async () => (await held()).length === 0, "its chunks stay with a dead worker");
    return (performance.now() - killedMs) / 1000;
  } finally {
    child.kill("SIGKILL");
  }
}

async function until(isSo: () => Promise<boolean>, otherwise: string): Promise<void> {
  for (let looks = 0; looks < MOST_LOOKS; looks++) {
    if (await isSo()) return;
    await delay(LOOK_MS);
  }
  throw new Error(otherwise);
}
