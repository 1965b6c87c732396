/**
 * Part 1, the whole job: each row one GET and one PATCH, at a bank that answers at once, beside the script that one would
 * write instead and beside HTTP alone; and what ledger and durability cost.
 */
import { join } from "node:path";
import { writeRows } from "./accounts.ts";
import type { BenchBank } from "./bank.ts";
import { inFolder, runCannon, runClientAlone, runNaive, runTieout, runWithoutLedger, type Task } from "./clients.ts";
import { atLeast, atMost, type Bar, count, megabytes, type Part } from "./figures.ts";
import { median, medianUsage, type Usage } from "./measure.ts";
import type { Sizes } from "./sizes.ts";

export const CAP = 64;
const CALLS_PER_ROW = 2;

type Program = "tieout" | "rechecked" | "naive" | "normal" | "withoutLedger";

/** The programs on a file of that many rows, and what each of their runs used. */
interface Job {
  readonly rows: number;
  readonly runs: Readonly<Record<Program, Usage[]>>;
  readonly programs: Readonly<Record<Program, () => Promise<void>>>;
}

/** Calls answered per second. */
interface Rates {
  readonly cannon: number[];
  readonly client: number[];
}

export async function wholeJob(bank: BenchBank, sizes: Sizes): Promise<Part> {
  return inFolder(async (folder) => {
    const few = await openJob(bank, folder, sizes.rows);
    const many = await openJob(bank, folder, sizes.manyRows);
    const rates: Rates = { cannon: [], client: [] };
    // So that the bank itself is quick by then: else the first program would meet a slower one.
    await runCannon(bank.url, CAP, sizes.seconds);
    await takeTurns(bank, sizes.repeats, [
      ...Object.values(few.programs),
      async () => void rates.cannon.push(await runCannon(bank.url, CAP, sizes.seconds)),
      async () => void rates.client.push(await runClientAlone(bank.url, CAP, sizes.seconds)),
    ]);
    await takeTurns(bank, sizes.manyRepeats, [many.programs.tieout, many.programs.naive]);
    return drawPart(few, many, rates);
  });
}

async function openJob(bank: BenchBank, folder: string, rows: number): Promise<Job> {
  const task: Task = { file: join(folder, `${rows}.csv`), bankUrl: bank.url, cap: CAP };
  await writeRows(task.file, rows, "changed");
  const runs: Job["runs"] = { tieout: [], rechecked: [], naive: [], normal: [], withoutLedger: [] };
  const mustHaveRead = async (times: number) => {
    const { reads, writes } = (await bank.tell()).counts;
    if (reads !== times * rows || writes !== rows) {
      throw new Error(`${rows} rows made ${reads} reads and ${writes} writes`);
    }
  };
  const programs: Job["programs"] = {
    async tieout() {
      runs.tieout.push(await runTieout(task));
      await mustHaveRead(1);
    },
    async rechecked() {
      runs.rechecked.push(await runTieout(task, { env: { TIEOUT_BENCH_RECHECK_MS: "1" } }));
      await mustHaveRead(2);
    },
    naive: async () => void runs.naive.push(await runNaive(task)),
    normal: async () => void runs.normal.push(await runTieout(task, { hooks: ["synchronous-normal.ts"] })),
    withoutLedger: async () => void runs.withoutLedger.push(await runWithoutLedger(task)),
  };
  return { rows, runs, programs };
}

/** Each round begins with another one, so that all of them meet the same machine. */
async function takeTurns(bank: BenchBank, rounds: number, programs: readonly (() => Promise<void>)[]): Promise<void> {
  for (let round = 0; round < rounds; round++) {
    const first = round % programs.length;
    for (const program of [...programs.slice(first), ...programs.slice(0, first)]) {
      await bank.reset();
      await program();
    }
  }
}

const usageOf = ({ runs }: Job, program: Program) => medianUsage(runs[program]);
const speedOf = (job: Job, program: Program) => (job.rows * 1000) / usageOf(job, program).wallMs;

function drawPart(few: Job, many: Job, { cannon, client }: Rates): Part {
  const line = (what: string, job: Job, program: Program, callsPerRow = CALLS_PER_ROW) => {
    const { cpuMs, peakBytes } = usageOf(job, program);
    const speed = speedOf(job, program);
    const cpuUs = (cpuMs * 1000) / job.rows;
    return [what, count(job.rows), count(speed), count(speed * callsPerRow), count(cpuUs), megabytes(peakBytes)];
  };
  return {
    title: "1. The whole job",
    text: `One GET and one PATCH for each row of 24 columns, ${CAP} in flight, from the start of the process to its end. The script is [naive-script.ts](naive-script.ts); _without a ledger_ are Tieout's own stages with nothing kept. A plan is made again, with a further GET, when it is older than recheckAfter (15 min); here each one is.`,
    columns: ["", "rows", "rows/s", "calls/s", "CPU µs/row", "peak memory"],
    rows: [
      line("Tieout", few, "tieout"),
      line("Tieout, synchronous = NORMAL", few, "normal"),
      line("Tieout, every plan made again before it is sent", few, "rechecked", CALLS_PER_ROW + 1),
      line("Tieout's stages without a ledger", few, "withoutLedger"),
      line("the script", few, "naive"),
      line("Tieout", many, "tieout"),
      line("the script", many, "naive"),
      ["Tieout's HTTP client alone", "", "", count(median(client)), "", ""],
      ["autocannon", "", "", count(median(cannon)), "", ""],
    ],
    bars: [
      ...besideTheScript(few, 1.4, 0.65),
      ...besideTheScript(many, 1.9, 0.5),
      ...ofMemory(few, many),
      atLeast("ledger: rows/s with it ÷ those without", speedOf(few, "tieout") / speedOf(few, "withoutLedger"), 0.85),
      atLeast("durability: rows/s at FULL ÷ those at NORMAL", speedOf(few, "tieout") / speedOf(few, "normal"), 0.94),
      atLeast("HTTP: calls/s of the client alone ÷ those of autocannon", median(client) / median(cannon), 0.65),
    ],
  };
}

function besideTheScript(job: Job, leastSpeed: number, mostCpu: number): Bar[] {
  const whole = `whole job, ${count(job.rows)} rows`;
  const cpu = usageOf(job, "tieout").cpuMs / usageOf(job, "naive").cpuMs;
  return [
    atLeast(`${whole}: rows/s ÷ those of the script`, speedOf(job, "tieout") / speedOf(job, "naive"), leastSpeed),
    atMost(`${whole}: CPU a row ÷ that of the script`, cpu, mostCpu),
  ];
}

function ofMemory(few: Job, many: Job): Bar[] {
  const beside = usageOf(many, "tieout").peakBytes / usageOf(many, "naive").peakBytes;
  const most = Math.max(...[...few.runs.tieout, ...many.runs.tieout].map(({ peakBytes }) => peakBytes));
  return [
    atMost(`whole job, ${count(many.rows)} rows: memory ÷ that of the script`, beside, 0.15),
    atMost("whole job: peak memory at every size", most / 1e6, 300, "MB"),
  ];
}
