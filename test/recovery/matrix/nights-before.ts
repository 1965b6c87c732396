/**
 * Snapshots of the nights before a play: each is put into the job's source and run, and what the first of them would do to absent accounts is
 * approved. Nothing disturbs them.
 */
import { mkdir, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { RunContext } from "../../../src/run/context.ts";
import { approveGuard } from "../../../src/run/start/approve-guard.ts";
import { resumeUnderLease } from "../../../src/run/start/resume-under-lease.ts";
import { startJob } from "../../../src/run/start/start-job.ts";

const HOUR_MS = 3_600_000;

/** The next file of the source, written an hour after whatever has run. */
export async function putSnapshot(folder: string, csv: string, no: number, nowMs: number): Promise<void> {
  const path = join(folder, "in", `${no}.csv`);
  await mkdir(join(folder, "in"), { recursive: true });
  await writeFile(path, csv);
  const at = new Date(nowMs + no * HOUR_MS);
  await utimes(path, at, at);
}

export async function playNightsBefore(context: RunContext, folder: string, files: readonly string[]): Promise<void> {
  let runs = 0;
  const nights = { ...context, newRunId: () => `night-${++runs}` };
  for (const [at, csv] of files.entries()) {
    await putSnapshot(folder, csv, at + 1, context.clock.nowMs());
    const ends = await startJob(nights, { kind: "run", file: null, from: null, limit: null, again: null });
    const last = ends.at(-1);
    if (last?.kind !== "reported" || last.run.absentOf === undefined) continue;
    await approveGuard(nights, last.run, { guard: "absent", max: 10, reason: "seen" });
    await resumeUnderLease(nights, (await context.ledger.runs.find(last.run.id)) ?? last.run, null);
  }
}
