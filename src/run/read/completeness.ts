/**
 * Checks that a file is whole and the next in line: compares what its name, manifest and trailer say with what was read, and
 * with the files that the job has read before. Gives why the file is rejected, or null.
 */

import type { Rejection } from "../../errors/rejection.ts";
import type { Run } from "../../ledger/run.ts";
import type { Manifest } from "../../read/file/manifest.ts";
import { compareSequences, isNumericSequence } from "../../read/file/sequence.ts";
import { counted, grouped } from "../../text/counted.ts";
import type { RunContext } from "../context.ts";
import { alikeFor } from "../sources.ts";

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
export function rejectCount(rows: number, manifest: Manifest): Rejection | null {
  if (manifest.rows === undefined || manifest.rows === rows) return null;
  return incomplete(`the file has ${counted(rows, "row")}, and its manifest has ${grouped(manifest.rows)}`);
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
