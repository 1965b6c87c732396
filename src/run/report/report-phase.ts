/**
 * The report phase: the ledger becomes results.csv, failed.csv, the spreadsheet copy if wanted, report.html and summary.json at the
 * results place, all or nothing, under a new number each time. It can be repeated at any time, and the results are the same.
 */
import { writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { EXIT, type ExitCode, exitOfCounts } from "../../errors/exit-codes.ts";
import type { Word } from "../../errors/words.ts";
import type { Job } from "../../job.ts";
import type { AuditHead, GuardOfRun } from "../../ledger/ledger.ts";
import type { Run } from "../../ledger/run.ts";
import { fileColumn, ignoredColumns } from "../../read/header/read-header.ts";
import { KeySum } from "../../read/row/key-sum.ts";
import { FileTotals } from "../../read/totals/file-totals.ts";
import { completeCause, renumberedIn } from "../../report/causes.ts";
import type { Equation } from "../../report/certificate.ts";
import type { Control } from "../../report/describe-control.ts";
import { jobWord } from "../../report/job-word.ts";
import { nextCommands } from "../../report/next-commands.ts";
import { ReportPage } from "../../report/page/report-page.ts";
import type { PlanPage } from "../../report/plan-page.ts";
import { DRIFT_COLUMNS, type ResultRow } from "../../report/result-row.ts";
import type { SnapshotSummary } from "../../report/snapshot-summary.ts";
import type { SummarizedGuard, Summary } from "../../report/summary.ts";
import { type Tally, writeResults } from "../../report/write-results.ts";
import { entryOfJob } from "../audit-entry.ts";
import { checkValues } from "../check-values.ts";
import type { RunContext } from "../context.ts";
import { walkResults } from "../pages.ts";
import { viewOf } from "../run-sight.ts";
import { MISSING, writeMissing } from "../snapshot/missing.ts";
import { certify } from "./certify.ts";
import { callsOfRun, fetchingOf } from "./fetching-of.ts";
import { findOldest } from "./find-oldest.ts";
import { isNarrowed, narrowedOf } from "./narrowed.ts";
import type { Ending } from "./open-end.ts";
import { openWorkFolder, writing } from "./open-work-folder.ts";
import { readPage } from "./read-page.ts";
import { resultOf } from "./result-of.ts";

export const REPORT_PAGE = "report.html";

/**
 * Publishes, and ends the run unless something is left to do. Throws FatalError `run_unbalanced` before anything is
 * written, and `results_unwritable`, after which the run can be reported again.
 */
export async function reportPhase(
  context: RunContext,
  run: Run,
  ending: Ending,
  /** The number of a publication whose ending is not recorded: the run itself stays as it is. */
  unrecorded?: number,
): Promise<Summary> {
  const { ledger, job, workFolder, openStore, clock, progress } = context;
  checkValues(run, "its results cannot be written again");
  await using folder = await openWorkFolder(workFolder);
  const pathOf = (name: string) => join(folder.path, name);
  const paths = {
    results: pathOf("results.csv"),
    failed: pathOf("failed.csv"),
    failedSpreadsheet: pathOf("failed.spreadsheet.csv"),
    spreadsheet: job.results.spreadsheet ? pathOf("results.spreadsheet.csv") : null,
  };
  const written = nothingRead(run);
  const view = () => ({ ...viewOf(context, run), of: run.rows, words: written.words, share: 1 });
  progress.watch(() => ({ ...view(), stage: "report", done: written.rows }));
  using _view = { [Symbol.dispose]: () => progress.end() };
  const rows = readResultRows(context, run, ending, written);
  const more = run.planOf === null ? [] : DRIFT_COLUMNS;
  const header = run.reading?.header ?? [];
  const page = new ReportPage({ header, idColumns: idColumnsOf(run), ...job.report });
  const tally = await writing(folder.path, () => writeResults(rows, header, paths, more, page));
  const narrowed = await narrowedOf(context, run, tally);
  const final = ending.stop === null && !written.open && !isNarrowed(run, narrowed);
  const sides = { tally, keys: String(written.keys), totals: written.totals, isFinal: final };
  const certificate = await certify(context, run, sides);

  const snapshot = await writing(folder.path, () => writeMissing(ledger, run, pathOf(MISSING)));
  const store = await openStore(job.results);
  const number = unrecorded ?? (await ledger.runs.openPublication(run));
  const key = `${resultsPrefix(job)}${run.id}/${number}`;
  const results = `${store.place}/${key}`;
  const plan =
    run.kind === "plan" && ending.stop === null ? await readPage(context, run, ending.ahead ?? null) : undefined;
  const beside = await readBeside(context, run, unrecorded === undefined);
  const found = { ...beside, snapshot, certificate, results, narrowed, page: plan };
  const times = await ledger.runs.readCallTimes(run);
  const summary = summarize(context, run, { ...ending, number, tally, final, ...found });
  const text = `${JSON.stringify(summary, null, 2)}\n`;
  await writing(folder.path, () => writeFile(pathOf("summary.json"), text, { mode: 0o600 }));
  await writing(folder.path, () => writeFile(pathOf(REPORT_PAGE), page.draw(summary, times), { mode: 0o600 }));
  // The summary goes last: where it is, the rest is whole.
  const missing = snapshot === null ? null : pathOf(MISSING);
  for (const path of [...Object.values(paths), missing, pathOf(REPORT_PAGE), pathOf("summary.json")]) {
    if (path !== null) await store.write(`${key}/${basename(path)}`, path);
  }
  const { exit } = summary;
  const details = { exit, final, publication: number, ...(summary.stopped && { code: summary.stopped.code }) };
  const audited = ledger.audited(entryOfJob(context, "end", { run: run.id, details }));
  if (unrecorded === undefined)
    await audited.runs.recordPublication(run, { number, summary: text, exit, final, atMs: clock.nowMs() });
  return summary;
}

/** What is told of the run beside its rows. */
async function readBeside(context: RunContext, run: Run, isRecorded: boolean) {
  const { ledger } = context;
  return {
    twin: await findTwin(context, run),
    replaces: run.batch === null ? [] : await ledger.files.listReplaced(run),
    guards: (await ledger.guards.list(run)).map(toSummary),
    audit: isKept(context, run) ? await ledger.audit.findHead() : null,
    control: await ledger.controls.find(run),
    oldestOpen: isKept(context, run) ? await findOldest(context, run, isRecorded) : undefined,
  };
}

/** What the keys of all publications of the job begin with: "", or ending in "/". */
export function resultsPrefix({ results }: Job): string {
  const prefix = results.kind === "bucket" ? results.prefix : "";
  return prefix === "" || prefix.endsWith("/") ? prefix : `${prefix}/`;
}

/** The file's own names of the columns that name the account. */
const idColumnsOf = ({ reading }: Run) =>
  reading === null ? [] : ["account_id", "client_account_id"].map((column) => fileColumn(reading, column));

/** To add up again what the file's trailer or manifest states; null for chosen rows of a file, and where nothing is stated. */
function totalsOf({ reading, rerunOf }: Run): FileTotals | null {
  if (reading?.stated === undefined || rerunOf !== null) return null;
  const opened = FileTotals.open(reading, reading.stated);
  return opened.kind === "rejected" ? null : opened.totals;
}

/** The last run before this one of the same bytes, wherever the file was; none for rows of an earlier run. */
async function findTwin({ ledger }: RunContext, run: Run): Promise<Run | undefined> {
  if (run.rerunOf !== null) return undefined;
  return ledger.runs.findTaken(run.bank, run.job, { sha256: run.file.sha256, before: run });
}

function toSummary({ guard, figure, allowed, held, holding, approval }: GuardOfRun): SummarizedGuard {
  const tripped = { guard, figure, allowed, held, holding };
  if (approval === null) return tripped;
  const { max, by, reason, atMs } = approval;
  return { ...tripped, approved: { max, by, reason, at: new Date(atMs).toISOString() } };
}

interface Published extends Ending {
  readonly snapshot: SnapshotSummary | null;
  readonly oldestOpen: Summary["oldestOpen"];
  readonly number: number;
  readonly twin: Run | undefined;
  readonly replaces: readonly string[];
  readonly page: PlanPage | undefined;
  readonly narrowed: Summary["narrowed"];
  readonly tally: Tally;
  readonly final: boolean;
  readonly certificate: readonly Equation[];
  readonly results: string;
  readonly guards: readonly SummarizedGuard[];
  readonly audit: AuditHead | null;
  readonly control: Control;
}

/** Whether the ledger outlasts the command. */
const isKept = ({ isRehearsal }: RunContext, { kind }: Run) => isRehearsal !== true && kind !== "validate";

const absenceOf = ({ absentOf }: Run, snapshot: SnapshotSummary | null) => ({
  ...(absentOf !== undefined && { absentOf }),
  ...(snapshot !== null && { snapshot }),
});

function summarize(context: RunContext, run: Run, published: Published): Summary {
  const { tally, stop, maxChange, final, certificate, results, twin, replaces, guards, audit, control } = published;
  const { narrowed, page, number, snapshot } = published;
  const fetching = fetchingOf(run, tally);
  const renumbered = renumberedIn(run.summary === null ? null : (JSON.parse(run.summary) as Summary), tally, number);
  const isRepeatable = run.kind === "run" && final && isKept(context, run);
  const { place, key, size, sha256 } = run.file;
  // For rows that `--limit` left, the bank does not yet have what the file says.
  const exit: ExitCode = stop?.exit ?? (final ? exitOfCounts(tally.words) : EXIT.stopped);
  const summary = {
    run: run.id,
    job: context.jobPath === "" ? null : run.job,
    kind: run.kind,
    ...(context.isRehearsal && { rehearsal: true as const }),
    final,
    exit,
    bank: run.kind === "validate" ? null : run.bank,
    file: { place, key, size, sha256 },
    ...(twin !== undefined && { sameBytesAs: { key: twin.file.key, run: twin.id } }),
    ...(run.batch !== null && {
      batch: {
        ...run.batch,
        ...(run.corrects !== null && { corrects: run.corrects }),
        ...(replaces.length > 0 && { replaces }),
      },
    }),
    rerunOf: run.rerunOf,
    ...(run.planOf !== null && { planOf: run.planOf }),
    ...(run.planHash !== null && { planHash: run.planHash }),
    ...(run.accepts.length > 0 && { accepts: run.accepts }),
    reason: run.reason,
    ...(narrowed !== undefined && { narrowed }),
    actor: run.actor,
    startedAt: new Date(run.startedAtMs).toISOString(),
    endedAt: new Date(Math.max(tally.lastAtMs, run.startedAtMs)).toISOString(),
    ...(published.oldestOpen !== undefined && { oldestOpen: published.oldestOpen }),
    rows: tally.rows,
    ignoredColumns: run.reading === null ? [] : ignoredColumns(run.reading),
    words: tally.words,
    operations: tally.operations,
    causes: tally.causes.map((cause) => completeCause(cause, isRepeatable ? run.id : null, renumbered)),
    ...(renumbered !== undefined && { renumbered }),
    notes: tally.notes,
    ...(tally.repairs !== null && { repairs: tally.repairs }),
    ...(page !== undefined && { page }),
    ...absenceOf(run, snapshot),
    ...(guards.length > 0 && { guards }),
    calls: callsOfRun(run),
    ...(fetching !== undefined && { fetching }),
    certificate,
    maxChange,
    stopped: stop && { code: stop.issue.code, message: stop.issue.message },
    ...(control.by !== null && { control }),
    ...(run.waiting && !final && { waiting: true as const }),
    ...(run.abandoned !== null && { abandoned: run.abandoned }),
    results,
    audit,
  };
  return { ...summary, next: nextCommands(summary, jobWord(context.jobPath)) };
}

/** What has been read of the results so far. */
interface ReadSoFar {
  /** Whether a row has no end yet. */
  open: boolean;
  readonly keys: KeySum;
  readonly totals: FileTotals | null;
  rows: number;
  readonly words: Partial<Record<Word, number>>;
}

function nothingRead(run: Run): ReadSoFar {
  const keys = new KeySum(run.reading ?? { columns: [] });
  return { open: false, keys, totals: totalsOf(run), rows: 0, words: {} };
}

async function* readResultRows(
  { ledger }: RunContext,
  run: Run,
  ending: Ending,
  written: ReadSoFar,
): AsyncGenerator<readonly ResultRow[]> {
  const stored = walkResults(ledger, run);
  for await (const page of stored) {
    const rows = page.map((result) => resultOf(run, result, ending));
    if (run.kind === "run" && page.some(({ word }) => word === null)) written.open = true;
    for (const { word } of rows) written.words[word] = (written.words[word] ?? 0) + 1;
    for (const { source } of page) {
      written.keys.add(source);
      written.totals?.add(source);
    }
    written.rows += page.length;
    yield rows;
  }
}
