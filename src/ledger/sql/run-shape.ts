/**
 * A run as columns have it.
 */
import { batchOf } from "../../batch.ts";
import { CODES, type Code } from "../../errors/codes/codes.ts";
import type { ExitCode } from "../../errors/exit-codes.ts";
import type { Rejection } from "../../errors/rejection.ts";
import type { ProductCounts } from "../../plan/operation.ts";
import type { Selection } from "../../plan/selection.ts";
import type { Reading } from "../../read/reading.ts";
import type { RunCalls } from "../../report/calls.ts";
import type { SourceFile } from "../../store/file-store.ts";
import type { Actor } from "../audit.ts";
import type { Fetching } from "../fetching.ts";
import type { LookUpProof, Run, RunKind, Stage } from "../run.ts";
import { decodeList } from "./lists.ts";

export interface RunShape {
  readonly no: number;
  readonly id: string;
  readonly api_url: string;
  readonly program: string;
  readonly key_name: string;
  readonly kind: RunKind;
  readonly job: string;
  readonly job_path: string;
  readonly file: string;
  readonly by_name: 0 | 1;
  readonly rerun_of: string | null;
  readonly plan_of: string | null;
  readonly plan_hash: string | null;
  readonly settings_sha256: string | null;
  readonly selection: string | null;
  readonly canary: number | null;
  readonly allow_edit: string | null;
  readonly absent_of: string | null;
  readonly reason: string | null;
  readonly accepts: string | null;
  readonly without_ledger: 0 | 1;
  readonly started_at: number;
  readonly by_user: string | null;
  readonly by_host: string | null;
  readonly by_version: string | null;
  readonly batch: string | null;
  readonly corrects: string | null;
  readonly stage: Stage;
  readonly reading: string | null;
  readonly proof: LookUpProof;
  readonly products: string | null;
  readonly fetching: string | null;
  readonly rejection: string | null;
  readonly rows: number;
  readonly reads: number | null;
  readonly writes: number | null;
  readonly least_reads: number | null;
  readonly least_writes: number | null;
  /** Processes that have begun to call the bank, and have not ended in order. */
  readonly calling: number;
  readonly publications: number;
  /** 0 for never, 1 for now, 2 for once. */
  readonly waiting: 0 | 1 | 2;
  readonly abandoned: string | null;
  readonly exit: ExitCode | null;
  readonly ended_at: number | null;
  readonly summary: string | null;
  readonly pruned_at: number | null;
}

export function decodeRun(shape: RunShape): Run {
  const file = JSON.parse(shape.file) as SourceFile;
  return {
    no: shape.no,
    id: shape.id,
    bank: { apiUrl: shape.api_url, program: shape.program },
    keyName: shape.key_name,
    kind: shape.kind,
    job: shape.job,
    jobPath: shape.job_path,
    file,
    byName: shape.by_name === 1,
    rerunOf: shape.rerun_of,
    planOf: shape.plan_of,
    settingsSha256: shape.settings_sha256,
    reason: shape.reason,
    accepts: decodeList<Code>(shape.accepts),
    ...(shape.canary !== null && { canary: shape.canary }),
    ...(shape.allow_edit !== null && { allowEdit: decodeList<string>(shape.allow_edit) }),
    ...(shape.selection !== null && { selection: JSON.parse(shape.selection) as Selection }),
    ...(shape.absent_of !== null && { absentOf: shape.absent_of }),
    withoutLedger: shape.without_ledger === 1,
    startedAtMs: shape.started_at,
    actor: decodeActor(shape),
    batch: (shape.batch === null ? undefined : batchOf(file.key)) ?? null,
    corrects: shape.corrects,
    stage: shape.stage,
    reading: shape.reading === null ? null : (JSON.parse(shape.reading) as Reading),
    proof: shape.proof,
    planHash: shape.plan_hash,
    ...(shape.fetching !== null && { fetching: JSON.parse(shape.fetching) as Fetching }),
    products: shape.products === null ? null : (JSON.parse(shape.products) as ProductCounts),
    rejection: shape.rejection === null ? null : (JSON.parse(shape.rejection) as Rejection),
    rows: shape.rows,
    calls: decodeCalls(shape),
    publications: shape.publications,
    waiting: shape.waiting === 1,
    hasWaited: shape.waiting !== 0,
    abandoned: shape.abandoned,
    exit: shape.exit,
    endedAtMs: shape.ended_at,
    summary: shape.summary,
    prunedAtMs: shape.pruned_at,
  };
}

function decodeActor({ by_user: user, by_host: host, by_version: version }: RunShape): Actor | null {
  return user === null || host === null || version === null ? null : { user, host, version };
}

function decodeCalls({ reads, writes, least_reads, least_writes, calling }: RunShape): RunCalls | null {
  if (reads === null || writes === null || least_reads === null || least_writes === null) return null;
  return { reads, writes, leastReads: least_reads, leastWrites: least_writes, complete: calling === 0 };
}

/** The codes of rejections for a reason that may pass, as a list within a query. */
export const CAN_COME_RIGHT = Object.entries(CODES)
  .flatMap(([code, { retryHelps }]) => (retryHelps ? [`'${code}'`] : []))
  .join(", ");

/** Of a run that has not ended, or not well. */
export const IS_FAILED = "(runs.stage <> 'ended' OR runs.exit IS NULL OR runs.exit <> 0)";

/** Of a run that has brought a whole file to its end. */
export const WHOLE_FILE = `runs.kind = 'run' AND runs.rerun_of IS NULL AND runs.stage = 'ended' AND runs.rejection IS NULL AND runs.rows > 0
  AND runs.selection IS NULL AND runs.absent_of IS NULL`;
