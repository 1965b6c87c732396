/**
 * Files away what the job's runs are done with: each file is copied to the archive, its copy read back, the file tagged, and only then, if
 * the job says so, the original removed. What a process that died has left is due again at the next start.
 */
import type { Code } from "../../errors/codes/codes.ts";
import { FatalError } from "../../errors/fatal-error.ts";
import type { FiledAway } from "../../ledger/filings.ts";
import type { Run } from "../../ledger/run.ts";
import type { Summary } from "../../report/summary.ts";
import { type FileStore, isSameObject, type SourceFile, type StoredFile } from "../../store/file-store.ts";
import { shownKey } from "../../text/shown-key.ts";
import { entryOfJob } from "../audit-entry.ts";
import type { RunContext } from "../context.ts";
import { doneKeyOf, isOfSource, jobOfSource, sourceOf } from "../sources.ts";
import { holdJob } from "../start/hold-job.ts";
import { openPlace } from "../start/pin-input.ts";
import { checkArchivePlace } from "./check-archive-place.ts";
import { type ArchivedCopy, copyToArchive, hashOf } from "./copy-to-archive.ts";

/** Files that are still due; `error` and `run` are of the first. */
export interface NotArchived {
  readonly error: FatalError;
  readonly run: Run;
  readonly files: number;
}

const PAGE = 100;
/** As many failures one after another are not of single files. */
const MOST_FAILURES = 3;

/** What is wrong with a place or a file, rather than with the ledger or the lease. */
const OF_PLACES: readonly Code[] = [
  "not_archived",
  "source_unreachable",
  "source_not_found",
  "results_unwritable",
  "file_changed",
  "env_missing",
  "job_invalid",
];

/** Null when nothing is due any more, or another process is at work on the job. A failure keeps what is due, and changes nothing of any run. */
export async function fileAway(outer: RunContext): Promise<NotArchived | null> {
  const { job, bankName, signal, isRehearsal = false } = outer;
  if ((job.archive === undefined && job.tag === undefined) || isRehearsal || signal.aborted) return null;
  if ((await outer.ledger.filings.listDue(bankName, job.name, 0, 1)).length === 0) return null;
  await using lease = await holdJob(outer).catch((error: unknown) => {
    if (error instanceof FatalError && error.code === "lease_held") return null;
    throw error;
  });
  if (lease === null) return null;
  const context = { ...outer, ledger: outer.ledger.fencedBy(lease.current) };
  let first: Omit<NotArchived, "files"> | undefined;
  let failures = 0;
  for await (const run of walkDue(context)) {
    if (signal.aborted || failures === MOST_FAILURES) break;
    try {
      await fileOne(context, run);
    } catch (error) {
      if (!(error instanceof FatalError && OF_PLACES.includes(error.code))) throw error;
      first ??= { error, run };
      failures += 1;
    }
  }
  return first === undefined ? null : { ...first, files: failures };
}

/** Those that have ended, and in which nothing waits for a person. */
async function* walkDue({ ledger, bankName, job }: RunContext): AsyncGenerator<Run> {
  for (let after = 0; ; ) {
    const page = await ledger.filings.listDue(bankName, job.name, after, PAGE);
    yield* page.filter(isOver);
    const last = page.at(-1);
    if (last === undefined) return;
    after = last.no;
  }
}

function isOver({ summary }: Run): boolean {
  if (summary === null) return false;
  const { final, words } = JSON.parse(summary) as Summary;
  return final && words.held === 0;
}

async function fileOne(context: RunContext, run: Run): Promise<void> {
  const { job, progress } = context;
  const { file } = run;
  if (!isOfSource(job, file.place, file.key)) return end(context, run, null, "it is not of the job's source");
  await checkArchivePlace(context);
  const source = await openPlace(context, file.place);
  const filed = await copyAndTag(context, source, run);
  if (filed === null) {
    const note = "it was removed or replaced before that";
    progress.note(`${shownKey(file.key)} is not archived or tagged: ${note}`);
    return end(context, run, null, note);
  }
  const { copy, companions } = filed;
  const isMoved = copy !== null && job.archive?.move === true;
  // The file goes last: while it is there, its companions are due as well.
  for (const one of isMoved ? [...companions, file] : [])
    if ((await source.remove(one)) === "other")
      progress.note(`${shownKey(one.key)} stays in ${source.place}: another file has its name now`);
  await end(context, run, copy, null);
  if (copy === null) progress.note(`${shownKey(file.key)} is tagged`);
  else progress.note(`${shownKey(file.key)} is ${isMoved ? "moved" : "copied"} to ${copy.place}/${shownKey(copy.key)}`);
}

interface Filed {
  readonly copy: ArchivedCopy | null;
  /** Manifest and done-file, as they lie beside the file. */
  readonly companions: readonly StoredFile[];
}

/** Null when the file is gone, or another one, and has no copy. */
async function copyAndTag(context: RunContext, source: FileStore, run: Run): Promise<Filed | null> {
  const { job, openStore } = context;
  const { file } = run;
  const archive = job.archive && (await openStore(job.archive));
  try {
    const companions = archive === undefined ? [] : await findCompanions(context, source, file);
    const copies: ArchivedCopy[] = [];
    for (const one of archive === undefined ? [] : [file, ...companions])
      copies.push(await copyToArchive(context, { source, archive: archive ?? source, run, file: one }));
    const copy = copies[0] ?? null;
    if (job.tag === undefined) return { copy, companions };
    const tags = Object.entries(job.tag).map(([key, value]) => [key, value.replaceAll("{run}", run.id)]);
    const isMoved = archive !== undefined && copy !== null && job.archive?.move === true;
    if (!isMoved && !(await isThere(source, file))) return copy === null ? null : { copy, companions };
    await (isMoved ? archive : source).tag(isMoved ? copy : file, Object.fromEntries(tags));
    return { copy, companions };
  } catch (error) {
    if (error instanceof FatalError && error.code === "file_changed") return null;
    throw error;
  }
}

/** A version of a bucket stays, whatever is there now. */
async function isThere(source: FileStore, file: SourceFile): Promise<boolean> {
  if (file.versionId !== undefined) return true;
  const current = await source.find(file.key);
  return current !== undefined && isSameObject(current, file);
}

/** What says that the file is whole goes where the file goes. */
async function findCompanions({ job }: RunContext, source: FileStore, file: SourceFile): Promise<SourceFile[]> {
  const own = sourceOf(job, file.place, file.key);
  const suffix = jobOfSource(job, own).completeness?.manifest?.suffix;
  const keys = [suffix && file.key + suffix, own && doneKeyOf(own, file.key)];
  const found: SourceFile[] = [];
  for (const key of keys) {
    const one = key === undefined ? undefined : await source.find(key);
    if (one !== undefined) found.push({ ...one, place: source.place, sha256: await hashOf(source.read(one)) });
  }
  return found;
}

async function end(context: RunContext, run: Run, copy: ArchivedCopy | null, note: FiledAway["note"]): Promise<void> {
  const { job, ledger, clock } = context;
  const details = {
    file: run.file.key,
    ...(copy !== null && { to: `${copy.place}/${copy.key}`, moved: job.archive?.move === true }),
    ...(job.tag !== undefined && { tags: Object.keys(job.tag) }),
    ...(note !== null && { note }),
  };
  const audited = ledger.audited(entryOfJob(context, "archive", { run: run.id, details }));
  await audited.filings.end(run, { place: copy?.place ?? null, key: copy?.key ?? null, note }, clock.nowMs());
}
