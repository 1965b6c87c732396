/**
 * The job as it speaks of the file that a run reads: by the source that the file is of, and for rows that come back by the source that
 * they came from. Reads no more than the first rows.
 */
import { createReadStream } from "node:fs";
import { type Rejected, rejected } from "../../errors/rejection.ts";
import type { Job } from "../../job.ts";
import type { Run } from "../../ledger/run.ts";
import { UNDONE_RUN } from "../../read/columns.ts";
import { settingsForResults } from "../../read/find-results.ts";
import { readCsv } from "../../read/read-csv.ts";
import type { ReadSettings } from "../../read/reading.ts";
import { sourcesOf } from "../../source-settings.ts";
import type { RunContext } from "../context.ts";
import { findNamedRun } from "../find-named-run.ts";
import { jobOfRun, jobOfSource, ofNoSource, readsDiffer, sourceOf } from "../sources.ts";

export interface JobOfFile {
  readonly kind: "job";
  readonly job: Job;
  /** The name of the source, for the run to remember; only where it matters. */
  readonly source?: string | undefined;
}

/**
 * Rejected with `file_of_no_source` where the sources are read in different ways and nobody can say which it is. A copy of a file that the
 * job has taken, such as one in the archive, is read as that was.
 */
export async function jobOfFile({ job, ledger }: RunContext, run: Run): Promise<JobOfFile | Rejected> {
  const { place, key } = run.file;
  const isKnown = run.reading?.source !== undefined || sourceOf(job, place, key) !== undefined;
  if (isKnown || !readsDiffer(job)) return jobOfKnown(job, run);
  const { sha256 } = run.file;
  const earlier = await ledger.runs.findTaken(run.bank, job.name, { sha256, before: run });
  const isSaid = earlier?.reading?.source !== undefined;
  return earlier !== undefined && isSaid ? jobOfKnown(job, earlier) : rejectedOf(run);
}

function jobOfKnown(job: Job, run: Run): JobOfFile {
  const source = run.reading?.source ?? sourceOf(job, run.file.place, run.file.key)?.name;
  return { kind: "job", job: jobOfRun(job, run), ...(readsDiffer(job) && { source }) };
}

/** For a file of results: its rows are read as those of the run that they name. */
export async function jobOfResults(
  context: RunContext,
  run: Run,
  localPath: string,
  form: { readonly header: number; readonly isUtf8: boolean },
): Promise<JobOfFile | Rejected> {
  const { job, ledger } = context;
  if (!readsDiffer(job) || run.reading?.source !== undefined) return jobOfKnown(context.job, run);
  for (const candidate of [job, ...sourcesOf(job).map((source) => jobOfSource(job, source))]) {
    const named = await findOrigin(localPath, settingsForResults(candidate, form));
    // A file of undo is in a layout of its own.
    if (named === "undo") return { kind: "job", job };
    const origin = named === undefined ? undefined : await findNamedRun(ledger, named);
    if (origin === undefined) continue;
    return jobOfKnown(job, origin);
  }
  return rejectedOf(run);
}

/** The run that the first row is from, where the file can be read so. */
async function findOrigin(localPath: string, settings: ReadSettings): Promise<string | undefined> {
  for await (const event of readCsv(createReadStream(localPath), settings, 1)) {
    if (event.kind === "rejected" || event.kind === "end") return undefined;
    if (event.kind === "header" && event.reading.header.includes(UNDONE_RUN)) return "undo";
    const [row] = event.kind === "rows" ? event.rows : [];
    if (row?.provenance !== undefined) return row.provenance.run;
  }
  return undefined;
}

function rejectedOf({ file }: Run): Rejected {
  const { code, message, hint } = ofNoSource(file);
  return rejected({ code, message, hint: hint ?? "" });
}
