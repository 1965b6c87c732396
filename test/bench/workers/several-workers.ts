/**
 * Part 2, several workers: one job at a bank that takes 50 ms for each answer, by one, two and four processes with 16 calls in flight each.
 */
import { join } from "node:path";
import { writeRows } from "../accounts.ts";
import type { BankCounts, BenchBank } from "../bank.ts";
import { inFolder } from "../clients.ts";
import { atLeast, type Bar, count, decimal, type Part } from "../figures.ts";
import { median } from "../measure.ts";
import { openServer } from "./server.ts";
import { runTeam } from "./team.ts";
import type { WorkerSizes } from "./worker-sizes.ts";

const PROCESSES = [1, 2, 4] as const;
const CAP = 16;
const LATENCY_MS = 50;
const CALLS_PER_ROW = 2;
/** Of an even growth. */
const LEAST_SHARE = 0.9;

interface Shared {
  /** While calls are made: from the first to the last of each phase. */
  readonly callsPerSecond: number;
  readonly rowsPerSecond: number;
  /** Of a core, over the whole run. */
  readonly ofTieout: number;
  readonly ofServer: number;
}

export async function severalWorkers(bank: BenchBank, { repeats, sharedRows }: WorkerSizes): Promise<Part> {
  await using server = await openServer();
  const measured = new Map<number, Shared[]>(PROCESSES.map((processes) => [processes, []]));
  await inFolder(async (folder) => {
    const file = join(folder, "rows.csv");
    await writeRows(file, sharedRows, "changed");
    for (let round = 0; round < repeats; round++) {
      for (const processes of PROCESSES) {
        const shared = await server.withLedger(async (ledgerUrl, schema): Promise<Shared> => {
          await bank.reset(LATENCY_MS);
          const before = (await server.read()).cpuMs;
          const { run, workers } = await inFolder((own) =>
            runTeam(server, { file, folder: own, bankUrl: bank.url, cap: CAP, ledgerUrl, schema }, processes - 1),
          );
          const { counts } = await bank.tell();
          if (counts.writes !== sharedRows) throw new Error(`${sharedRows} rows made ${counts.writes} writes`);
          return {
            callsPerSecond: callsPerSecond(counts),
            rowsPerSecond: (sharedRows * 1000) / run.wallMs,
            ofTieout: [run, ...workers].reduce((sum, { cpuMs }) => sum + cpuMs, 0) / run.wallMs,
            ofServer: ((await server.read()).cpuMs - before) / run.wallMs,
          };
        });
        measured.get(processes)?.push(shared);
      }
    }
  });
  const medianOf = (processes: number, of: keyof Shared) =>
    median((measured.get(processes) ?? []).map((one) => one[of]));
  const beside = (processes: number) => medianOf(processes, "callsPerSecond") / medianOf(1, "callsPerSecond");
  return {
    title: "2. Several workers",
    text: `${count(sharedRows)} rows, one GET and one PATCH each, at a bank that takes ${LATENCY_MS} ms for an answer; ${CAP} calls in flight for each process. Calls a second are those of the time in which calls are made, as the bank counts them; rows a second those from the start of the run to its end, results included. The workers are there before. Cores are those that all processes of Tieout together, and the server, kept busy on average: the bank has a part of the machine too.`,
    columns: ["processes", "ideal calls/s", "calls/s", "÷ one process", "rows/s", "cores, Tieout", "cores, server"],
    rows: PROCESSES.map((processes) => [
      String(processes),
      count((processes * CAP * 1000) / LATENCY_MS),
      count(medianOf(processes, "callsPerSecond")),
      decimal(beside(processes), 2),
      count(medianOf(processes, "rowsPerSecond")),
      decimal(medianOf(processes, "ofTieout"), 2),
      decimal(medianOf(processes, "ofServer"), 2),
    ]),
    bars: PROCESSES.slice(1).map(
      (processes): Bar =>
        atLeast(`${processes} processes: calls/s ÷ those of one`, beside(processes), LEAST_SHARE * processes),
    ),
  };
}

function callsPerSecond({ reads, writes, readsAtMs, writesAtMs }: BankCounts): number {
  const spanMs = ([first, last]: readonly [number, number]) => last - first;
  return ((reads + writes) * 1000) / (spanMs(readsAtMs) + spanMs(writesAtMs) + CALLS_PER_ROW * LATENCY_MS);
}
