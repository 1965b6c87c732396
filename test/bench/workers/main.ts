/**
 * The bench of several processes on one ledger in PostgreSQL: `npm run bench:workers` measures everything, `-- --quick` the same at small
 * sizes in two minutes; see runBench.
 */
import type { BenchBank } from "../bank.ts";
import type { Part } from "../figures.ts";
import { paceOfWorkers } from "../pace-of-workers.ts";
import { runBench } from "../run-bench.ts";
import { memory } from "./memory.ts";
import { oneProcess } from "./one-process.ts";
import { openServer } from "./server.ts";
import { severalWorkers } from "./several-workers.ts";
import { takeover } from "./takeover.ts";
import { FULL, QUICK, type WorkerSizes } from "./worker-sizes.ts";

const sized =
  (measure: (bank: BenchBank, sizes: WorkerSizes) => Promise<Part>) => (bank: BenchBank, isQuick: boolean) =>
    measure(bank, isQuick ? QUICK : FULL);

async function pace(_: BenchBank, { seconds }: WorkerSizes): Promise<Part> {
  await using server = await openServer();
  return await paceOfWorkers(server, seconds);
}

await runBench({
  command: "npm run bench:workers",
  parts: {
    1: sized(oneProcess),
    2: sized(severalWorkers),
    3: sized(pace),
    4: sized(memory),
    5: sized(takeover),
  },
});
