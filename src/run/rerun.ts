/**
 * Runs chosen rows of an earlier run again, from what the ledger kept of them, as a run of its own.
 */
import { FatalError } from "../errors/fatal-error.ts";
import type { Word } from "../errors/words.ts";
import { leaseName, type Run } from "../ledger/run.ts";
import { readHeader } from "../read/header.ts";
import type { RunContext } from "./context.ts";
import { holdLease } from "./lease.ts";
import { copyRows } from "./read-phase.ts";
import { carryRun, type RunEnd } from "./run.ts";
import { resumeRun } from "./run-job.ts";

/** The header is read anew, so that aliases and defaults that the job has got since count. */
export async function rerunRows(outer: RunContext, from: Run, words: readonly Word[]): Promise<RunEnd> {
  const { bankName, job, owner, clock, jobPath, newRunId } = outer;
  if (from.reading === null) throw nothing(from, words);
  const reading = readHeader(from.reading.header, job, from.reading.delimiter, from.reading);
  if ("code" in reading) throw new FatalError(reading.code, reading.message, { hint: reading.hint });
  await using lease = await holdLease(outer.ledger, leaseName(bankName, job.name), job.name, owner, clock);
  const ledger = outer.ledger.fencedBy(lease.current);
  const context = { ...outer, ledger };
  const some = await ledger.rows.readRows(from, words, { after: 0, limit: 1 });
  if (some.length === 0) throw nothing(from, words);
  const run = await ledger.runs.open(bankName, {
    id: newRunId(),
    kind: "run",
    job: job.name,
    jobPath,
    file: from.file,
    byName: from.byName,
    rerunOf: from.id,
    reason: `rows of ${from.id} that are ${words.join(", ")}`,
    withoutLedger: from.withoutLedger,
    startedAtMs: clock.nowMs(),
  });
  context.progress.note(`run ${run.id}: rows of ${from.id} that are ${words.join(", ")}`);
  return await carryRun(context, run, {
    lease: lease.current,
    limit: null,
    async read(opened) {
      await copyRows(context, from, opened, reading, words);
      return null;
    },
  });
}

/** `tieout resume`: the run goes on under its job's lease. */
export async function resumeUnderLease(context: RunContext, run: Run, limit: number | null): Promise<RunEnd> {
  const { ledger, bankName, job, owner, clock } = context;
  await using lease = await holdLease(ledger, leaseName(bankName, job.name), job.name, owner, clock);
  const fenced = { ...context, ledger: ledger.fencedBy(lease.current) };
  return await resumeRun(fenced, run, { lease: lease.current, limit });
}

function nothing(from: Run, words: readonly Word[]): FatalError {
  return new FatalError("nothing_to_rerun", `run ${from.id} has no row that is ${words.join(" or ")}`, {
    hint: "see its summary with tieout runs",
  });
}
