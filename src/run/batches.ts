/**
 * Versions of a batch: which of several that wait is run, and whether a file comes too late, comes twice, or corrects what
 * came before (contract, "The bank's own account file": a file is corrected by sending it again, whole, with a higher version).
 */
import { batchOf, foldBatchId } from "../batch.ts";
import type { Code } from "../errors/codes/codes.ts";
import { type Rejected, type Rejection, rejected } from "../errors/rejection.ts";
import type { Run } from "../ledger/run.ts";
import { describeBatch } from "../read/describe-reading.ts";
import { jobWord } from "../report/job-word.ts";
import type { StoredFile } from "../store/file-store.ts";
import { shellWord } from "../text/shell-word.ts";
import { shownKey } from "../text/shown-key.ts";
import type { RunContext } from "./context.ts";
import { alikeFor } from "./sources.ts";

/** A file to run, and the earlier versions of its batch that waited with it and are not run. */
export interface LatestFile<File extends StoredFile = StoredFile> {
  readonly file: File;
  readonly replaced: readonly File[];
}

/** In the same order. Two files of one version both stay: nobody can say yet which of them is right. */
export function keepLatest<File extends StoredFile>(files: readonly File[]): LatestFile<File>[] {
  const named = files.map((file) => ({ file, batch: batchOf(file.key) }));
  const of = Map.groupBy(named, ({ batch }) => (batch === undefined ? null : foldBatchId(batch.id)));
  return named.flatMap(({ file, batch }) => {
    if (batch === undefined) return [{ file, replaced: [] }];
    const versions = of.get(foldBatchId(batch.id)) ?? [];
    const isBelow = (one: (typeof versions)[number], version: number) => (one.batch?.version ?? version) < version;
    if (versions.some((one) => isBelow({ file, batch }, one.batch?.version ?? 0))) return [];
    return [{ file, replaced: versions.filter((one) => isBelow(one, batch.version)).map((one) => one.file) }];
  });
}

/** Rejections of a file only because another one had come before it. */
const TOO_LATE: readonly (Code | undefined)[] = ["file_stale", "file_version_repeated"];

/**
 * `corrects` is the run of an earlier version, if there was one. A file is rejected if a later version has come, or the same
 * version with other bytes; `--again` runs it all the same.
 */
export async function judgeVersion(
  context: RunContext,
  run: Run,
): Promise<{ readonly kind: "fit"; readonly corrects: Run | null } | Rejected> {
  const { batch } = run;
  if (batch === null) return { kind: "fit", corrects: null };
  const versions = (await listVersions(context, run)).filter((one) => !TOO_LATE.includes(one.rejection?.code));
  const later = highest(versions, (version) => version > batch.version);
  if (later !== undefined && run.reason === null) return rejected(rejectEarlier(context, run, later));
  const same = versions.findLast(
    (one) => one.batch?.version === batch.version && one.rejection === null && one.file.sha256 !== run.file.sha256,
  );
  if (same !== undefined && run.reason === null) return rejected(rejectRepeated(context, run, same));
  return { kind: "fit", corrects: highest(versions, (version) => version < batch.version) ?? null };
}

/** Batches of two sources may have the same name. */
async function listVersions({ ledger, job }: RunContext, run: Run): Promise<readonly Run[]> {
  const versions = await ledger.runs.listVersions(run);
  const isAlike = alikeFor(job, run.file);
  return isAlike === undefined ? versions : versions.filter(({ file }) => isAlike(file));
}

/** Whether the run of that number has read another version of this run's file, or repaired rows of one. */
export async function isOfOtherVersion({ ledger, job }: RunContext, run: Run, other: number): Promise<boolean> {
  const found = await ledger.runs.findOtherVersion(run, other);
  return found !== undefined && (alikeFor(job, run.file)?.(found.file) ?? true);
}

function highest(versions: readonly Run[], isMeant: (version: number) => boolean): Run | undefined {
  const versionOf = ({ batch }: Run) => batch?.version ?? 0;
  return versions
    .filter((one) => isMeant(versionOf(one)))
    .reduce<Run | undefined>((top, one) => (top && versionOf(top) > versionOf(one) ? top : one), undefined);
}

function rejectEarlier(context: RunContext, run: Run, later: Run): Rejection {
  const came = `${nameOf(later)} came first, as run ${later.id}`;
  return {
    code: "file_stale",
    message: `the file is ${nameOf(run)}, and ${came}`,
    hint: hintFor(context, run, "leave it"),
  };
}

function rejectRepeated(context: RunContext, run: Run, same: Run): Rejection {
  const message = `the file is ${nameOf(run)}, and that was run with other bytes, from ${shownKey(same.file.key)}, as run ${same.id}`;
  return { code: "file_version_repeated", message, hint: hintFor(context, run, "send it with the next version") };
}

function nameOf({ batch, file }: Run): string {
  return `${batch === null ? "a file" : describeBatch(batch)} (${shownKey(file.key)})`;
}

function hintFor({ jobPath }: RunContext, { file }: Run, first: string): string {
  const address = shellWord(`${file.place}/${file.key}`);
  return `${first}; or, to run it all the same, type: tieout run ${jobWord(jobPath)} --file ${address} --again --reason "…"`;
}

/** The run of a later version that has been read since this run began: nothing more of this one may be sent. */
export async function findReplacement(context: RunContext, run: Run): Promise<Run | undefined> {
  const { batch } = run;
  if (batch === null) return undefined;
  const since = (await listVersions(context, run)).filter(
    ({ no, rejection, stage }) => no > run.no && rejection === null && stage !== "read",
  );
  return highest(since, (version) => version > batch.version);
}

/** Why nothing more is sent of a file that was replaced. */
export function replacedBy(later: Run): string {
  return `${nameOf(later)} has replaced its file, as run ${later.id}`;
}
