/**
 * A run that begins, as columns have it.
 */
import { batchOf, foldBatchId } from "../../batch.ts";
import type { NewRun } from "../run.ts";
import { encodeList } from "./lists.ts";

/** What `runs` says of the batch of a run. */
export interface BatchColumns {
  readonly batch: string | null;
  readonly version: number | null;
}

/** Columns of `runs` whose values `newRunColumns` gives, in its order. */
export const NEW_RUN_COLUMNS =
  "id, kind, job, job_path, sha256, file, by_name, rerun_of, reason, plan_of, settings_sha256, accepts, without_ledger, started_at, batch, version, by_user, by_host, by_version, selection, canary, allow_edit, absent_of";

/** `origin`: what the run has that this one re-runs, if it is there. */
export function newRunColumns(run: NewRun, origin: BatchColumns | undefined): readonly (string | number | null)[] {
  const { id, kind, job, jobPath, file, rerunOf, reason, startedAtMs, actor } = run;
  const named = batchOf(file.key);
  const ofName = named && { batch: foldBatchId(named.id), version: named.version };
  const { batch, version } = (rerunOf === null ? ofName : origin) ?? { batch: null, version: null };
  const [byName, without] = [run.byName ? 1 : 0, run.withoutLedger ? 1 : 0];
  const about = [id, kind, job, jobPath, file.sha256, JSON.stringify(file), byName, rerunOf, reason];
  const selection = run.selection === undefined ? null : JSON.stringify(run.selection);
  const by = [actor?.user ?? null, actor?.host ?? null, actor?.version ?? null];
  const settled = [run.planOf, run.settingsSha256, encodeList(run.accepts), without, startedAtMs, batch, version];
  return [
    ...about,
    ...settled,
    ...by,
    selection,
    run.canary ?? null,
    encodeList(run.allowEdit ?? []),
    run.absentOf ?? null,
  ];
}
