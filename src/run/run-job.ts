/**
 * One start of a job: under its lease, unfinished runs first, then its files strictly one after another, one run each.
 */

import { mkdir } from "node:fs/promises";
import { basename, dirname, relative, resolve } from "node:path";
import { counted } from "../counted.ts";
import { EXIT, type ExitCode } from "../errors/exit-codes.ts";
import { FatalError } from "../errors/fatal-error.ts";
import { CODES } from "../errors/registry.ts";
import type { Job } from "../job.ts";
import { leaseName, type Rejection, type Run, type RunKind } from "../ledger/run.ts";
import { orderFiles, type PinnedFile, pinFile } from "../read/pin-file.ts";
import { fitsPattern } from "../read/sequence.ts";
import { type FileStore, type StoredFile, shownKey } from "../read/source-file.ts";
import type { RunContext } from "./context.ts";
import { holdLease } from "./lease.ts";
import { checkLedgerKnows } from "./missing-ledger.ts";
import { readFileRows } from "./read-phase.ts";
import { carryRun, type RunEnd, type RunOptions } from "./run.ts";

export interface StartOptions {
  readonly kind: RunKind;
  /** A path or `s3://bucket/key`; the job's own source when not given, and of that only the newest to validate. */
  readonly file: string | null;
  /** Of the source's files, this key and those after it, known or not passed over. */
  readonly from: string | null;
  readonly limit: number | null;
  /** The reason for running a known file again. */
  readonly again: string | null;
  /** Goes on with a ledger that does not know earlier runs of the file; then only a proven look-up allows a create. */
  readonly withoutLedger?: boolean;
}

/** What one start came to, file by file. `left` are those that it was told to stop before; none when there was no new file. */
export type FileEnd = TakenEnd | { readonly kind: "left"; readonly files: number };
export type TakenEnd = RunEnd | { readonly kind: "already"; readonly run: Run };

export function isTaken(end: FileEnd): end is TakenEnd {
  return end.kind !== "left";
}

export async function startJob(context: RunContext, options: StartOptions): Promise<readonly FileEnd[]> {
  if (options.kind !== "run") return takeFiles(context, options, () => null);
  const { bankName, job, owner, clock } = context;
  await using lease = await holdLease(context.ledger, leaseName(bankName, job.name), job.name, owner, clock);
  // Also what opens runs and takes files: a process that slept past its lease must not take one a second time.
  const ledger = context.ledger.fencedBy(lease.current);
  const fenced = { ...context, ledger };
  const ends: FileEnd[] = [];
  for (const run of await ledger.runs.listUnfinished(bankName, job.name)) {
    ends.push(await resumeRun(fenced, run, { lease: lease.current, limit: options.limit }));
    if (keepsWaiting(context, ends.at(-1))) return ends;
  }
  return [...ends, ...(await takeFiles(fenced, options, lease.current))];
}

/** The same run again, from where it stands. The caller holds the job's lease. */
export async function resumeRun(context: RunContext, run: Run, options: Omit<RunOptions, "read">): Promise<RunEnd> {
  context.progress.note(`resuming run ${run.id} at ${run.stage}`);
  await context.ledger.changes.reopenUnknown(run);
  const current = (await context.ledger.runs.find(run.id)) ?? run;
  return await carryRun(context, current, {
    ...options,
    async read() {
      if (current.rerunOf !== null) return cutOff(current);
      const store = await openPlace(context, current.file.place);
      const stored = await store.find(current.file.key);
      const moved = new FatalError(
        "file_changed",
        `${shownKey(current.file.key)} is no longer the file that run ${run.id} began with`,
        {
          hint: "put the old file back, or start the job with the new one",
        },
      );
      if (stored === undefined) throw moved;
      await using pinned = await pin(context, store, stored);
      if (pinned.sha256 !== current.file.sha256) throw moved;
      return await readFileRows(context, current, { store, localPath: pinned.localPath });
    },
  });
}

/** Which rows a re-run was to take is known only to its start; as none was sent, it is simply begun anew. */
function cutOff({ id, rerunOf }: Run): Rejection {
  const message = `run ${id} was cut off before it had its rows, and sent nothing`;
  return { code: "run_stopped", message, hint: `start tieout rerun ${rerunOf} again` };
}

async function takeFiles(context: RunContext, options: StartOptions, lease: RunOptions["lease"]): Promise<FileEnd[]> {
  const { store, files } = await listFiles(context, options);
  const ends: FileEnd[] = [];
  for (const [taken, file] of files.entries()) {
    if (context.signal.aborted) return [...ends, { kind: "left", files: files.length - taken }];
    ends.push(await takeFile(context, store, file, options, lease));
    if (keepsWaiting(context, ends.at(-1))) break;
  }
  return ends;
}

async function takeFile(
  context: RunContext,
  store: FileStore,
  file: StoredFile,
  options: StartOptions,
  lease: RunOptions["lease"],
): Promise<FileEnd> {
  const { ledger, bankName, job, jobPath, clock, newRunId } = context;
  await using pinned = await pin(context, store, file);
  const earlier = await ledger.runs.findByFile(bankName, job.name, pinned.sha256);
  if (options.kind === "run" && options.again === null && earlier !== undefined && isSameFile(earlier, pinned)) {
    await ledger.files.recordSeen(bankName, job.name, store.place, [file], earlier);
    return { kind: "already", run: earlier };
  }
  const withoutLedger = options.withoutLedger ?? false;
  if (options.kind === "run" && earlier === undefined && !withoutLedger) await checkLedgerKnows(context, pinned);
  const { localPath, [Symbol.asyncDispose]: _, ...source } = pinned;
  const run = await ledger.runs.open(bankName, {
    id: newRunId(),
    kind: options.kind,
    job: job.name,
    jobPath,
    file: source,
    rerunOf: null,
    reason: options.again,
    withoutLedger,
    startedAtMs: clock.nowMs(),
  });
  if (options.kind === "run") await ledger.files.recordSeen(bankName, job.name, store.place, [file], run);
  context.progress.note(`${run.kind} ${run.id}: ${shownKey(file.key)} (${counted(file.size, "byte")})`);
  return await carryRun(context, run, {
    lease,
    limit: options.limit,
    read: (opened) => readFileRows(context, opened, { store, localPath }),
  });
}

