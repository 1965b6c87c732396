/**
 * One start of a job: under its lease, unfinished runs first, then its files strictly one after another, one run each.
 */
import type { Code } from "../../errors/codes/codes.ts";
import { EXIT, type ExitCode } from "../../errors/exit-codes.ts";
import type { Run, RunKind } from "../../ledger/run.ts";
import { describeSelection, type Selection } from "../../plan/selection.ts";
import type { PinnedFile } from "../../read/file/pin-file.ts";
import type { StoredFile } from "../../store/file-store.ts";
import { counted } from "../../text/counted.ts";
import { shownKey } from "../../text/shown-key.ts";
import { entryOfJob } from "../audit-entry.ts";
import { carryRun, type RunEnd, type RunOptions } from "../carry-run.ts";
import type { RunContext } from "../context.ts";
import { settingsSha256 } from "../job-sha256.ts";
import { nextStopMs } from "../next-rates.ts";
import { takePlan } from "../plan/take-plan.ts";
import { readPhase } from "../read/read-phase.ts";
import { isOfSource } from "../sources.ts";
import { readAbsent, runAbsents } from "./absent-run.ts";
import { checkLedgerHasJob, checkLedgerKnows } from "./check-ledger-knows.ts";
import { cutOff, rejectReplaced } from "./cut-off.ts";
import { type FoundFile, findFiles, withHash } from "./find-files.ts";
import { findTurn } from "./find-turn.ts";
import { giveUpReplaced } from "./give-up-replaced.ts";
import { holdJob } from "./hold-job.ts";
import { keepName } from "./keep-name.ts";
import { findKnown } from "./known-file.ts";
import { openPlace, pinInput } from "./pin-input.ts";
import { isSnapshotWaiting } from "./snapshot-waiting.ts";
import { tellAllWaiting, tellWaiting } from "./tell-waiting.ts";

export interface StartOptions {
  readonly kind: RunKind;
  /** A path or `s3://bucket/key`; the job's own source when not given, and of that only the newest to validate. */
  readonly file: string | null;
  /** Of the source's files, this key and those after it, also those that a first start skipped. */
  readonly from: string | null;
  readonly limit: number | null;
  /** The reason for running a known file again. */
  readonly again: string | null;
  /** Continues with a ledger that does not know earlier runs of the file. Then only a proven look-up allows a create. */
  readonly withoutLedger?: boolean;
  /** The rows that are wanted of each file; all when not given. */
  readonly selection?: Selection;
  /** How many accounts are sent first, read back and compared. */
  readonly canary?: number;
  /** Columns of a repaired file that may be edited though nothing was wrong with them. */
  readonly allowEdit?: readonly string[];
  /** When to stop, in wall-clock milliseconds; as the job says when not given. */
  readonly stopAtMs?: number;
}

/**
 * What one start came to, file by file; empty when there was no new file. `left`: the start was stopped before these files.
 * `out_of_turn`: these files wait for the numbers before them. `to_catch_up`: several files wait for a person, in this order.
 * `waiting`: a person has stopped that run, so the start leaves it alone, and takes no file of the source.
 */
export type FileEnd =
  | TakenEnd
  | { readonly kind: "left"; readonly of: RunKind; readonly files: number }
  | { readonly kind: "out_of_turn"; readonly awaits: string; readonly keys: readonly string[] }
  | { readonly kind: "to_catch_up"; readonly keys: readonly string[] }
  | { readonly kind: "waiting"; readonly run: Run };
/** `already`: the run's own file was asked for. `same_bytes`: another file was named that has the bytes of the run's. */
export type TakenEnd =
  | RunEnd
  | { readonly kind: "already"; readonly run: Run }
  | { readonly kind: "same_bytes"; readonly run: Run; readonly file: string };

const UNTAKEN = ["left", "waiting", "out_of_turn", "to_catch_up"] satisfies FileEnd["kind"][];

export function isTaken(end: FileEnd): end is TakenEnd {
  return !UNTAKEN.some((kind) => kind === end.kind);
}

/** `onEnd` is called for each file as it ends, also when a FatalError ends the start with a later file. */
export async function startJob(
  context: RunContext,
  options: StartOptions,
  onEnd: (end: FileEnd) => void = () => {},
): Promise<readonly FileEnd[]> {
  const ends: FileEnd[] = [];
  const record = (end: FileEnd) => {
    ends.push(end);
    onEnd(end);
  };
  // Of the whole start: a file after that time does not wait for the next day's.
  const stopAtMs = options.stopAtMs ?? nextStopMs(context.job, context.clock.nowMs());
  await startFiles({ ...context, stopAtMs }, options, { ends, record });
  return ends;
}

