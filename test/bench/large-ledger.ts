/**
 * Part 7, a large ledger: how long the command takes to list the runs of one, and to find and finish what a long run has
 * left open.
 */
import { stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ONE_ROW } from "./accounts.ts";
import type { BenchBank } from "./bank.ts";
import { enlarge } from "./big-ledger.ts";
import { environmentOf, inFolder, JOB } from "./clients.ts";
import { atMost, count, decimal, megabytes, type Part } from "./figures.ts";
import { measure } from "./measure.ts";
import type { Sizes } from "./sizes.ts";
import { CAP } from "./whole-job.ts";

export async function largeLedger(bank: BenchBank, { ledgerRows }: Sizes): Promise<Part> {
  const { all, done, open } = ledgerRows;
  return inFolder(async (folder) => {
    const env = environmentOf(folder, { bankUrl: bank.url, cap: CAP });
    const file = join(folder, "rows.csv");
    await writeFile(file, ONE_ROW);
    await bank.reset();
    await measure({ name: "tieout", args: ["run", JOB, "--file", file], env, folder });
    const id = enlarge(env.TIEOUT_LEDGER ?? "", ledgerRows);
    const { size } = await stat(env.TIEOUT_LEDGER ?? "");
    const runs = await measure({ name: "tieout", args: ["runs"], env, folder });
    await bank.reset();
    const resumed = await measure({ name: "tieout", args: ["resume", id], env, folder });
    const { counts } = await bank.tell();
    if (counts.writes !== open) throw new Error(`${open} open rows made ${counts.writes} writes`);
    const foundMs = counts.writesAtMs[0] - resumed.startedAtMs;
    return {
      title: "7. A large ledger",
      text: `${count(all)} rows in runs of a million at most, ${megabytes(size)}; in its last run ${count(done)} rows are done and ${count(open)} open.`,
      columns: ["", "ms", "peak memory"],
      rows: [
        ["tieout runs", decimal(runs.wallMs), megabytes(runs.peakBytes)],
        ["tieout resume: to the first write", decimal(foundMs), ""],
        ["tieout resume: to its end, all results written", decimal(resumed.wallMs), megabytes(resumed.peakBytes)],
      ],
      bars: [atMost(`start: open rows found among ${count(all)}`, foundMs / 1000, 2, "s")],
    };
  });
}
