/**
 * Opens the place of a run's file, and makes the working copy of it, as the file's source says.
 */
import { mkdir } from "node:fs/promises";
import { type PinnedFile, pinFile } from "../../read/file/pin-file.ts";
import type { FileStore, StoredFile } from "../../store/file-store.ts";
import type { RunContext } from "../context.ts";
import { jobOfSource, patternFor, sourceOf } from "../sources.ts";
import { bucketOf } from "./find-files.ts";

export async function pinInput(
  { workFolder, job }: RunContext,
  store: FileStore,
  file: StoredFile,
): Promise<PinnedFile> {
  await mkdir(workFolder, { recursive: true, mode: 0o700 });
  const { limits } = jobOfSource(job, sourceOf(job, store.place, file.key));
  const pattern = patternFor(job, store.place, file.key);
  return pinFile(store, file, { spoolFolder: workFolder, limits, ...(pattern && { pattern }) });
}

/** The store of a SourceFile's place. */
export function openPlace({ openStore, job }: RunContext, place: string): Promise<FileStore> {
  const bucket = place.startsWith("s3://") ? place.slice("s3://".length) : null;
  return openStore(bucket === null ? { kind: "folder", folder: place } : bucketOf(job, bucket));
}
