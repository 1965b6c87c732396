/**
 * Finds out, while a file is read, whether it may have been cut short in its last row, in the middle of a value: no line end
 * closes that row.
 */
import type { Run } from "../../ledger/run.ts";
import type { ParsedRow } from "../../read/change.ts";
import type { RunContext } from "../context.ts";
import { alikeFor } from "../sources.ts";

/**
 * The number of the last row when it may be cut: the job's earlier files ended with a line end, and nothing proves that this
 * one is whole. Undefined for a file that a person named, and for a row that a person has repaired.
 */
export async function findCutRow(
  { ledger, job, progress }: RunContext,
  run: Run,
  last: ParsedRow | undefined,
  endsWithLineEnd: boolean,
): Promise<number | undefined> {
  const { trailer, manifest } = job.completeness ?? {};
  if (endsWithLineEnd || run.byName || trailer !== undefined || manifest !== undefined) return undefined;
  if (last === undefined || last.provenance !== undefined) return undefined;
  const endedBefore = await ledger.runs.findLineEnd(run, alikeFor(job, run.file));
  if (endedBefore) return last.source.row;
  if (endedBefore === undefined)
    progress.note(
      `reading: row ${last.source.row}, the last, has no line end; in a job's first file it is read as complete`,
    );
  return undefined;
}