async function startFiles(context: RunContext, options: StartOptions, begun: Omit<Begun, "lease">): Promise<void> {
  if (options.kind !== "run") {
    await keepName(context, options.kind);
    return void (await takeFiles(context, options, { lease: () => null, ...begun }));
  }
  const { bankName, job } = context;
  await using lease = await holdJob(context);
  // Opening runs and taking files is fenced too: a process that slept past its lease must not take a file a second time.
  const ledger = context.ledger.fencedBy(lease.current);
  const fenced = { ...context, ledger };
  await keepName(fenced, options.kind);
  if (options.withoutLedger !== true) await checkLedgerHasJob(fenced);
  let heldUpBy: Run | undefined;
  for (const run of await ledger.runs.listUnfinished(bankName, job.name)) {
    if (run.waiting && (options.file !== null || !(await isSnapshotWaiting(fenced, run)))) {
      // A file that the operator names has nothing to do with that run.
      if (options.file === null) begun.record({ kind: "waiting", run });
      continue;
    }
    const isOfRun = run.rerunOf !== null || run.absentOf !== undefined;
    // What was made of an earlier run waits for no file.
    if (heldUpBy !== undefined && !isOfRun) continue;
    const end = await resumeRun(fenced, run, { lease: lease.current, limit: options.limit });
    begun.record(end);
    if (isStopped(end)) return;
    if (keepsWaiting(context, end)) heldUpBy ??= end.run;
  }
  if (heldUpBy !== undefined) return tellAllWaiting(fenced, options, heldUpBy);
  if (begun.ends.some(({ kind }) => kind === "waiting")) return;
  const isThrough = await takeFiles(fenced, options, { lease: lease.current, ...begun });
  // A file that still waits knows better who is absent.
  if (isThrough && options.file === null) await runAbsents(fenced, lease.current, begun.record);
}

/** `isWhole`: with the rows that its selection has left out. */
type ResumeOptions = Omit<RunOptions, "read"> & { readonly isWhole?: boolean };

/** Continues a run from the phase that comes next. The caller holds the job's lease. */
export async function resumeRun(
  context: RunContext,
  run: Run,
  { isWhole = false, ...options }: ResumeOptions,
): Promise<RunEnd> {
  context.progress.note(`resuming run ${run.id} at ${run.stage}`);
  const details = { stage: run.stage, ...(isWhole && { whole: true }) };
  const entry = entryOfJob(context, "resume", { run: run.id, details });
  if (isWhole) await context.ledger.audited(entry).selection.widen(run);
  else await context.ledger.audit.record(entry);
  await giveUpReplaced(context, run);
  await context.ledger.changes.reopenUnknown(run);
  const current = (await context.ledger.runs.find(run.id)) ?? run;
  return await carryRun(context, current, {
    ...options,
    isResumed: true,
    async read() {
      if (current.rerunOf !== null) return await cutOff(context, current);
      if (current.planOf !== null) return takePlan(context, current);
      if (current.absentOf !== undefined) return readAbsent(context, current);
      const store = await openPlace(context, current.file.place);
      const stored = await store.find(current.file.key);
      if (stored === undefined) return rejectReplaced(current);
      await using pinned = await pinInput(context, store, stored);
      if (pinned.sha256 !== current.file.sha256) return rejectReplaced(current);
      return await readPhase(context, current, { store, localPath: pinned.localPath });
    },
  });
}

/** The lease to work under, what the start has come to so far, and where its next end goes. */
interface Begun {
  readonly lease: RunOptions["lease"];
  readonly ends: readonly FileEnd[];
  readonly record: (end: FileEnd) => void;
}

/** Resolves with whether no file is left. */
async function takeFiles(context: RunContext, options: StartOptions, begun: Begun): Promise<boolean> {
  const found = await findFiles(context, options);
  const { files, end: waits } = await findTurn(context, found, options);
  for (const [taken, file] of files.entries()) {
    const among = { no: taken + 1, of: files.length };
    if (context.signal.aborted) {
      begun.record({ kind: "left", of: options.kind, files: files.length - taken });
      return false;
    }
    const end = await takeFile({ ...context, among }, file, options, begun);
    if (end !== null) begun.record(end);
    if (!keepsWaiting(context, end)) continue;
    if (end !== null && isTaken(end)) tellWaiting(context, files.slice(among.no), end.run);
    return among.no === among.of && waits === null;
  }
  if (waits !== null) begun.record(waits);
  return waits === null;
}

