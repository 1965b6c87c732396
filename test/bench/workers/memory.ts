/**
 * Part 4, memory: the most that the process which runs a job and the workers beside it ever have, over a large file.
 */
import { join } from "node:path";
import { writeRows } from "../accounts.ts";
import type { BenchBank } from "../bank.ts";
import { inFolder } from "../clients.ts";
import { atMost, count, megabytes, type Part } from "../figures.ts";
import { openServer } from "./server.ts";
import { runTeam } from "./team.ts";
import type { WorkerSizes } from "./worker-sizes.ts";

const CAP = 32;
const WORKERS = 1;
const MOST_MB = 300;

export async function memory(bank: BenchBank, { memoryRows }: WorkerSizes): Promise<Part> {
  await using server = await openServer();
  const { run, workers } = await inFolder(async (folder) => {
    const file = join(folder, "rows.csv");
    await writeRows(file, memoryRows, "changed");
    await bank.reset();
    return server.withLedger((ledgerUrl, schema) =>
      runTeam(server, { file, folder, bankUrl: bank.url, cap: CAP, ledgerUrl, schema }, WORKERS),
    );
  });
  const peak = Math.max(...workers.map(({ peakBytes }) => peakBytes));
  const rows = `${count(memoryRows)} rows`;
  return {
    title: "4. Memory",
    text: `One run and ${WORKERS} worker beside it over ${rows}, one change each, ${CAP} calls in flight for each of them; ${count((memoryRows * 1000) / run.wallMs)} rows a second.`,
    columns: ["process", "peak memory"],
    rows: [
      ["the run's own", megabytes(run.peakBytes)],
      ["the worker's", megabytes(peak)],
    ],
    bars: [
      atMost(`memory of the run's process, ${rows}`, run.peakBytes / 1e6, MOST_MB, "MB"),
      atMost(`memory of a worker, ${rows}`, peak / 1e6, MOST_MB, "MB"),
    ],
  };
}
