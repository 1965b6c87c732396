/**
 * Lists one source: the files that are there, in the order in which they are taken, and those that are not there yet for want of their
 * done-file. Reads no file.
 */
import type { Job } from "../../job.ts";
import { orderFiles } from "../../read/file/pin-file.ts";
import { type Source, sourcesOf } from "../../source-settings.ts";
import type { FileStore, StoredFile } from "../../store/file-store.ts";
import { doneKeyOf, jobOfSource, keysOfDone, placeOf, prefixOf, sourceOf } from "../sources.ts";
import { unfitTest } from "./tell-unfit.ts";

/** `doneAtMs`: when its done-file came, where the source has them. */
export type ListedFile = StoredFile & { readonly doneAtMs?: number };

/** A file whose done-file is lacking, or older than the file: it may still be written. */
export interface UndoneFile {
  readonly file: StoredFile;
  readonly doneKey: string;
  readonly isOlder: boolean;
}

export interface ListedSource {
  readonly source: Source;
  readonly store: FileStore;
  readonly files: readonly ListedFile[];
  readonly undone: readonly UndoneFile[];
  /** Done-files without a file, latest first. */
  readonly strays: readonly StoredFile[];
  /** Files that no source takes, though their names nearly fit; as many as are worth telling of. */
  readonly unfit: readonly StoredFile[];
}

/** A bucket may be full of other people's files. */
const MOST_UNFIT = 10_000;

export async function listSource(job: Job, source: Source, store: FileStore): Promise<ListedSource> {
  const listed: StoredFile[] = [];
  const unfit: StoredFile[] = [];
  const isUnfit = unfitTest(sourcesOf(job), source);
  const doneFiles = new Map<string, StoredFile>();
  for await (const file of store.list(prefixOf(source))) {
    if (keysOfDone(source, file.key).length > 0) doneFiles.set(file.key, file);
    else if (sourceOf(job, placeOf(source), file.key) === source && !isManifest(job, source, file.key))
      listed.push(file);
    else if (unfit.length < MOST_UNFIT && isUnfit(file.key)) unfit.push(file);
  }
  const keys = new Set(listed.map(({ key }) => key));
  const strays = [...doneFiles.values()].filter((one) => !keysOfDone(source, one.key).some((key) => keys.has(key)));
  const judged = listed.map((file) => judgeDone(source, file, doneFiles));
  const files = judged.flatMap((one) => (one.kind === "there" ? [one.file] : []));
  return {
    source,
    store,
    files: orderFiles(files, source.pattern),
    undone: judged.flatMap((one) => (one.kind === "undone" ? [one.undone] : [])),
    strays: strays.sort((one, other) => other.lastModifiedMs - one.lastModifiedMs),
    unfit,
  };
}

type JudgedFile =
  | { readonly kind: "there"; readonly file: ListedFile }
  | { readonly kind: "undone"; readonly undone: UndoneFile };

/** A done-file speaks of the file as it was then: of one that has changed since, in whole seconds, it says nothing. */
export function judgeDone(source: Source, file: StoredFile, doneFiles: ReadonlyMap<string, StoredFile>): JudgedFile {
  const doneKey = doneKeyOf(source, file.key);
  if (doneKey === undefined) return { kind: "there", file };
  const done = doneFiles.get(doneKey);
  const second = (one: StoredFile) => Math.floor(one.lastModifiedMs / 1_000);
  if (done !== undefined && second(file) <= second(done))
    return { kind: "there", file: { ...file, doneAtMs: done.lastModifiedMs } };
  return { kind: "undone", undone: { file, doneKey, isOlder: done !== undefined } };
}

/** A pattern that matches everything matches manifests too. */
function isManifest(job: Job, source: Source, key: string): boolean {
  const { completeness } = jobOfSource(job, source);
  return completeness?.manifest !== undefined && key.endsWith(completeness.manifest.suffix);
}
