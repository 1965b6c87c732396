/**
 * The read phase: a file's bytes become rows and changes in the ledger. Sends nothing.
 */
import { createReadStream } from "node:fs";
import { FatalError } from "../../errors/fatal-error.ts";
import { type Rejected, type Rejection, rejected } from "../../errors/rejection.ts";
import type { Job } from "../../job.ts";
import type { Run } from "../../ledger/run.ts";
import { OwnIdKinds } from "../../plan/own-ids.ts";
import { begunSettings } from "../../read/begun-settings.ts";
import type { ParsedRow } from "../../read/change.ts";
import { type Manifest, readManifest } from "../../read/file/manifest.ts";
import type { RowsEnd } from "../../read/file-rows.ts";
import { findResults, settingsForResults } from "../../read/find-results.ts";
import { fileColumn } from "../../read/header/read-header.ts";
import { readCsv } from "../../read/read-csv.ts";
import type { Reading } from "../../read/reading.ts";
import { DECIMAL_IDS, DecimalIds } from "../../read/row/ids.ts";
import { KeySum } from "../../read/row/key-sum.ts";
import { isUtf8File } from "../../read/text/is-utf8-file.ts";
import { FileTotals, type WantedTotals } from "../../read/totals/file-totals.ts";
import type { FileStore } from "../../store/file-store.ts";
import { judgeVersion } from "../batches.ts";
import type { RunContext } from "../context.ts";
import { foldChanges } from "../fold-changes.ts";
import { PAGE } from "../pages.ts";
import { viewOf } from "../run-sight.ts";
import { emptySnapshot } from "../snapshot/snapshot-rows.ts";
import { sourceOf } from "../sources.ts";
import { rejectBytes, rejectCount, rejectOtherDay, rejectOtherSequence, rejectStale } from "./completeness.ts";
import { findCutRow } from "./find-cut-row.ts";
import { jobOfFile, jobOfResults } from "./job-of-file.ts";
import { noteReading, noteTotals } from "./note-reading.ts";
import { openRows, type RecordRows } from "./record-rows.ts";
import { RepairedRows } from "./repaired-rows.ts";

/** The working copy of a file, and the store that its manifest lies in. */
export interface ReadableFile {
  readonly store: FileStore;
  readonly localPath: string;
}

/**
 * Reads a file that proves to be whole and not older than the last one. Rows that are there from an earlier try stay as
 * they are. Resolves with why the file is rejected, or null.
 */
export async function readPhase(outer: RunContext, opened: Run, file: ReadableFile): Promise<Rejection | null> {
  const { ledger } = outer;
  let run = opened;
  // First of all: results that lie in a source have no manifest to wait for.
  const isInput = run.byName || sourceOf(outer.job, run.file.place, run.file.key)?.repaired;
  const results = await findResults(createReadStream(file.localPath), outer.job);
  // Repaired rows are no batch, whatever their file is named.
  if (results !== null && run.batch !== null) {
    await ledger.runs.record(run, { batch: null });
    run = { ...run, batch: null };
  }
  if (results !== null && !isInput) return results.rejection;
  const form = results && { header: results.header, isUtf8: await isUtf8File(createReadStream(file.localPath)) };
  const own = form === null ? await jobOfFile(outer, run) : await jobOfResults(outer, run, file.localPath, form);
  if (own.kind === "rejected") return own.rejection;
  const asked = form === null ? own.job : settingsForResults(own.job, form);
  // Some of the rows may have been read before: the other cells must be understood in the same way, whatever the job says now.
  const job = run.reading === null ? asked : begunSettings(asked, run.reading);
  const context = { ...outer, job };
  const manifest = await findManifest(job, run, file.store);
  if (manifest.kind === "rejected") return manifest.rejection;
  const early = rejectBytes(run, manifest);
  if (early !== null) return early;
  const met = await meetVersion(context, run);
  if (met.kind === "rejected") return met.rejection;
  run = met.run;
  const wanted = job.completeness?.trailer ?? manifest.stated;
  const read = await recordFile(context, run, { ...file, source: own.source, wanted, mayBeSnapshot: form === null });
  if (read.kind === "rejected") return read.rejection;
  if (read.isBlank && (await ledger.snapshots.find(run)) !== undefined) return emptySnapshot(read.rows);
  const sequence = manifest.sequence ?? read.sequence;
  const stated = read.stated ?? manifest.stated;
  const late =
    rejectCount(read.rows, manifest) ??
    rejectOtherSequence(run, sequence) ??
    read.totals.judge(stated) ??
    rejectOtherDay(context, run, stated) ??
    (await rejectStale(context, run, sequence));
  if (late !== null) return late;
  if (sequence !== undefined) await ledger.runs.record(run, { sequence });
  const compared = read.totals.compare(stated);
  if (compared.length > 0 || stated.businessDate !== undefined) {
    await ledger.runs.record(run, { reading: { ...read.reading, stated } });
    noteTotals(context, stated, { rows: read.rows, compared });
  }
  await foldChanges(context, run, read.reading);
  await ledger.runs.record(run, { rows: read.rows });
  return null;
}

