/**
 * Part 10, where the time goes: one whole job under V8's profiler, and one whose statements are counted. Both are slowed by
 * that, so that their shares say more than their sums.
 */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { writeRows } from "./accounts.ts";
import type { BenchBank } from "./bank.ts";
import { inFolder, runTieout } from "./clients.ts";
import type { Statements } from "./count-statements.ts";
import { atMost, count, decimal, type Part } from "./figures.ts";
import type { Sizes } from "./sizes.ts";
import { AREAS, type CpuProfile, timeByArea } from "./time-by-area.ts";
import { CAP } from "./whole-job.ts";

/** Of the main thread, in the names that Node gives to profiles: date, time, process, thread, number. */
const MAIN_THREAD = /^CPU\.\d+\.\d+\.\d+\.0\.\d+\.cpuprofile$/;

export async function whereTimeGoes(bank: BenchBank, { rows }: Sizes): Promise<Part> {
  return inFolder(async (folder) => {
    const task = { file: join(folder, "rows.csv"), bankUrl: bank.url, cap: CAP };
    await writeRows(task.file, rows, "changed");
    const counts = join(folder, "counts.json");
    await bank.reset();
    await runTieout(task, { hooks: ["count-statements.ts"], env: { TIEOUT_BENCH_COUNTS: counts } });
    const { statements, commits } = JSON.parse(await readFile(counts, "utf8")) as Statements;
    if (commits === 0) throw new Error("no commit of the ledger was seen, so its statements are not counted either");
    await bank.reset();
    await runTieout(task, { hooks: ["mark-commits.ts"], flags: ["--cpu-prof", `--cpu-prof-dir=${folder}`] });
    const times = timeByArea(await readProfile(folder));
    const sum = [...times.values()].reduce((total, us) => total + us, 0);
    const line = (what: string, us: number) => [what, decimal(us / rows), `${count((us / sum) * 100)} %`];
    return {
      title: "10. Where the time goes",
      text: `The main thread in one profile of the whole job over ${count(rows)} rows, start and end of the process included. Counted in another run: ${decimal(statements / rows)} statements a row, and ${count(commits)} commits, ${decimal(rows / commits)} rows each (${decimal(commits / rows, 3)} a row).`,
      columns: ["at work", "µs/row", "share"],
      rows: [...AREAS.map((area) => line(area, times.get(area) ?? 0)), line("all", sum)],
      bars: [atMost(`statements a row, ${count(rows)} rows`, statements / rows, 8, "statements")],
    };
  });
}

async function readProfile(folder: string): Promise<CpuProfile> {
  const name = (await readdir(folder)).find((one) => MAIN_THREAD.test(one));
  if (name === undefined) throw new Error("Node has left no profile");
  return JSON.parse(await readFile(join(folder, name), "utf8")) as CpuProfile;
}
