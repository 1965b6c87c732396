/**
 * Part 6, start-up: how long the command takes to say its version, to list the runs of a large ledger, and to find and
 * finish what a long run has left open.
 */
import { execFile } from "node:child_process";
import { stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { BenchBank } from "./bank.ts";
import { enlarge, TEMPLATE } from "./big-ledger.ts";
import { environmentOf, inFolder, JOB } from "./clients.ts";
import { atMost, count, decimal, megabytes, type Part } from "./figures.ts";
import { measure, median } from "./measure.ts";
import type { Sizes } from "./sizes.ts";
import { CAP } from "./whole-job.ts";

const run = promisify(execFile);
const COMMAND = fileURLToPath(new URL("../../bin/tieout.js", import.meta.url));

export async function startUp(bank: BenchBank, { ledgerRows, starts }: Sizes): Promise<Part> {
  const { plain, version } = await timeStarts(starts);
  const { all, done, open } = ledgerRows;
  return inFolder(async (folder) => {
    const env = environmentOf(folder, { bankUrl: bank.url, cap: CAP });
    const file = join(folder, "rows.csv");
    await writeFile(file, TEMPLATE);
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
    const large = `a ledger of ${count(all)} rows (${megabytes(size)})`;
    return {
      title: "6. Start-up",
      text: `Process start to process end; \`--version\` and \`node -e 0\` in turns, the median of ${starts}.`,
      columns: ["", "ms", "peak memory"],
      rows: [
        ["node -e 0", decimal(plain), ""],
        ["tieout --version", decimal(version), ""],
        [`tieout runs, on ${large}`, decimal(runs.wallMs), megabytes(runs.peakBytes)],
        [
          `tieout resume there, ${count(done)} rows done and ${count(open)} open: to the first write`,
          decimal(foundMs),
          "",
        ],
        ["the same, to its end with all results written", decimal(resumed.wallMs), megabytes(resumed.peakBytes)],
      ],
      bars: [
        atMost("start: tieout --version ÷ node -e 0", version / plain, 1.5),
        atMost(`start: open rows found among ${count(all)}`, foundMs / 1000, 2, "s"),
      ],
    };
  });
}

async function timeStarts(starts: number): Promise<{ plain: number; version: number }> {
  const plain: number[] = [];
  const version: number[] = [];
  for (let n = 0; n < starts; n++) {
    plain.push(await timeOf(process.execPath, ["-e", "0"]));
    version.push(await timeOf(COMMAND, ["--version"]));
  }
  return { plain: median(plain), version: median(version) };
}

async function timeOf(file: string, args: readonly string[]): Promise<number> {
  const startedMs = performance.now();
  await run(file, args);
  return performance.now() - startedMs;
}
