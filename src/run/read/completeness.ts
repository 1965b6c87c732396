/**
 * Checks that a file is whole and the next in line: compares what its name, manifest and trailer say with what was read, and
 * with the files that the job has read before. Gives why the file is rejected, or null.
 */

import { dueDay } from "../../due-day.ts";
import type { Rejection } from "../../errors/rejection.ts";
import type { Run } from "../../ledger/run.ts";
import type { Manifest } from "../../read/file/manifest.ts";
import { compareSequences, dateOf, isNumericSequence } from "../../read/file/sequence.ts";
import type { StatedTotals } from "../../read/reading.ts";
import { dayInName } from "../../read/totals/parse-day.ts";
import { counted, grouped } from "../../text/counted.ts";
import { toLine } from "../../text/to-line.ts";
import { localTime } from "../../zone-instant.ts";
import type { RunContext } from "../context.ts";
import { alikeFor, patternFor } from "../sources.ts";

function incomplete(message: string): Rejection {
  const hint = "send the complete file again, with its own manifest or trailer";
  return { code: "file_incomplete", message, hint };
}

/** Before the file is read: its bytes against the manifest. */
export function rejectBytes(run: Run, { sha256 }: Manifest): Rejection | null {
  if (sha256 === undefined || sha256 === run.file.sha256) return null;
  return incomplete(`the file's SHA-256 is ${run.file.sha256}, and its manifest has ${sha256}`);
}

/** After it is read: its rows against the manifest. A trailer is compared while it is read. */
export function rejectCount(rows: number, { stated }: Manifest): Rejection | null {
  if (stated.rows === undefined || stated.rows === rows) return null;
  return incomplete(`the file has ${counted(rows, "row")}, and its manifest has ${grouped(stated.rows)}`);
}

/** `stated` is what manifest or trailer says; the sequence in the name, if there is one, must be the same. */
export function rejectOtherSequence({ file }: Run, stated: string | undefined): Rejection | null {
  if (stated === undefined || file.sequence === undefined || compareSequences(stated, file.sequence) === 0) return null;
  return incomplete(`the file's name has the sequence ${file.sequence}, and its manifest or trailer has ${stated}`);
}

/**
 * A file older than the job's last would undo what that one changed; only `--again` allows it. A correction is always
 * older than the files that came after what it corrects.
 */
export async function rejectStale(
  { ledger, job }: RunContext,
  run: Run,
  sequence: string | undefined,
): Promise<Rejection | null> {
  if (sequence === undefined || run.reason !== null || run.corrects !== null) return null;
  const last = await ledger.runs.findLastSequence(run, alikeFor(job, run.file));
  if (last === undefined || isNumericSequence(last) !== isNumericSequence(sequence)) return null;
  if (compareSequences(sequence, last) >= 0) return null;
  return {
    code: "file_stale",
    message: `the file has the sequence ${sequence}, and job ${run.job} has already run ${last}`,
    hint: 'leave it; or apply it anyway with --file and --again --reason "…"',
  };
}

/**
 * The business date that trailer or manifest states must be the one in the file's name, which is what the pattern's group `date` has captured,
 * and the day that the job's calendar has for a file that came when this one did. Only `--again` lets a file of another day through; a correction is
 * of an earlier day. A validation knows no day.
 */
export function rejectOtherDay(
  { job }: Pick<RunContext, "job">,
  run: Run,
  { businessDate: date, by }: StatedTotals,
): Rejection | null {
  const { place, key } = run.file;
  const pattern = patternFor(job, place, key);
  const named = pattern && dateOf(key, pattern);
  const ofName = named === undefined ? undefined : dayInName(named);
  if (date !== undefined && named !== undefined && ofName !== date)
    return incomplete(`the file's name has the date ${toLine(named, 40)}, and its ${by} has ${date}`);
  const due = job.completeness?.businessDate;
  if (due === undefined || run.kind === "validate" || run.reason !== null || run.corrects !== null) return null;
  const found = date ?? ofName;
  if (found === undefined) {
    const hint =
      "capture it in source.pattern as in (?<date>\\d{8}), or have it in the trailer (dateAt) or manifest (businessDate)";
    return { code: "file_incomplete", message: "the file has no business date, which the job compares", hint };
  }
  const { day, before, zone } = dueDay(job, run.file.lastModifiedMs);
  const expected = due === "same day" ? day : before;
  if (found === expected) return null;
  const came = localTime(zone, run.file.lastModifiedMs).slice(0, 16).replace("T", " ");
  return {
    code: "file_other_day",
    message: `the file's business date is ${found}, and one that came ${came} (${zone}) is to be of ${expected}`,
    hint: 'leave it; or apply it anyway with --file and --again --reason "…"',
  };
}
