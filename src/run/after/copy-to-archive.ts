/**
 * Copies one file to the job's archive: it goes there by way of a working copy whose bytes are compared, never over another file, and counts as
 * archived once it was read back. So it is the same at a folder and at every store that knows S3, whatever conditions of a copy that heeds.
 */
import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { archivePrefix } from "../../archive-settings.ts";
import { FatalError } from "../../errors/fatal-error.ts";
import type { Run } from "../../ledger/run.ts";
import { type FileStore, fileChanged, type SourceFile, type StoredFile } from "../../store/file-store.ts";
import { shownKey } from "../../text/shown-key.ts";
import type { RunContext } from "../context.ts";
import { openWorkFolder, writing } from "../report/open-work-folder.ts";

export interface ArchivedCopy extends StoredFile {
  readonly place: string;
}

interface ToArchive {
  readonly source: FileStore;
  readonly archive: FileStore;
  /** The run whose file it is, or comes along with. */
  readonly run: Run;
  readonly file: SourceFile;
}

/** Does nothing when the copy is there. Throws FatalError `file_changed` when the file is no longer what the run has read, or gone. */
export async function copyToArchive(context: RunContext, to: ToArchive): Promise<ArchivedCopy> {
  const { source, archive, file } = to;
  const before = await findCopy(context, to);
  if (before.copy !== undefined) return before.copy;
  await using folder = await openWorkFolder(context.workFolder);
  const path = join(folder.path, "file");
  const hash = createHash("sha256");
  async function* hashed() {
    for await (const part of source.read(file)) {
      hash.update(part);
      yield part;
    }
  }
  await writing(folder.path, () => pipeline(hashed, createWriteStream(path, { mode: 0o600 })));
  if (hash.digest("hex") !== file.sha256) throw fileChanged(file.key, source.place);
  await archive.write(before.freeKey, path).catch((error: unknown) => {
    throw error instanceof FatalError ? notArchived(error.message, error) : error;
  });
  const { copy } = await findCopy(context, to);
  if (copy === undefined)
    throw notArchived(`${shownKey(before.freeKey)} in ${archive.place} does not have the bytes that were written.`);
  return copy;
}

/** The key of the file below the archive's prefix; below the run's id where another file has that. */
async function findCopy(
  { job }: RunContext,
  { archive, run, file }: ToArchive,
): Promise<{ readonly copy?: ArchivedCopy; readonly freeKey: string }> {
  const prefix = job.archive === undefined ? "" : archivePrefix(job.archive);
  const keys = [`${prefix}${file.key}`, `${prefix}${run.id}/${file.key}`];
  let freeKey: string | undefined;
  for (const key of keys) {
    const found = await findIn(archive, key);
    if (found === undefined) freeKey ??= key;
    else if (found.size === file.size && (await hashOf(archive.read(found))) === file.sha256)
      return { copy: { ...found, place: archive.place }, freeKey: key };
  }
  if (freeKey === undefined)
    throw notArchived(`${keys.map((key) => shownKey(key)).join(" and ")} in ${archive.place} are other files.`);
  return { freeKey };
}

/** A folder that is not there yet is made by the first write. */
function findIn(archive: FileStore, key: string): Promise<StoredFile | undefined> {
  return archive.find(key).catch((error: unknown) => {
    if (error instanceof FatalError && error.code === "source_not_found") return undefined;
    throw error;
  });
}

export async function hashOf(bytes: AsyncIterable<Uint8Array>): Promise<string> {
  const hash = createHash("sha256");
  for await (const part of bytes) hash.update(part);
  return hash.digest("hex");
}

function notArchived(message: string, cause?: unknown): FatalError {
  const hint = "check the job's archive and the rights there (deploy/iam/archive.json)";
  return new FatalError("not_archived", message, { hint, cause });
}
