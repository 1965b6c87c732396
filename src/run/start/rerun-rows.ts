/**
 * Runs chosen rows of an earlier run again, as a new run. The rows come from the ledger.
 */
import type { Code } from "../../errors/codes/codes.ts";
import { EXIT } from "../../errors/exit-codes.ts";
import { FatalError } from "../../errors/fatal-error.ts";
import type { Word } from "../../errors/words.ts";
import type { Run } from "../../ledger/run.ts";
import { readHeader } from "../../read/header/read-header.ts";
import { counted } from "../../text/counted.ts";
import { entryOfJob } from "../audit-entry.ts";
import { carryRun, type RunEnd } from "../carry-run.ts";
import type { RunContext } from "../context.ts";
import { settingsSha256 } from "../job-sha256.ts";
import { copyRows } from "../read/copy-rows.ts";
import type { NumberedCause } from "../report/find-causes.ts";
import { jobOfRun } from "../sources.ts";
import { ABSENCE_OVER, isAbsenceOver } from "./absent-run.ts";
import { chooseRows, describeChoice, flagsOfChoice } from "./choose-rows.ts";
import { holdJob } from "./hold-job.ts";

/** What a person accepts, and why. */
export interface Accepted {
  readonly codes: readonly Code[];
  readonly reason: string;
}

/**
 * Rows that ended in one of these words, and of one of these causes if any is given. If codes are accepted, only rows with one of
 * them, and the new run does not hold a row for them. The header is read again, so that the job's present aliases and defaults count.
 */
export async function rerunRows(
  outer: RunContext,
  from: Run,
  words: readonly Word[],
  accepted: Accepted | null = null,
  causes: readonly NumberedCause[] = [],
): Promise<RunEnd> {
  const { bankName, job, clock, jobPath, newRunId } = outer;
  const codes = accepted?.codes ?? [];
  const choice = { words, codes, causes };
  const what = describeChoice(choice);
  if (from.reading === null) throw nothing(from, what);
  const read = readHeader(from.reading.header, jobOfRun(job, from), from.reading.delimiter, from.reading);
  if (read.kind === "rejected") {
    const { code, message, hint } = read.rejection;
    throw new FatalError(code, message, { hint });
  }
  const reading = { ...read.reading, ...(from.reading.source !== undefined && { source: from.reading.source }) };
  await using lease = await holdJob(outer);
  const ledger = outer.ledger.fencedBy(lease.current);
  const context = { ...outer, ledger };
  // Nothing of it is pruned while the job is held.
  const now = (await ledger.runs.find(from.id)) ?? from;
  const chosen = await chooseRows(ledger, now, choice, (rows) => context.progress.note(describeGone(rows)));
  if ((await chosen()[Symbol.asyncIterator]().next()).done) throw nothing(from, what);
  if (await isAbsenceOver(context, from))
    throw new FatalError("nothing_to_rerun", `the rows of run ${from.id} are over: ${ABSENCE_OVER}`, {
      hint: "see tieout runs for the run that came after the latest snapshot",
    });
  const [id, reason] = [newRunId(), accepted?.reason ?? `rows of ${from.id} that are ${what}`];
  const flags = flagsOfChoice(choice);
  const details = { rerunOf: from.id, words, ...(codes.length > 0 && { accepts: codes }), flags };
  const audited = ledger.audited(entryOfJob(context, "rerun", { run: id, reason, details }));
  const run = await audited.runs.open(bankName, {
    id,
    kind: "run",
    job: job.name,
    jobPath,
    file: from.file,
    byName: from.byName,
    rerunOf: from.id,
    planOf: null,
    ...(from.absentOf !== undefined && { absentOf: from.absentOf }),
    settingsSha256: settingsSha256(job),
    accepts: codes,
    reason,
    withoutLedger: from.withoutLedger,
    startedAtMs: clock.nowMs(),
    actor: outer.actor,
  });
  context.progress.note(`run ${run.id}: rows of ${from.id} that are ${what}`);
  return await carryRun(context, run, {
    lease: lease.current,
    limit: null,
    async read(opened) {
      await copyRows(context, from, opened, reading, chosen());
      return null;
    },
  });
}

function describeGone(rows: number): string {
  const have = rows === 1 ? "has" : "have";
  return `${counted(rows, "row")} beside these ${have} no values in the ledger any more, and so no part in this`;
}

function nothing(from: Run, what: string): FatalError {
  if (from.stage !== "ended")
    return new FatalError("nothing_to_rerun", `run ${from.id} has not ended, and no row that it has ended is ${what}`, {
      hint: `to continue it, type: tieout resume ${from.id}`,
      exit: EXIT.stopped,
    });
  return new FatalError("nothing_to_rerun", `run ${from.id} has no row that is ${what}`, {
    hint: "see its summary with tieout runs",
  });
}