/** Notes what the file corrects, unless one that came after it has been run. */
export async function meetVersion(
  context: RunContext,
  run: Run,
): Promise<{ readonly kind: "fit"; readonly run: Run } | Rejected> {
  const version = await judgeVersion(context, run);
  if (version.kind === "rejected") return version;
  const { corrects } = version;
  if (corrects !== null) await context.ledger.runs.record(run, { corrects });
  const met = corrects === null ? run : { ...run, corrects: corrects.id };
  const stale = await rejectStale(context, met, met.file.sequence);
  return stale === null ? { kind: "fit", run: met } : rejected(stale);
}

/** What the manifest says, nothing where the job wants none, or why the file cannot be taken without it. */
async function findManifest({ completeness }: Job, { file }: Run, store: FileStore): Promise<Manifest | Rejected> {
  if (completeness?.manifest === undefined) return { kind: "manifest", stated: { by: "manifest" } };
  const { suffix, demands } = completeness.manifest;
  return readManifest(store, file.key + suffix, demands);
}

type RecordedFile = RowsEnd & {
  readonly reading: Reading;
  readonly totals: FileTotals;
  /** It has no row with anything in it. */
  readonly isBlank: boolean;
};

interface FileToRecord extends ReadableFile {
  readonly source?: string | undefined;
  readonly wanted: WantedTotals;
  /** Results of an earlier run are none. */
  readonly mayBeSnapshot: boolean;
}

async function recordFile(
  context: RunContext,
  run: Run,
  { localPath, source, wanted, mayBeSnapshot }: FileToRecord,
): Promise<RecordedFile | Rejected> {
  const { ledger, progress, job } = context;
  let count = 0;
  let reading: Reading | null = null;
  let keys: KeySum | null = null;
  let ids: DecimalIds | null = null;
  let ownIds: OwnIdKinds | null = null;
  let repaired: RepairedRows | null = null;
  let totals: FileTotals | null = null;
  let record: RecordRows | null = null;
  let last: ParsedRow | undefined;
  const words = { invalid: 0, skipped: 0 };
  progress.watch(() => ({ ...viewOf(context, run), stage: "read", done: count, words }));
  for await (const event of readCsv(createReadStream(localPath), job, PAGE)) {
    if (event.kind === "rejected") return event;
    if (event.kind === "header") {
      reading = { ...event.reading, ...(source !== undefined && { source }) };
      keys = new KeySum(reading);
      ids = new DecimalIds(reading);
      ownIds = reading.forms?.ownIds === undefined ? null : new OwnIdKinds();
      repaired = new RepairedRows(context, run, reading);
      const opened = FileTotals.open(reading, wanted);
      if (opened.kind === "rejected") return opened;
      totals = opened.totals;
      record = await openRows(context, run, reading, mayBeSnapshot);
      await ledger.runs.record(run, { reading });
      noteReading(context, run, reading);
    } else if (event.kind === "rows" && repaired !== null && record !== null) {
      const rows = await repaired.judge(event.rows);
      await record(rows);
      for (const row of rows) {
        keys?.add(row.source);
        ids?.add(row.source.cells);
        totals?.add(row.source);
        if (row.kind === "desired") ownIds?.add(row.desired);
        else words[row.kind] += 1;
      }
      count += rows.length;
      last = rows.at(-1) ?? last;
    } else if (event.kind === "end" && reading !== null && totals !== null) {
      repaired?.noteUnknown();
      const cutRow = await findCutRow(context, run, last, event.endsWithLineEnd);
      const found = { ...ownIds?.found, ...(cutRow !== undefined && { cutRow }) };
      reading = { ...reading, endsWithLineEnd: event.endsWithLineEnd, ...found };
      if (ids?.isWholeColumn) reading = { ...reading, decimalIds: true };
      await recordEnd(context, run, reading);
      await ledger.runs.record(run, { keysIn: String(keys) });
      return { ...event, reading, totals, isBlank: words.skipped === count };
    }
  }
  throw new FatalError("internal", `run ${run.id}: the reading of the file has no result`, {
    hint: "send this line to the Tieout maintainers",
  });
}

/** What is known of the file once all of its rows are. */
async function recordEnd({ ledger }: RunContext, run: Run, reading: Reading): Promise<void> {
  await ledger.runs.record(run, { reading });
  if (!reading.decimalIds) return;
  const column = fileColumn(reading, "client_account_id");
  await ledger.rows.refuseClientKeys(run, { code: "id_malformed", column, message: DECIMAL_IDS });
  await ledger.snapshots.distrustClientIds(run);
}
