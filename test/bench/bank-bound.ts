/**
 * Part 2, the bank is the limit: it takes 20 or 100 ms for each answer, and the job may have 16, 64 or 256 calls in flight.
 * What is achieved is held against the ideal, cap ÷ latency, and against what autocannon reaches.
 */
import { join } from "node:path";
import { writeRows } from "./accounts.ts";
import type { BankCounts, BenchBank } from "./bank.ts";
import { inFolder, runCannon, runTieout } from "./clients.ts";
import { atLeast, type Bar, count, decimal, type Part } from "./figures.ts";
import { median } from "./measure.ts";
import type { Sizes } from "./sizes.ts";

/** Milliseconds, calls in flight, and the least share of autocannon's calls/s. */
const BOUNDS = [
  [20, 16, 0.97],
  [20, 64, 0.93],
  [20, 256, 0.65],
  [100, 16, 0.97],
  [100, 64, 0.97],
  [100, 256, 0.97],
] as const;

const MOST_ROUNDS = 3;

interface Bound {
  readonly latencyMs: number;
  readonly cap: number;
  /** Calls per second. */
  readonly ideal: number;
}

export async function bankBound(bank: BenchBank, sizes: Sizes): Promise<Part> {
  const rows: string[][] = [];
  const bars: Bar[] = [];
  for (const [latencyMs, cap, least] of BOUNDS) {
    const ideal = (cap * 1000) / latencyMs;
    const { achieved, cannon } = await takeTurns(bank, { latencyMs, cap, ideal }, sizes);
    const shares = [achieved / ideal, cannon / ideal, achieved / cannon].map((share) => decimal(share, 2));
    const bound = `${latencyMs} ms, ${cap} in flight`;
    rows.push([bound, count(ideal), count(achieved), count(cannon), ...shares]);
    bars.push(atLeast(`bank-bound, ${bound}: calls/s ÷ those of autocannon`, achieved / cannon, least));
  }
  return {
    title: "2. The bank is the limit",
    text: "Calls per second from the first call to the last, as the bank counts them: while the job reads and while it writes, and while autocannon does both in turns; medians, the two in turns. Ideal is cap ÷ latency.",
    columns: ["", "ideal", "Tieout", "autocannon", "Tieout ÷ ideal", "autocannon ÷ ideal", "Tieout ÷ autocannon"],
    rows,
    bars,
  };
}

/** The medians. */
async function takeTurns(bank: BenchBank, bound: Bound, sizes: Sizes): Promise<{ achieved: number; cannon: number }> {
  const achieved: number[] = [];
  const cannon: number[] = [];
  for (let round = 0; round < Math.min(sizes.repeats, MOST_ROUNDS); round++) {
    achieved.push(await achieve(bank, bound, sizes));
    await bank.reset(bound.latencyMs);
    await runCannon(bank.url, bound.cap, sizes.seconds);
    cannon.push(whileMixed((await bank.tell()).counts, bound.cap));
  }
  return { achieved: median(achieved), cannon: median(cannon) };
}

async function achieve(bank: BenchBank, { latencyMs, cap, ideal }: Bound, sizes: Sizes): Promise<number> {
  return inFolder(async (folder) => {
    const file = join(folder, "rows.csv");
    await writeRows(file, Math.round(Math.max(4 * cap, Math.min(ideal * sizes.seconds, sizes.boundRows))), "changed");
    await bank.reset(latencyMs);
    await runTieout({ file, bankUrl: bank.url, cap });
    return callsPerSecond((await bank.tell()).counts, cap);
  });
}

/**
 * The job reads first and writes then. The first calls of a phase come at once, as many as the cap; the others each take the
 * place of one that was answered.
 */
function callsPerSecond({ reads, writes, readsAtMs, writesAtMs }: BankCounts, cap: number): number {
  const spanMs = ([first, last]: readonly [number, number]) => last - first;
  return ((reads + writes - 2 * cap) * 1000) / (spanMs(readsAtMs) + spanMs(writesAtMs));
}

/** The same for reads and writes that come in turns. */
function whileMixed({ reads, writes, readsAtMs, writesAtMs }: BankCounts, cap: number): number {
  const spanMs = Math.max(readsAtMs[1], writesAtMs[1]) - Math.min(readsAtMs[0], writesAtMs[0]);
  return ((reads + writes - cap) * 1000) / spanMs;
}