/** Null for a file that the job knows with another time: there is nothing to do. */
async function takeFile(
  context: RunContext,
  { store, file, replaced }: FoundFile,
  options: StartOptions,
  begun: Begun,
): Promise<FileEnd | null> {
  const { ledger, bankName, job, jobPath, clock, newRunId } = context;
  const { kind, file: named, again: reason, withoutLedger = false } = options;
  await using pinned = await pinInput(context, store, file);
  const known = await meetKnown(context, file, pinned, options, begun);
  if (known !== undefined) return known;
  const earlier = await ledger.runs.findTaken(bankName, job.name, { sha256: pinned.sha256 });
  // Whoever continues without the ledger of earlier runs has seen the error once.
  const isTold = withoutLedger || earlier?.withoutLedger === true;
  if (kind === "run" && !isTold) await checkLedgerKnows(context, pinned);
  const { localPath, [Symbol.asyncDispose]: _, ...bare } = pinned;
  const source = { ...bare, ...(file.doneAtMs !== undefined && { doneAtMs: file.doneAtMs }) };
  const isSeen = kind === "run" && (named === null || isOfSource(job, store.place, file.key));
  const opening = {
    id: newRunId(),
    kind,
    job: job.name,
    jobPath,
    file: source,
    byName: named !== null,
    rerunOf: null,
    planOf: null,
    settingsSha256: settingsSha256(job),
    accepts: [],
    reason,
    withoutLedger,
    startedAtMs: clock.nowMs(),
    actor: context.actor,
    ...(options.canary !== undefined && { canary: options.canary }),
    ...(options.selection !== undefined && { selection: options.selection }),
    ...(options.allowEdit !== undefined && { allowEdit: options.allowEdit }),
  };
  const earlierVersions = await Promise.all(isSeen ? replaced.map((one) => withHash(store, one)) : []);
  const narrowed = options.selection && { narrowed: describeSelection(options.selection) };
  const edits = options.allowEdit && { allowEdit: options.allowEdit };
  const details = { file: source.key, sha256: source.sha256, ...narrowed, ...edits };
  const audited = ledger.audited(entryOfJob(context, kind, { run: opening.id, reason, details }));
  const run = await audited.runs.open(bankName, opening, isSeen ? [file, source, ...earlierVersions] : []);
  const twin = earlier === undefined ? "" : `; same bytes as ${shownKey(earlier.file.key)}, run ${earlier.id}`;
  context.progress.note(`${kind} ${run.id}: ${shownKey(file.key)} (${counted(file.size, "byte")})${twin}`);
  for (const { key } of replaced)
    context.progress.note(`${shownKey(key)} is not run: ${shownKey(file.key)} is a later version of its batch`);
  return await carryRun(context, run, {
    lease: begun.lease,
    limit: options.limit,
    read: (opened) => readPhase(context, opened, { store, localPath }),
  });
}

/** The end of a file that the job knows; undefined for one to run. A plan of a named file is always made. */
async function meetKnown(
  context: RunContext,
  listed: StoredFile,
  pinned: PinnedFile,
  options: StartOptions,
  { ends }: Begun,
): Promise<FileEnd | null | undefined> {
  const { ledger, bankName, job, progress } = context;
  const isAsked = options.file !== null || options.from !== null;
  if (options.again !== null || options.kind === "validate" || (options.kind === "plan" && isAsked)) return undefined;
  const known = await findKnown(context, pinned, options);
  if (known === null) return undefined;
  const { kind, run } = known;
  if (run?.waiting && kind !== "restamped") return { kind: "waiting", run };
  if (kind === "same_bytes") {
    const isResumed = ends.some((end) => isTaken(end) && end.run.id === run.id);
    return isResumed ? { kind: "already", run } : { kind, run, file: options.file ?? pinned.key };
  }
  const isSeen = options.file === null || isOfSource(job, pinned.place, pinned.key);
  if (options.kind === "run" && isSeen)
    await ledger.files.recordSeen(bankName, job.name, pinned.place, [listed, pinned], run);
  if (kind === "already") return { kind, run };
  const why = run === null ? "the job's first start skipped it" : `run ${run.id} has read it`;
  progress.note(`${shownKey(pinned.key)} is not run: only its time is new, its bytes are the same, and ${why}`);
  return null;
}

/** Rejections that do not stop the chain of the job's files: results that lie among them, and a file that is gone. */
const APART: readonly Code[] = ["file_of_results", "file_changed"];

/** One row's busy account does not concern others. */
const isStopped = (end: FileEnd) =>
  end.kind === "reported" && end.summary.exit === EXIT.stopped && end.summary.stopped?.code !== "account_busy";

/** Whether this end keeps the job's later files waiting. */
function keepsWaiting({ job }: RunContext, end: FileEnd | null | undefined): boolean {
  if (end == null || !isTaken(end) || end.kind === "already" || end.kind === "same_bytes") return false;
  if (end.kind === "rejected" && APART.includes(end.rejection.code)) return false;
  if (isStopped(end)) return true;
  const ended = end.kind === "reported" && end.summary.final && end.summary.words.held === 0;
  return !ended && (job.onRejected === "stop" || job.expect?.sequence === "wait");
}

export function exitOf(end: FileEnd): ExitCode {
  if (!isTaken(end)) return EXIT.stopped;
  if (end.kind === "same_bytes") return EXIT.fileRejected;
  if (end.kind === "already") return end.run.exit ?? EXIT.stopped;
  return end.kind === "rejected" ? EXIT.fileRejected : end.summary.exit;
}
