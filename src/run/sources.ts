/**
 * Which of a job's sources a file is of, and how files of that source are read. A key belongs to the first source of the list that it fits,
 * so that no file is ever taken twice. Pure.
 */
import { resolve } from "node:path";
import { FatalError } from "../errors/fatal-error.ts";
import type { Job } from "../job.ts";
import type { Run } from "../ledger/run.ts";
import { fitsPattern } from "../read/file/sequence.ts";
import { type Source, sourcesOf } from "../source-settings.ts";
import type { SourceFile } from "../store/file-store.ts";
import { isBelow } from "../store/is-below.ts";
import { shownKey } from "../text/shown-key.ts";
import type { RunContext } from "./context.ts";
import { withReads } from "./job-sha256.ts";

/** Where the source's keys begin. */
export function prefixOf(source: Source): string {
  return source.kind === "bucket" ? source.prefix : "";
}

/** The place of its store. */
export function placeOf(source: Source): string {
  return source.kind === "bucket" ? `s3://${source.bucket}` : resolve(source.folder);
}

/** The source whose file that is, named or listed. */
export function sourceOf(job: Job, place: string, key: string): Source | undefined {
  const source = sourcesOf(job).find(
    (one) => placeOf(one) === place && key.startsWith(prefixOf(one)) && fitsPattern(key, one.pattern),
  );
  return source === undefined || isDoneFile(job, place, key) || isPublished(job, source, key) ? undefined : source;
}

export function isOfSource(job: Job, place: string, key: string): boolean {
  return sourceOf(job, place, key) !== undefined;
}

/** What is said of a sequence in the key: by its source, and by a job's only source of any file. */
export function patternFor(job: Job, place: string, key: string): RegExp | undefined {
  const sources = sourcesOf(job);
  return sources.length === 1 ? sources[0]?.pattern : sourceOf(job, place, key)?.pattern;
}

/**
 * Tells the files of the same source as this one from those of the job's others: what is usual, and what came last, is so for one source.
 * Undefined for a job with one source: all of its files are alike.
 */
export function alikeFor(job: Job, { place, key }: SourceFile): ((file: SourceFile) => boolean) | undefined {
  if (sourcesOf(job).length === 1) return undefined;
  const own = sourceOf(job, place, key);
  return (file) => sourceOf(job, file.place, file.key) === own;
}

/** The job with what it says of reading files of that source. */
export function jobOfSource(job: Job, source: Source | undefined): Job {
  return source?.reads === undefined ? job : withReads(job, source.reads as Partial<Job>);
}

/**
 * The job as it speaks of that run's file: what the run remembers goes before what the file's place says now. Throws FatalError
 * `file_of_no_source` where nobody can say.
 */
export function jobOfRun(job: Job, { id, file, reading }: Run): Job {
  const named = reading?.source;
  const source =
    named === undefined ? sourceOf(job, file.place, file.key) : sourcesOf(job).find(({ name }) => name === named);
  if (source !== undefined || named === undefined || !readsDiffer(job)) return jobOfSource(job, source);
  const message = `run ${id} has read its file as one of the source ${named}, and the job has no source of that name now`;
  throw new FatalError("file_of_no_source", message, {
    hint: `give the source in the job file its name back; or give the run up: tieout abandon ${id} --reason "…"`,
  });
}

/** The same within the run's context. Of a run that is given up nothing more is read. */
export function contextOfRun(context: RunContext, run: Run): RunContext {
  return run.abandoned === null ? { ...context, job: jobOfRun(context.job, run) } : context;
}

/** Whether it matters which source a file is of. */
export function readsDiffer(job: Job): boolean {
  return sourcesOf(job).some(({ reads }) => reads !== undefined);
}

/** Why a file that a person has named cannot be read: the job says how for its sources only. */
export function ofNoSource({ place, key }: SourceFile): FatalError {
  const message = `${shownKey(`${place}/${key}`)} is of no source of the job, and each of them is read in its own way`;
  return new FatalError("file_of_no_source", message, {
    hint: "put the file where its source finds it, under a name that fits the pattern, and name it there",
  });
}

/** `<run>/<n>/…`, as every publication of every job has it; a run's id is its second and six hexadecimal digits. */
const OF_ANY_RUN = /(^|\/)[0-9]{8}-[0-9]{6}-[0-9a-f]{6}\/[0-9]+\//;
const PUBLISHED = /(^|\/)[^/]+\/[0-9]+\/(results|failed)(\.spreadsheet)?\.csv$/;

/**
 * Results of a run are no input, whatever job they are of: two jobs that read each other's would go on for ever. A source of
 * repaired files may contain folders of results, but never the job's own results place.
 */
function isPublished(job: Job, source: Source, key: string): boolean {
  if (!source.repaired && OF_ANY_RUN.test(key)) return true;
  return PUBLISHED.test(key) && isBelowResults(job, source, key);
}

function isBelowResults({ results }: Job, source: Source, key: string): boolean {
  if (source.kind === "bucket") {
    return results.kind === "bucket" && results.bucket === source.bucket && key.startsWith(results.prefix);
  }
  return results.kind === "folder" && isBelow(resolve(source.folder, key), results.folder);
}

/** The key of a file's done-file; undefined for a source without. */
export function doneKeyOf({ done }: Source, key: string): string | undefined {
  if (done === undefined) return undefined;
  const { suffix, replaces } = done;
  return replaces !== undefined && key.endsWith(replaces) ? key.slice(0, -replaces.length) + suffix : key + suffix;
}

/** The keys of files that such a done-file would be of. */
export function keysOfDone(source: Source, doneKey: string): readonly string[] {
  const { done, pattern } = source;
  if (done === undefined || !doneKey.endsWith(done.suffix)) return [];
  const bare = doneKey.slice(0, -done.suffix.length);
  return [...(done.replaces === undefined ? [] : [bare + done.replaces]), bare].filter(
    (key) => key.startsWith(prefixOf(source)) && fitsPattern(key, pattern) && doneKeyOf(source, key) === doneKey,
  );
}

/** Never an input, whatever pattern it fits. */
function isDoneFile(job: Job, place: string, key: string): boolean {
  return sourcesOf(job).some((one) => placeOf(one) === place && keysOfDone(one, key).length > 0);
}
