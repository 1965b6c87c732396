/**
 * The report phase: the ledger becomes results.csv, failed.csv, the spreadsheet copy if wanted, and summary.json at the
 * results place, all or nothing, under a new number each time. Can be made again at any time, and says the same.
 */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { EXIT, type ExitCode, exitOfCounts } from "../errors/exit-codes.ts";
import { FatalError } from "../errors/fatal-error.ts";
import type { Word } from "../errors/words.ts";
import type { StoredOperation, StoredResult } from "../ledger/ledger.ts";
import type { Run } from "../ledger/run.ts";
import { KeySum } from "../read/key-sum.ts";
import { drawCertificate, type Equation, findImbalance } from "../report/certificate.ts";
import type { ResultRow } from "../report/result-row.ts";
import { nextCommands, type Summary } from "../report/summary.ts";
import { type Tally, writeResults } from "../report/write-results.ts";
import { PAGE, type RunContext, type Stop } from "./context.ts";
import { walkPages } from "./window.ts";

export interface Ending {
  readonly stop: Stop | null;
  /** Rows beyond were left by `--limit`. */
  readonly maxChange: number;
}

/** Publishes, and ends the run unless something is left to do. Throws FatalError `run_unbalanced` before anything is written. */
export async function reportPhase(context: RunContext, run: Run, { stop, maxChange }: Ending): Promise<Summary> {
  const { ledger, job, workFolder, openStore, clock } = context;
  await mkdir(workFolder, { recursive: true, mode: 0o700 });
  const folder = await mkdtemp(join(workFolder, "results-"));
  try {
    const paths = {
      results: join(folder, "results.csv"),
      failed: join(folder, "failed.csv"),
      spreadsheet: job.results.spreadsheet ? join(folder, "results.spreadsheet.csv") : null,
      summary: join(folder, "summary.json"),
    };
    const written = { open: false, keys: new KeySum(run.reading ?? { columns: [] }) };
    const tally = await writeResults(
      readResultRows(context, run, { stop, maxChange }, written),
      run.reading?.header ?? [],
      paths,
    );
    const certificate = await certify(context, run, tally, String(written.keys));

    const store = await openStore(job.results);
    const number = await ledger.runs.openPublication(run);
    const prefix = "bucket" in job.results ? withSlash(job.results.prefix) : "";
    const folderKey = `${prefix}${run.id}/${number}`;
    const summary = summarize(
      context,
      run,
      tally,
      { stop, maxChange },
      certificate,
      written.open,
      `${store.place}/${folderKey}`,
    );
    const text = `${JSON.stringify(summary, null, 2)}\n`;
    await writeFile(paths.summary, text, { mode: 0o600 });
    for (const path of [paths.results, paths.failed, paths.spreadsheet, paths.summary]) {
      if (path !== null) await store.write(`${folderKey}/${basename(path)}`, path);
    }
    await ledger.runs.recordPublication(run, {
      summary: text,
      exit: summary.exit,
      final: summary.final,
      atMs: clock.nowMs(),
    });
    return summary;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const withSlash = (prefix: string) => (prefix === "" || prefix.endsWith("/") ? prefix : `${prefix}/`);

function summarize(
  context: RunContext,
  run: Run,
  tally: Tally,
  { stop, maxChange }: Ending,
  certificate: readonly Equation[],
  open: boolean,
  results: string,
): Summary {
  const final = stop === null && !open;
  const { words } = tally;
  const { place, key, size, sha256 } = run.file;
  const exit: ExitCode = stop?.exit ?? exitOfCounts(words);
  const summary = {
    run: run.id,
    job: context.jobPath === "" ? null : run.job,
    kind: run.kind,
    final,
    exit,
    bank: run.kind === "validate" ? null : run.bank,
    file: { place, key, size, sha256 },
    rerunOf: run.rerunOf,
    reason: run.reason,
    startedAt: new Date(run.startedAtMs).toISOString(),
    endedAt: new Date(Math.max(tally.lastAtMs, run.startedAtMs)).toISOString(),
    rows: tally.rows,
    words,
    operations: tally.operations,
    reasons: tally.reasons,
    certificate,
    maxChange,
    stopped: stop && { code: stop.issue.code, message: stop.issue.message },
    results,
  };
  return { ...summary, next: nextCommands(summary) };
}

/** What was read, written and done must agree before anything is published (design §1 and §6). */
async function certify(
  { ledger }: RunContext,
  run: Run,
  tally: Tally,
  keysWritten: string,
): Promise<readonly Equation[]> {
  const { keysIn, ...operations } = await ledger.balance.read(run);
  const certificate = drawCertificate({ rowsRead: run.rows, keysRead: keysIn, keysWritten, tally, operations });
  const wrong = findImbalance(certificate);
  if (wrong === undefined) return certificate;
  const { left, right, figures } = wrong;
  throw new FatalError("run_unbalanced", `run ${run.id}: ${left}: ${figures[0]}, ${right}: ${figures[1]}`, {
    hint: "send the run's id to Tieout's makers; nothing was published",
    exit: EXIT.ourFault,
  });
}

async function* readResultRows(
  { ledger }: RunContext,
  run: Run,
  ending: Ending,
  written: { open: boolean; readonly keys: KeySum },
): AsyncGenerator<readonly ResultRow[]> {
  const stored = walkPages(
    (page) => ledger.rows.readResults(run, page),
    ({ source }) => source.row,
    PAGE,
  );
  for await (const page of stored) {
    for (const { source } of page) written.keys.add(source);
    yield page.map((result) => resultOf(run, result, ending, written));
  }
}

function resultOf(run: Run, stored: StoredResult, ending: Ending, left: { open: boolean }): ResultRow {
  const { source, accountId, differences, operations } = stored;
  const open = stored.word === null ? openEnd(run, stored, ending) : null;
  if (open !== null && run.kind === "run") left.open = true;
  return {
    ...source,
    word: stored.word ?? open?.word ?? "skipped",
    accountId,
    operations: operations.map((operation) => ({
      kind: operation.kind,
      word: wordOf(operation),
      httpStatus: operation.httpStatus ?? 0,
      attempts: operation.attempts,
      key: operation.key,
    })),
    differences,
    issues: open === null ? stored.issues : [...stored.issues, { code: open.code, column: "", message: open.message }],
    run: run.id,
    atMs: stored.atMs ?? run.startedAtMs,
  };
}

/** What may have left and has no answer yet is unknown, whatever a crash made of it. */
function wordOf({ state }: StoredOperation): string {
  return state === "sending" ? "unknown" : state;
}

const NOT_RUN = { plan: "planned, and not sent, as asked", validate: "valid by itself; the bank was not asked" };

function openEnd(run: Run, { source, operations }: StoredResult, { stop, maxChange }: Ending) {
  const word: Word = operations.some(({ state }) => state === "sending" || state === "unknown") ? "unknown" : "skipped";
  if (run.kind !== "run") return { word, code: "not_run" as const, message: NOT_RUN[run.kind] };
  if (stop === null && source.row > maxChange)
    return {
      word,
      code: "limit_reached" as const,
      message: `the row lies beyond --limit; resume run ${run.id} for it`,
    };
  const why = stop?.issue.message ?? "the run was stopped";
  return { word, code: "stopped" as const, message: `${why}; resume run ${run.id}` };
}
