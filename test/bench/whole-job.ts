/**
 * Part 1, the whole job: each row one GET and one PATCH, at a bank that answers at once, beside the script that one would
 * write instead and beside HTTP alone; and what ledger and durability cost.
 */
import { join } from "node:path";
import { writeRows } from "./accounts.ts";
import type { BenchBank } from "./bank.ts";
import { inFolder, runCannon, runClientAlone, runNaive, runTieout, runWithoutLedger, type Task } from "./clients.ts";
import { atLeast, atMost, count, megabytes, type Part } from "./figures.ts";
import { median, medianUsage, type Usage } from "./measure.ts";
import type { Sizes } from "./sizes.ts";

export const CAP = 64;
const CALLS_PER_ROW = 2;

interface Rounds {
  readonly tieout: Usage[];
  readonly normal: Usage[];
  readonly rechecked: Usage[];
  readonly withoutLedger: Usage[];
  readonly naive: Usage[];
  readonly cannon: number[];
  readonly client: number[];
}

export async function wholeJob(bank: BenchBank, sizes: Sizes): Promise<Part> {
  return inFolder(async (folder) => {
    const task = { file: join(folder, "rows.csv"), bankUrl: bank.url, cap: CAP };
    await writeRows(task.file, sizes.rows, "changed");
    const rounds: Rounds = {
      tieout: [],
      normal: [],
      rechecked: [],
      withoutLedger: [],
      naive: [],
      cannon: [],
      client: [],
    };
    // So that the bank itself is quick by then: else the first program would meet a slower one.
    await runCannon(bank.url, CAP, sizes.seconds);
    for (let round = 0; round < sizes.repeats; round++) await goRound(round, bank, task, sizes, rounds);
    const many = { ...task, file: join(folder, "many.csv") };
    await writeRows(many.file, sizes.manyRows, "changed");
    await bank.reset();
    const tieoutOfMany = await runTieout(many);
    await bank.reset();
    const naiveOfMany = await runNaive(many);
    return drawPart(sizes, rounds, tieoutOfMany, naiveOfMany);
  });
}

/** In turns, and each round begins with another one, so that all of them meet the same machine. */
async function goRound(
  round: number,
  bank: BenchBank,
  task: Task,
  { rows, seconds }: Sizes,
  rounds: Rounds,
): Promise<void> {
  const mustHaveRead = async (times: number) => {
    const { reads, writes } = (await bank.tell()).counts;
    if (reads !== times * rows || writes !== rows) {
      throw new Error(`${rows} rows made ${reads} reads and ${writes} writes`);
    }
  };
  const programs: readonly (() => Promise<void>)[] = [
    async () => {
      rounds.tieout.push(await runTieout(task));
      await mustHaveRead(1);
    },
    async () => {
      rounds.rechecked.push(await runTieout(task, { env: { TIEOUT_BENCH_RECHECK_MS: "1" } }));
      await mustHaveRead(2);
    },
    async () => void rounds.naive.push(await runNaive(task)),
    async () => void rounds.normal.push(await runTieout(task, { hooks: ["synchronous-normal.ts"] })),
    async () => void rounds.withoutLedger.push(await runWithoutLedger(task)),
    async () => void rounds.cannon.push(await runCannon(task.bankUrl, task.cap, seconds)),
    async () => void rounds.client.push(await runClientAlone(task.bankUrl, task.cap, seconds)),
  ];
  const first = round % programs.length;
  for (const program of [...programs.slice(first), ...programs.slice(0, first)]) {
    await bank.reset();
    await program();
  }
}

function drawPart({ rows, manyRows }: Sizes, rounds: Rounds, tieoutOfMany: Usage, naiveOfMany: Usage): Part {
  const tieout = medianUsage(rounds.tieout);
  const normal = medianUsage(rounds.normal);
  const rechecked = medianUsage(rounds.rechecked);
  const withoutLedger = medianUsage(rounds.withoutLedger);
  const naive = medianUsage(rounds.naive);
  const cannon = median(rounds.cannon);
  const client = median(rounds.client);
  const speed = (usage: Usage, of = rows) => (of * 1000) / usage.wallMs;
  const line = (what: string, usage: Usage, of = rows, callsPerRow = CALLS_PER_ROW) => [
    what,
    count(of),
    count(speed(usage, of)),
    count(speed(usage, of) * callsPerRow),
    count((usage.cpuMs * 1000) / of),
    megabytes(usage.peakBytes),
  ];
  return {
    title: "1. The whole job",
    text: `One GET and one PATCH for each row of 24 columns, ${CAP} in flight, from the start of the process to its end. The script is [naive-script.ts](naive-script.ts); _without a ledger_ are Tieout's own stages with nothing kept. A plan is made again, with a further GET, when it is older than recheckAfter (15 min); here each one is.`,
    columns: ["", "rows", "rows/s", "calls/s", "CPU µs/row", "peak memory"],
    rows: [
      line("Tieout", tieout),
      line("Tieout, synchronous = NORMAL", normal),
      line("Tieout, every plan made again before it is sent", rechecked, rows, CALLS_PER_ROW + 1),
      line("Tieout's stages without a ledger", withoutLedger),
      line("the script", naive),
      line("Tieout", tieoutOfMany, manyRows),
      line("the script", naiveOfMany, manyRows),
      ["Tieout's HTTP client alone", "", "", count(client), "", ""],
      ["autocannon", "", "", count(cannon), "", ""],
    ],
    bars: [
      atLeast("whole job: rows/s ÷ those of the script", speed(tieout) / speed(naive), 2),
      atMost("whole job: CPU for each row ÷ that of the script", tieout.cpuMs / naive.cpuMs, 0.5),
      atMost(
        `whole job: memory at ${count(manyRows)} rows ÷ that of the script`,
        tieoutOfMany.peakBytes / naiveOfMany.peakBytes,
        0.25,
      ),
      atMost(`whole job: peak memory at ${count(manyRows)} rows`, tieoutOfMany.peakBytes / 1e6, 300, "MB"),
      atLeast("HTTP: calls/s of the client alone ÷ those of autocannon", client / cannon, 0.5),
      atLeast("durability: rows/s at FULL ÷ those at NORMAL", speed(tieout) / speed(normal), 0.9),
      atLeast("ledger: rows/s with it ÷ those without", speed(tieout) / speed(withoutLedger), 0.75),
    ],
  };
}
