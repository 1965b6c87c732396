/**
 * Part 9, one account: a file whose rows all name the same account, each later than the next, so that one write remains.
 */
import { join } from "node:path";
import { writeRowsOfOne } from "./accounts.ts";
import type { BenchBank } from "./bank.ts";
import { inFolder, runTieout } from "./clients.ts";
import { atMost, count, megabytes, type Part } from "./figures.ts";
import type { Sizes } from "./sizes.ts";
import { CAP } from "./whole-job.ts";

const COMMANDS = ["validate", "run"] as const;

export async function oneAccount(bank: BenchBank, { accountRows }: Sizes): Promise<Part> {
  return inFolder(async (folder) => {
    const file = join(folder, "rows.csv");
    await writeRowsOfOne(file, accountRows);
    const rows: string[][] = [];
    let most = 0;
    for (const command of COMMANDS) {
      await bank.reset();
      const { wallMs, cpuMs, peakBytes } = await runTieout({ file, bankUrl: bank.url, cap: CAP }, { command });
      const { writes } = (await bank.tell()).counts;
      if (writes !== (command === "run" ? 1 : 0)) throw new Error(`${command} made ${writes} writes`);
      const perRow = [wallMs, cpuMs].map((ms) => count((ms * 1000) / accountRows));
      rows.push([`${command}, ${count(accountRows)} rows`, ...perRow, megabytes(peakBytes)]);
      most = Math.max(most, peakBytes);
    }
    return {
      title: "9. One account",
      text: "Every row names the same account and another product, each at a time of its own, the latest first: one write.",
      columns: ["", "µs/row", "CPU µs/row", "peak memory"],
      rows,
      bars: [atMost(`one account, ${count(accountRows)} rows: peak memory`, most / 1e6, 300, "MB")],
    };
  });
}
