/**
 * Part 5, the stages alone: what each costs for a row without HTTP, beside the libraries that it is made of and beside what
 * the disk takes for as many commits.
 */
import { join } from "node:path";
import { writeRows } from "./accounts.ts";
import type { BenchBank } from "./bank.ts";
import { inFolder } from "./clients.ts";
import { atLeast, count, decimal, type Part } from "./figures.ts";
import { measure, median } from "./measure.ts";
import type { Sizes } from "./sizes.ts";
import type { StagesTold } from "./stages-process.ts";

const SHOWN: readonly (readonly [string, string])[] = [
  ["read", "read: copy, hash, parse, judge, keep in the ledger"],
  ["plan", "plan: compare, decide, keep in the ledger"],
  ["apply", "apply: claim, intent, outcome, word, each durable"],
  ["report", "report: results.csv, failed.csv, certificate"],
  ["read alone", "reading alone, without the ledger"],
  ["csv-parse", "csv-parse alone, same options"],
  ["csv-stringify", "csv-stringify alone"],
  ["fdatasync", "fdatasync alone, as often as the run commits"],
];
const MOST_ROUNDS = 3;

export async function stages(_: BenchBank, { stageRows, repeats }: Sizes): Promise<Part> {
  const rounds: StagesTold[] = [];
  await inFolder(async (folder) => {
    const file = join(folder, "rows.csv");
    await writeRows(file, stageRows, "changed");
    for (let round = 0; round < Math.min(repeats, MOST_ROUNDS); round++) {
      const told = await inFolder((own) =>
        measure({ name: "stages-process.ts", args: [file, own], folder: own, asTieout: true }),
      );
      rounds.push(JSON.parse(told.out) as StagesTold);
    }
  });
  const medianOf = (name: string, figure: "wallMs" | "cpuMs") =>
    (median(rounds.map(({ took }) => took[name]?.[figure] ?? Number.NaN)) * 1000) / stageRows;
  const commits = median(rounds.map((round) => round.commits));
  return {
    title: "5. The stages alone",
    text: `One run over ${count(stageRows)} rows, one change each, with a bank that answers within the process, so that no HTTP is in it. The run made ${count(commits)} commits, ${decimal(stageRows / commits)} rows each.`,
    columns: ["", "µs/row", "CPU µs/row"],
    rows: SHOWN.map(([name, what]) => [what, decimal(medianOf(name, "wallMs")), decimal(medianOf(name, "cpuMs"))]),
    bars: [
      atLeast(
        "reading: rows/s ÷ those of csv-parse with the same options",
        medianOf("csv-parse", "wallMs") / medianOf("read alone", "wallMs"),
        0.6,
      ),
    ],
  };
}
