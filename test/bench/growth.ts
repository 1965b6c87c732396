/**
 * Part 4, growth: validate and plan over files of several sizes, at a bank that answers at once. Time per row and memory
 * are to stay what they are, however long the file.
 */
import { join } from "node:path";
import { writeRows } from "./accounts.ts";
import type { BenchBank } from "./bank.ts";
import { inFolder, runTieout, type TieoutMeasured } from "./clients.ts";
import { atMost, type Bar, count, megabytes, type Part } from "./figures.ts";
import type { Sizes } from "./sizes.ts";
import { CAP } from "./whole-job.ts";

const COMMANDS = ["validate", "plan"] as const;

interface Grown {
  readonly rows: number;
  readonly measured: TieoutMeasured;
  /** Without what a file of one row costs: starting and ending take their time once. */
  readonly usPerRow: number;
}

export async function growth(bank: BenchBank, { growthRows }: Sizes): Promise<Part> {
  const rows: string[][] = [];
  const bars: Bar[] = [];
  for (const command of COMMANDS) {
    const grown = await grow(bank, command, growthRows);
    for (const { rows: of, measured, usPerRow } of grown) {
      const { cpuMs, peakBytes, ledgerBytes } = measured;
      const perRow = [usPerRow, (cpuMs * 1000) / of].map(count);
      const ledger = command === "plan" ? count(ledgerBytes / of) : "";
      rows.push([`${command}, ${count(of)} rows`, ...perRow, megabytes(peakBytes), ledger]);
    }
    bars.push(...barsOf(command, grown));
  }
  return {
    title: "4. Growth",
    text: `Validate, and plan with one change for each row, ${CAP} in flight. Time per row is without start-up; the ledger is measured after its end.`,
    columns: ["", "µs/row", "CPU µs/row", "peak memory", "ledger, bytes/row"],
    rows,
    bars,
  };
}

async function grow(bank: BenchBank, command: (typeof COMMANDS)[number], sizes: readonly number[]): Promise<Grown[]> {
  const runOn = (rows: number) =>
    inFolder(async (folder) => {
      const file = join(folder, "rows.csv");
      await writeRows(file, rows, "changed");
      await bank.reset();
      return runTieout({ file, bankUrl: bank.url, cap: CAP }, { command });
    });
  const { wallMs: startMs } = await runOn(1);
  const grown: Grown[] = [];
  for (const rows of sizes) {
    const measured = await runOn(rows);
    grown.push({ rows, measured, usPerRow: ((measured.wallMs - startMs) * 1000) / rows });
  }
  return grown;
}

function barsOf(command: string, grown: readonly Grown[]): Bar[] {
  const [least, , many, most] = grown;
  if (least === undefined || many === undefined || most === undefined) return [];
  const name = (what: string, one: Grown, other: Grown) =>
    `${command}: ${what} at ${count(one.rows)} rows ÷ that at ${count(other.rows)}`;
  const peak = Math.max(...grown.map(({ measured }) => measured.peakBytes));
  const bytes = Math.max(...grown.map(({ rows, measured }) => measured.ledgerBytes / rows));
  return [
    atMost(`${command}: peak memory at every size`, peak / 1e6, 300, "MB"),
    atMost(name("memory", most, many), most.measured.peakBytes / many.measured.peakBytes, 1.2),
    atMost(name("time per row", most, least), most.usPerRow / least.usPerRow, 1.15),
    ...(command === "plan" ? [atMost("plan: bytes of the ledger a row, at every size", bytes, 1_500, "bytes")] : []),
  ];
}
