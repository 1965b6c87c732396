/**
 * Finds out whether the job has had a file before: by place, key and what the store says of it, never by its bytes alone.
 * A pinned file goes in, what the ledger knows of it comes out.
 *
 * The same bytes under another key are another file: the bank's data may have changed since, so they are compared again. The
 * same bytes under the same key with a new time are a snapshot that was written again, but only if the job has taken no other
 * file since. Otherwise somebody has touched, copied or restored old files, and history must not run again.
 */
import { batchOf, isOtherVersion } from "../../batch.ts";
import type { Run } from "../../ledger/run.ts";
import { sourcesOf } from "../../source-settings.ts";
import { isSameObject, type SourceFile } from "../../store/file-store.ts";
import type { RunContext } from "../context.ts";
import { prefixOf, sourceOf } from "../sources.ts";
import { ownKeys } from "./find-files.ts";
import type { StartOptions } from "./start-job.ts";

/**
 * `already`: this very file. `same_bytes`: it was named, and is another file with the bytes of that run. `restamped`: an
 * object that was taken (by that run) or skipped (null), with a new time.
 */
export type KnownFile =
  | { readonly kind: "already" | "same_bytes"; readonly run: Run }
  | { readonly kind: "restamped"; readonly run: Run | null };

/** None for a file that is to be run. */
export async function findKnown(
  context: RunContext,
  file: SourceFile,
  { file: named, from }: Pick<StartOptions, "file" | "from">,
): Promise<KnownFile | null> {
  const { ledger, bankName, job } = context;
  const { place, key, sha256 } = file;
  const own = await ledger.runs.findTaken(bankName, job.name, { place, key, sha256 });
  if (own === undefined) {
    if (named !== null) return findBytes(context, file);
    const isSkipped = from === null && (await ledger.files.isSkipped(bankName, job.name, file));
    return isSkipped ? { kind: "restamped", run: null } : null;
  }
  const already = { kind: named !== null || from !== null ? "already" : "restamped", run: own } as const;
  if (isSameObject(own.file, file)) return already;
  const last = await ledger.runs.findTaken(bankName, job.name, { place, key });
  // Other bytes came under this key in between, so these are new.
  if (last !== undefined && last.file.sha256 !== sha256) return null;
  if (named !== null) return already;
  const [first, second] = sourcesOf(job);
  const source = second === undefined ? first : sourceOf(job, place, key);
  const prefix = source === undefined ? "" : prefixOf(source);
  const latest = await ledger.files.findLastTaken(bankName, job.name, place, prefix, ownKeys(job, source, place));
  return latest === key ? null : already;
}

/**
 * A header without rows is the same every day, and has nothing that could be done twice. Two versions of a batch are two files,
 * even if their bytes are equal.
 */
async function findBytes(
  { ledger, bankName, job }: RunContext,
  { key, sha256 }: SourceFile,
): Promise<KnownFile | null> {
  const run = await ledger.runs.findTaken(bankName, job.name, { sha256 });
  if (run === undefined || isOtherVersion(batchOf(key), run.batch)) return null;
  const isEmpty = run.rows === 0 && run.rejection === null && run.stage === "ended";
  return isEmpty ? null : { kind: "same_bytes", run };
}
