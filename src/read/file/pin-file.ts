/**
 * A listed object goes in, a SourceFile with its SHA-256 and a private local copy of the same bytes comes out.
 * Never holds the file in memory, never spends disk on more than the limit, never leaves a copy behind when it fails.
 */
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, open, rm } from "node:fs/promises";
import { join } from "node:path";
import { batchOf, foldBatchId } from "../../batch.ts";
import { EXIT } from "../../errors/exit-codes.ts";
import { FatalError } from "../../errors/fatal-error.ts";
import { nodeCode } from "../../errors/node-code.ts";
import { type FileStore, fileChanged, isDiskFull, type SourceFile, type StoredFile } from "../../store/file-store.ts";
import { counted, grouped } from "../../text/counted.ts";
import { compareSequences, compareText, sequenceOf } from "./sequence.ts";

export interface PinOptions {
  /** Where the copy lies; made (0700) when it isn't there. */
  readonly spoolFolder: string;
  readonly limits: { readonly fileBytes: number };
  /** Over the whole key. A group named `sequence` gives the file's sequence. */
  readonly pattern?: RegExp;
}

/** `localPath` is the copy (0600); disposing removes it. */
export interface PinnedFile extends SourceFile, AsyncDisposable {
  readonly localPath: string;
}

/**
 * Copies exactly the object that was listed. Throws FatalError: file_too_large, file_changed, spool_unwritable
 * (exit 6 when the disk is full), and whatever the store throws.
 */
export async function pinFile(store: FileStore, stored: StoredFile, options: PinOptions): Promise<PinnedFile> {
  const { spoolFolder, limits, pattern } = options;
  if (stored.size > limits.fileBytes) throw tooLarge(stored.key, stored.size, limits.fileBytes);
  // A listing has no version id, and without it the file cannot be read again once it is overwritten.
  const current = await store.find(stored.key);
  if (current?.etag !== stored.etag) throw fileChanged(stored.key, store.place);
  const folder = await spooling(spoolFolder, async () => {
    await mkdir(spoolFolder, { recursive: true, mode: 0o700 });
    return mkdtemp(join(spoolFolder, "source-"));
  });
  const remove = () => rm(folder, { recursive: true, force: true });
  try {
    const localPath = join(folder, "source.csv");
    const sha256 = await spool(store.read(current), localPath, current, limits.fileBytes);
    const sequence = pattern && sequenceOf(current.key, pattern);
    return {
      ...current,
      place: store.place,
      sha256,
      ...(sequence !== undefined && { sequence }),
      localPath,
      [Symbol.asyncDispose]: remove,
    };
  } catch (error) {
    await remove();
    throw error;
  }
}

/**
 * Sorts a copy: by captured sequence, else time of last modification, then key. A total order, whatever was captured. The
 * versions of a batch come together, the lowest first, at the place of the one that would come first on its own: a
 * correction brings what its batch was to bring, and must not undo what later batches bring.
 */
export function orderFiles<File extends StoredFile>(files: readonly File[], pattern?: RegExp): File[] {
  const ranked = files.map((file) => ({
    file,
    sequence: pattern && sequenceOf(file.key, pattern),
    batch: batchOf(file.key),
  }));
  type Ranked = (typeof ranked)[number];
  const compare = (a: Ranked, b: Ranked) =>
    compareSequences(a.sequence, b.sequence) ||
    a.file.lastModifiedMs - b.file.lastModifiedMs ||
    compareText(a.file.key, b.file.key);
  ranked.sort(compare);
  const together = Map.groupBy(ranked, ({ file, batch }) => (batch ? foldBatchId(batch.id) : { file }));
  return [...together.values()].flatMap((one) =>
    one.sort((a, b) => (a.batch?.version ?? 0) - (b.batch?.version ?? 0)).map(({ file }) => file),
  );
}

async function spool(
  body: AsyncIterable<Uint8Array>,
  localPath: string,
  file: StoredFile,
  maxBytes: number,
): Promise<string> {
  const hash = createHash("sha256");
  let size = 0;
  await using copy = await spooling(localPath, () => open(localPath, "wx", 0o600));
  for await (const chunk of body) {
    size += chunk.length;
    if (size > maxBytes) throw tooLarge(file.key, size, maxBytes);
    hash.update(chunk);
    await spooling(localPath, () => copy.writeFile(chunk));
  }
  return hash.digest("hex");
}

async function spooling<Result>(path: string, act: () => Promise<Result>): Promise<Result> {
  try {
    return await act();
  } catch (error) {
    throw new FatalError("spool_unwritable", `The working copy at ${path} cannot be written (${nodeCode(error)})`, {
      hint: "make room or check the permissions there, then start the job again",
      cause: error,
      ...(isDiskFull(error) && { exit: EXIT.stopped }),
    });
  }
}

function tooLarge(key: string, size: number, maxBytes: number): FatalError {
  const message = `${JSON.stringify(key)} has ${counted(size, "byte")} or more; the limit is ${grouped(maxBytes)}`;
  return new FatalError("file_too_large", message, { hint: "split the file, or raise limits.fileBytes in the job" });
}
