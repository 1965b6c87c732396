/**
 * What ledger and source say of a job, as figures. Reads only, a few bounded questions at a time.
 */
import { ALARM_KINDS } from "../errors/alarm-kinds.ts";
import { ENDED_WELL } from "../errors/exit-codes.ts";
import type { RunContext } from "../run/context.ts";
import { findOldestOpen } from "../run/open-rows.ts";
import { isOfSource } from "../run/sources.ts";
import { listSources } from "../run/start/find-files.ts";
import type { Figure } from "./meter.ts";

const seconds = (ms: number) => ms / 1_000;

/** From the ledger, by its indexes alone. */
export async function lookAtLedger({ job, bankName, ledger }: RunContext): Promise<readonly Figure[]> {
  const labels = { job: job.name };
  const last = await ledger.runs.findLastEnded(bankName, job.name);
  const well = await ledger.runs.findLastEnded(bankName, job.name, ENDED_WELL);
  const counts = await ledger.alarms.countOpen(bankName);
  const untold = await ledger.alarms.listUntold(bankName, job.name, ledger.nowMs() - UNTOLD_FOR_MS, MOST_UNTOLD);
  const at = (name: Figure["name"], ms: number | null | undefined): Figure[] =>
    ms == null ? [] : [{ name, labels, value: seconds(ms) }];
  return [
    ...at("tieout_last_run_timestamp_seconds", last?.endedAtMs),
    ...(last?.exit == null ? [] : [{ name: "tieout_last_run_exit" as const, labels, value: last.exit }]),
    ...at("tieout_last_success_timestamp_seconds", well?.endedAtMs),
    // Each kind has its figure, so that an alert sees it come and go.
    ...ALARM_KINDS.map((kind) => ({
      name: "tieout_alarms_open" as const,
      labels: { ...labels, kind },
      value: counts.find((one) => one.job === job.name && one.kind === kind)?.count ?? 0,
    })),
    { name: "tieout_notices_untold", labels, value: untold.length },
  ];
}

/** One that was given up counts for so long after its alarm is over. */
const UNTOLD_FOR_MS = 24 * 3_600_000;
const MOST_UNTOLD = 1_000;

/** A walk over the runs that may have open rows. */
export async function lookAtOpenRows({ job, bankName, ledger }: RunContext): Promise<readonly Figure[]> {
  const oldest = await findOldestOpen(ledger, { bank: bankName, job: job.name }, ledger.nowMs());
  if (oldest === undefined) return [];
  const value = seconds(oldest.original.sinceMs);
  return [{ name: "tieout_oldest_open_row_timestamp_seconds", labels: { job: job.name }, value }];
}

/** A listing of the sources, over all of them. */
export async function lookAtSource(context: RunContext): Promise<readonly Figure[]> {
  const { job, bankName, ledger } = context;
  const labels = { job: job.name };
  let waiting = 0;
  let newestMs: number | null = null;
  for (const { store, files } of await listSources(context)) {
    waiting += files.length - (await ledger.files.findKnown(bankName, job.name, store.place, files)).size;
    for (const { lastModifiedMs: ms } of files) newestMs = Math.max(newestMs ?? ms, ms);
  }
  // What was moved to the archive is not listed any more.
  const last = job.archive?.move ? await ledger.runs.findLastEnded(bankName, job.name) : undefined;
  if (last !== undefined && isOfSource(job, last.file.place, last.file.key))
    newestMs = Math.max(newestMs ?? 0, last.file.lastModifiedMs);
  const figure: Figure = { name: "tieout_files_waiting", labels, value: waiting };
  if (newestMs === null) return [figure];
  return [figure, { name: "tieout_newest_file_timestamp_seconds", labels, value: seconds(newestMs) }];
}
