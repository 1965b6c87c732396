/**
 * The run that works on the accounts that a snapshot lacks. Tieout makes its rows itself, from what the ledger lists; from there on it is a run like
 * any other, with a plan, guards, calls and results of its own.
 */
import { createHash } from "node:crypto";
import { EXIT } from "../../errors/exit-codes.ts";
import type { Rejection } from "../../errors/rejection.ts";
import type { Run } from "../../ledger/run.ts";
import type { AbsentAccount } from "../../ledger/snapshots.ts";
import type { ParsedRow } from "../../read/change.ts";
import { readHeader } from "../../read/header/read-header.ts";
import { DEFAULT_READ_SETTINGS } from "../../read/reading.ts";
import { KeySum } from "../../read/row/key-sum.ts";
import { parseRow } from "../../read/row/parse-row.ts";
import type { SnapshotOf } from "../../snapshot-settings.ts";
import type { SourceFile } from "../../store/file-store.ts";
import { counted } from "../../text/counted.ts";
import { entryOfJob } from "../audit-entry.ts";
import { carryRun, type RunEnd, type RunOptions } from "../carry-run.ts";
import type { RunContext } from "../context.ts";
import { settingsSha256 } from "../job-sha256.ts";
import { PAGE } from "../pages.ts";
import { noteReading } from "../read/note-reading.ts";
import { MISSING } from "../snapshot/missing.ts";

const HEADER = ["account_id", "status", "status_reason"];
const STATUS_OF = { deactivate: "inactive", close: "closed" } as const;

/**
 * Works on the absent accounts of the job's snapshots, a run for each, unless that was begun before or a later snapshot says more. The caller holds
 * the job's lease. Calls `onEnd` for each run; a run that stops is the last.
 */
export async function runAbsents(
  context: RunContext,
  lease: RunOptions["lease"],
  onEnd: (end: RunEnd) => void,
): Promise<void> {
  const { ledger, bankName, job } = context;
  if (context.isRehearsal) return;
  for (let after = 0; ; ) {
    const id = await ledger.snapshots.findOwed(bankName, job.name, after);
    const from = id === undefined ? undefined : await ledger.runs.find(id);
    if (from === undefined) return;
    after = from.no;
    if (await ledger.snapshots.isSuperseded(from)) continue;
    const end = await runAbsent(context, from, lease);
    onEnd(end);
    if (end.kind === "reported" && end.summary.exit === EXIT.stopped) return;
  }
}

async function runAbsent(context: RunContext, from: Run, lease: RunOptions["lease"]): Promise<RunEnd> {
  const { ledger, job, jobPath, bankName, clock, actor, newRunId } = context;
  const { settings, end } = (await ledger.snapshots.find(from)) ?? {};
  if (!settings?.absent || !end) throw new Error(`the snapshot of run ${from.id} is gone from the ledger`);
  const opening = {
    id: newRunId(),
    kind: "run",
    job: job.name,
    jobPath,
    file: await fileOf(context, from, settings.absent),
    // Its size says nothing about the job's files.
    byName: true,
    rerunOf: null,
    planOf: null,
    absentOf: from.id,
    settingsSha256: settingsSha256(job),
    accepts: [],
    reason: null,
    withoutLedger: from.withoutLedger,
    startedAtMs: clock.nowMs(),
    actor,
  } as const;
  const details = { absentOf: from.id, accounts: end.states.absent, ...settings.absent };
  const audited = ledger.audited(entryOfJob(context, "run", { run: opening.id, details }));
  const run = await audited.runs.open(bankName, opening, []);
  context.progress.note(
    `run ${run.id}: ${counted(end.states.absent, "account")} that the snapshot of run ${from.id} lacks`,
  );
  return await carryRun(context, run, { lease, limit: null, read: (opened) => readAbsent(context, opened) });
}

/** Why a run over absent accounts is given up: they may be back. */
export const ABSENCE_OVER = "a later snapshot has been read, which says who is absent now";

export async function isAbsenceOver({ ledger }: Pick<RunContext, "ledger">, { absentOf }: Run): Promise<boolean> {
  const from = absentOf === undefined ? undefined : await ledger.runs.find(absentOf);
  return from !== undefined && (await ledger.snapshots.isSuperseded(from));
}

/** Fills the ledger with the run's rows: the same ones however often it is begun. */
export async function readAbsent(context: RunContext, run: Run): Promise<Rejection | null> {
  const { ledger } = context;
  const from = await ledger.runs.find(run.absentOf ?? "");
  const absent = from && (await ledger.snapshots.find(from))?.settings.absent;
  if (!from || !absent) throw new Error(`run ${run.id}: the snapshot ${run.absentOf} is gone from the ledger`);
  const read = readHeader(HEADER, DEFAULT_READ_SETTINGS, ",");
  if (read.kind === "rejected") return read.rejection;
  const { reading } = read;
  await ledger.runs.record(run, { reading });
  noteReading(context, run, reading);
  const keys = new KeySum(reading);
  let last = 1;
  for await (const page of pagesOf(context, from)) {
    const rows = page.map(({ accountId }, at): ParsedRow => {
      const cells = [accountId, STATUS_OF[absent.do], absent.reason];
      return parseRow({ row: last + 1 + at, byteOffset: 0, cells }, reading);
    });
    await ledger.rows.recordRows(run, rows);
    for (const { source } of rows) keys.add(source);
    last += rows.length;
  }
  await ledger.runs.record(run, { keysIn: String(keys), rows: last - 1 });
  return null;
}

async function* pagesOf({ ledger }: RunContext, from: Run): AsyncGenerator<readonly AbsentAccount[]> {
  for (let after = ""; ; ) {
    const page = await ledger.snapshots.listAbsent(from, after, PAGE, "absent");
    const last = page.at(-1);
    if (last === undefined) return;
    yield page;
    after = last.accountId;
  }
}

/** The list beside the snapshot's results. Its digest is of what the rows say, so no two such runs share one. */
async function fileOf(context: RunContext, from: Run, absent: NonNullable<SnapshotOf["absent"]>): Promise<SourceFile> {
  const digest = createHash("sha256").update(JSON.stringify([from.id, absent]));
  let size = 0;
  for await (const page of pagesOf(context, from))
    for (const { accountId } of page) {
      digest.update(`\n${accountId}`);
      size += accountId.length + 1;
    }
  const results = from.summary === null ? "" : (JSON.parse(from.summary) as { results: string }).results;
  const sha256 = digest.digest("hex");
  return { place: results, key: MISSING, size, lastModifiedMs: from.endedAtMs ?? 0, etag: `"${sha256}"`, sha256 };
}
