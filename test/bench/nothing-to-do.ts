/**
 * Part 3, nothing to do: every row agrees with the bank, so each costs one GET and no more.
 */
import { join } from "node:path";
import { writeRows } from "./accounts.ts";
import type { BenchBank } from "./bank.ts";
import { inFolder, runTieout } from "./clients.ts";
import { atMost, count, megabytes, type Part } from "./figures.ts";
import { medianUsage, type Usage } from "./measure.ts";
import type { Sizes } from "./sizes.ts";
import { CAP } from "./whole-job.ts";

/** The first of many rounds takes as long as the others: each is a process of its own. */
const MOST_ROUNDS = 3;

export async function nothingToDo(bank: BenchBank, { unchangedRows, repeats }: Sizes): Promise<Part> {
  return inFolder(async (folder) => {
    const file = join(folder, "rows.csv");
    await writeRows(file, unchangedRows, "unchanged");
    const runs: Usage[] = [];
    for (let round = 0; round < Math.min(repeats, MOST_ROUNDS); round++) {
      await bank.reset();
      runs.push(await runTieout({ file, bankUrl: bank.url, cap: CAP }));
    }
    const { counts } = await bank.tell();
    const { wallMs, cpuMs, peakBytes } = medianUsage(runs);
    const cpuUs = (cpuMs * 1000) / unchangedRows;
    return {
      title: "3. Nothing to do",
      text: `A run over rows that all agree with the bank, ${CAP} in flight.`,
      columns: ["rows", "rows/s", "reads", "writes", "CPU µs/row", "peak memory"],
      rows: [
        [
          count(unchangedRows),
          count((unchangedRows * 1000) / wallMs),
          count(counts.reads),
          count(counts.writes),
          count(cpuUs),
          megabytes(peakBytes),
        ],
      ],
      bars: [atMost(`nothing to do, ${count(unchangedRows)} rows: CPU a row`, cpuUs, 150, "µs")],
    };
  });
}