/**
 * A header without rows is the same every day, and there is nothing in it to do twice: only its own key makes it known.
 * A file that was rejected for what can come right, such as a manifest that was not there yet, was not taken.
 */
function isSameFile(earlier: Run, { key, place }: PinnedFile): boolean {
  if (earlier.rejection !== null && CODES[earlier.rejection.code].retryHelps) return false;
  return earlier.rows > 0 || earlier.rejection !== null || (earlier.file.key === key && earlier.file.place === place);
}

/** Whether this end keeps the job's later files waiting (design §2). */
function keepsWaiting({ job }: RunContext, end: FileEnd | undefined): boolean {
  if (end === undefined || end.kind === "already") return false;
  // What keeps one row's account busy says nothing of the other files.
  const isBusy = end.kind === "reported" && end.summary.stopped?.code === "account_busy";
  if (end.kind === "reported" && end.summary.exit === EXIT.stopped && !isBusy) return true;
  const ended = end.kind === "reported" && end.summary.final && end.summary.words.held === 0;
  return !ended && job.onRejected === "stop";
}

export function exitOf(end: FileEnd): ExitCode {
  if (end.kind === "left") return EXIT.stopped;
  if (end.kind === "already") return end.run.exit ?? EXIT.stopped;
  return end.kind === "rejected" ? EXIT.fileRejected : end.summary.exit;
}

async function pin({ workFolder, job }: RunContext, store: FileStore, file: StoredFile): Promise<PinnedFile> {
  await mkdir(workFolder, { recursive: true, mode: 0o700 });
  return pinFile(store, file, { spoolFolder: workFolder, limits: job.limits, pattern: job.source.pattern });
}

async function listFiles(
  context: RunContext,
  options: StartOptions,
): Promise<{ store: FileStore; files: StoredFile[] }> {
  const { job, ledger, bankName, openStore } = context;
  if (options.file !== null) return findFile(context, options.file);
  const { source } = job;
  const store = await openStore(source);
  const listed: StoredFile[] = [];
  for await (const file of store.list("bucket" in source ? source.prefix : "")) {
    if (fitsPattern(file.key, source.pattern) && !isOwnResult(job, file.key) && !isManifest(job, file.key))
      listed.push(file);
  }
  const files = orderFiles(listed, source.pattern);
  if (options.from !== null) {
    const at = files.findIndex(({ key }) => key === options.from);
    if (at < 0) {
      const hint = "give a key as the source lists it";
      throw new FatalError(
        "source_not_found",
        `${store.place} has no file ${JSON.stringify(options.from)} that fits the job`,
        { hint },
      );
    }
    return { store, files: files.slice(at) };
  }
  if (options.again !== null || options.kind === "validate") return { store, files: files.slice(-1) };
  const known = await ledger.files.findKnown(bankName, job.name, store.place, files);
  const fresh = files.filter((_, index) => !known.has(index));
  const passesOver = job.schedule !== undefined && job.firstStart === "newest" && fresh.length > 1;
  if (!passesOver || !(await ledger.files.isFirstStart(bankName, job.name))) return { store, files: fresh };
  if (options.kind === "run") await ledger.files.recordSeen(bankName, job.name, store.place, fresh.slice(0, -1), null);
  context.progress.note(`first start: taking the newest of ${counted(fresh.length, "file")}; --from takes others`);
  return { store, files: fresh.slice(-1) };
}

/** A results place inside the source would feed every run with the results of the one before. */
function isOwnResult({ source, results }: Job, key: string): boolean {
  if ("bucket" in source) {
    if (!("bucket" in results) || results.bucket !== source.bucket) return false;
    return key.startsWith(results.prefix) && PUBLISHED.test(key);
  }
  if ("bucket" in results) return false;
  const within = relative(resolve(results.folder), resolve(source.folder, key));
  return !within.startsWith("..") && PUBLISHED.test(key);
}

/** A pattern that takes everything takes manifests too. */
function isManifest({ completeness }: Job, key: string): boolean {
  return completeness !== undefined && "manifest" in completeness && key.endsWith(completeness.manifest.suffix);
}

const PUBLISHED = /(^|\/)[^/]+\/[0-9]+\/(results|results\.spreadsheet|failed)\.csv$/;

async function findFile(context: RunContext, file: string): Promise<{ store: FileStore; files: StoredFile[] }> {
  const s3 = /^s3:\/\/([^/]+)\/(.+)$/s.exec(file);
  const path = resolve(file);
  const store = await context.openStore(s3 ? { bucket: s3[1] ?? "" } : { folder: dirname(path) });
  const stored = await store.find(s3 ? (s3[2] ?? "") : basename(path));
  if (stored !== undefined) return { store, files: [stored] };
  throw new FatalError("source_not_found", `there is no file ${file}`, { hint: "check the path or the s3:// address" });
}

/** A store by the place that a SourceFile carries. */
function openPlace({ openStore }: RunContext, place: string): Promise<FileStore> {
  return openStore(place.startsWith("s3://") ? { bucket: place.slice("s3://".length) } : { folder: place });
}
