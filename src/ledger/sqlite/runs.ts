/**
 * Runs in SQLite: their beginning, progress and end come in. Looks at changes only to see whether one is open.
 */

import { batchOf, foldBatchId } from "../../batch.ts";
import { CODES } from "../../errors/codes/codes.ts";
import type { ExitCode } from "../../errors/exit-codes.ts";
import type { Rejection } from "../../errors/rejection.ts";
import type { Calls } from "../../report/calls.ts";
import type { RunProgress, RunsLedger, SeenFile } from "../ledger.ts";
import type { BankName, NewRun, Run } from "../run.ts";
import { isOpen } from "../sql/conditions.ts";
import { internal } from "../sql/errors.ts";
import { encodeList } from "../sql/lists.ts";
import type { SqliteDatabase, SqlValue } from "./database.ts";
import { recordFiles } from "./files.ts";
import { sqliteKnownRuns } from "./known-runs.ts";
import type { SqliteStore } from "./store.ts";

interface OfBatch {
  readonly batch: string | null;
  readonly version: number | null;
}

const INSERT = `INSERT INTO runs (bank, id, kind, job, job_path, sha256, file, by_name, rerun_of, reason,
  accepts, without_ledger, started_at, batch, version, reads, writes, least_reads, least_writes)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0, 0, 0)`;

const BATCH_OF_RUN = "SELECT batch, version FROM runs WHERE id = ?";

/** Entries of files that the run took the place of. */
const RELEASE_OTHERS = `DELETE FROM files WHERE run = ?1 AND key <> (SELECT file ->> '$.key' FROM runs WHERE no = ?1)`;

export function sqliteRuns(store: SqliteStore): RunsLedger {
  const { db } = store;
  const known = sqliteKnownRuns(store);

  return {
    ...known,

    async open(bank, run, seen = []) {
      await store.write(() => insertRun(store, bank, run, seen));
      const opened = await known.find(run.id);
      if (opened === undefined) throw internal(`no run ${run.id}`);
      return opened;
    },

    record: (run, progress) => store.write(() => recordProgress(db, run, progress)),
    recordRejection: (run, rejection, exit, atMs) => store.write(() => rejectRun(store, run, rejection, exit, atMs)),

    openPublication(run) {
      return store.write(() => {
        const sql = "UPDATE runs SET publications = publications + 1 WHERE no = ? RETURNING publications";
        const counted = db.get<{ publications: number }>(sql, run.no);
        if (counted === undefined) throw internal(`no run ${run.id}`);
        return counted.publications;
      });
    },

    recordPublication(run, { number, summary, exit, final, atMs }) {
      const end = final
        ? `, stage = iif(${IS_OPEN_RUN}, stage, 'ended'), waiting = 2 * (waiting > 0), ended_at = ?5`
        : "";
      const sql = `UPDATE runs SET published = ?2, summary = ?3, exit = ?4${end} WHERE no = ?1 AND published < ?2`;
      return store.write(() => void db.run(sql, run.no, number, summary, exit, ...(final ? [atMs] : [])));
    },
  };
}

/** Whatever is said of a run, it has not ended while a change of it is open. */
const IS_OPEN_RUN = `kind = 'run' AND EXISTS (SELECT 1 FROM changes c WHERE c.run = ?1 AND ${isOpen("c")})`;

/** How each member of RunProgress is set, and to what. */
function setsOf(progress: RunProgress): readonly (readonly [set: string, value: SqlValue])[] {
  const { reading, rows, keysIn, stage, proof, calls, sequence, corrects, waiting, abandoned } = progress;
  const all: readonly (readonly [string, SqlValue | undefined])[] = [
    ["reading = ?", reading && JSON.stringify(reading)],
    ["rows = ?", rows],
    ["keys_in = ?", keysIn],
    ["stage = ?", stage],
    ["ended_at = iif(? = 'ended', ended_at, NULL)", stage],
    ["proof = ?", proof],
    ["calling = calling + ?", callingOf(calls)],
    ["reads = reads + ?", calls?.reads],
    ["writes = writes + ?", calls?.writes],
    ["least_reads = least_reads + ?", calls?.leastReads],
    ["least_writes = least_writes + ?", calls?.leastWrites],
    ["file = json_set(file, '$.sequence', ?)", sequence],
    ["corrects = ?", corrects?.id],
    ["waiting = iif(stage = 'ended', waiting, ?)", waitingOf(waiting)],
    ["waiting = ?", abandoned === undefined ? undefined : 2],
    ["abandoned = ?", abandoned],
  ];
  return all.flatMap(([set, value]) => (value === undefined ? [] : [[set, value] as const]));
}

const callingOf = (calls: Calls | null | undefined) => (calls === undefined ? undefined : calls === null ? 1 : -1);
const waitingOf = (waiting: boolean | undefined) => (waiting === undefined ? undefined : waiting ? 1 : 2);

/** Only within a write. */
function recordProgress(db: SqliteDatabase, run: Run, progress: RunProgress): void {
  const sets = setsOf(progress);
  const batch = progress.batch === null ? ["batch = NULL", "version = NULL"] : [];
  if (progress.batch === null) db.run(RELEASE_OTHERS, run.no);
  const sql = `UPDATE runs SET ${[...sets.map(([set]) => set), ...batch].join(", ")} WHERE no = ?`;
  if (db.run(sql, ...sets.map(([, value]) => value), run.no) === 0) throw internal(`no run ${run.id}`);
}

const REJECT = `UPDATE runs SET stage = 'ended', waiting = 2 * (waiting > 0), rejection = ?, exit = ?, ended_at = ?
  WHERE no = ?`;

/** Only within a write. What can come right leaves no entry, so that the file may come again. */
function rejectRun({ db }: SqliteStore, { no }: Run, rejection: Rejection, exit: ExitCode, atMs: number): void {
  if (CODES[rejection.code].retryHelps) db.run("DELETE FROM files WHERE run = ?", no);
  db.run(REJECT, JSON.stringify(rejection), exit, atMs, no);
}

/** Only within a write. */
function insertRun(store: SqliteStore, bank: BankName, run: NewRun, seen: readonly SeenFile[]): void {
  const { db } = store;
  const no = store.openBank(bank);
  const { id, kind, job, jobPath, rerunOf, reason, startedAtMs } = run;
  const { sha256, place } = run.file;
  const file = JSON.stringify(run.file);
  const [byName, without] = [run.byName ? 1 : 0, run.withoutLedger ? 1 : 0];
  const about = [id, kind, job, jobPath, sha256, file, byName, rerunOf, reason, encodeList(run.accepts)];
  const named = batchOf(run.file.key);
  const ofOrigin = rerunOf === null ? undefined : db.get<OfBatch>(BATCH_OF_RUN, rerunOf);
  const ofName = named && { batch: foldBatchId(named.id), version: named.version };
  const of = (rerunOf === null ? ofName : ofOrigin) ?? { batch: null, version: null };
  db.run(INSERT, no, ...about, without, startedAtMs, of.batch, of.version);
  const opened = db.get<{ no: number }>("SELECT no FROM runs WHERE id = ?", id);
  recordFiles(db, { bank: no, job, place }, seen, opened?.no ?? null);
}
