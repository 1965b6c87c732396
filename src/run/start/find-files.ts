/**
 * Finds the files that a start works on: the named one, or those of the job's source that it does not know yet, in order.
 * Lists and records. It reads only the files in a folder that a job's first start skips.
 */
import { createHash } from "node:crypto";
import { basename, dirname, relative, resolve } from "node:path";
import { FatalError } from "../../errors/fatal-error.ts";
import type { Job } from "../../job.ts";
import type { SeenFile } from "../../ledger/ledger.ts";
import { orderFiles } from "../../read/file/pin-file.ts";
import { fitsPattern } from "../../read/file/sequence.ts";
import type { FileStore, StoredFile, StorePlace } from "../../store/file-store.ts";
import { counted } from "../../text/counted.ts";
import { keepLatest, type LatestFile } from "../batches.ts";
import type { RunContext } from "../context.ts";
import type { StartOptions } from "./start-job.ts";

export interface FoundFiles {
  readonly store: FileStore;
  readonly files: readonly LatestFile[];
}

/** Of several versions of a batch, only the highest. Throws FatalError `source_not_found` for a file that is not there. */
export async function findFiles(context: RunContext, options: StartOptions): Promise<FoundFiles> {
  const { store, files } =
    options.file === null ? await findListed(context, options) : await findNamed(context, options.file);
  return { store, files: keepLatest(files) };
}

interface FilesInPlace {
  readonly store: FileStore;
  readonly files: readonly StoredFile[];
}

async function findListed(context: RunContext, options: StartOptions): Promise<FilesInPlace> {
  const { job, ledger, bankName } = context;
  const store = await context.openStore(job.source);
  const files = await listSource(job, store);
  if (options.from !== null) return { store, files: files.slice(indexOf(files, options.from, store)) };
  if (options.again !== null || options.kind === "validate") return { store, files: files.slice(-1) };
  const known = await ledger.files.findKnown(bankName, job.name, store.place, files);
  if (options.kind === "run") {
    const timeless = files.filter((_, index) => known.get(index) === "etag");
    if (timeless.length > 0) await ledger.files.recordSeen(bankName, job.name, store.place, timeless, null);
  }
  const fresh = files.filter((_, index) => !known.has(index));
  return { store, files: await skipOlder(context, store, fresh, options) };
}

/** The files of the source that the job would take, in the order in which it takes them. */
export async function listSource(job: Job, store: FileStore): Promise<StoredFile[]> {
  const listed: StoredFile[] = [];
  for await (const file of store.list(prefixOf(job))) {
    const isInput = fitsPattern(file.key, job.source.pattern) && !isManifest(job, file.key);
    if (isInput && !isPublished(job, file.key)) listed.push(file);
  }
  return orderFiles(listed, job.source.pattern);
}

function indexOf(files: readonly StoredFile[], from: string, store: FileStore): number {
  const at = files.findIndex(({ key }) => key === from);
  if (at >= 0) return at;
  const message = `${store.place} has no file ${JSON.stringify(from)} that matches the job's source`;
  throw new FatalError("source_not_found", message, { hint: "give a key as the source lists it" });
}

/** The first start of a job with a schedule skips the files that were there before the job, the newest apart. */
async function skipOlder(
  context: RunContext,
  store: FileStore,
  fresh: StoredFile[],
  { kind }: StartOptions,
): Promise<StoredFile[]> {
  const { job, ledger, bankName, progress } = context;
  if (job.schedule === undefined || job.firstStart !== "newest" || fresh.length < 2) return fresh;
  if (!(await ledger.files.isFirstStart(bankName, job.name, store.place, prefixOf(job)))) return fresh;
  if (kind === "run") {
    const skipped: SeenFile[] = [];
    for (const file of fresh.slice(0, -1)) skipped.push(await withHash(job, store, file));
    await ledger.files.recordSeen(bankName, job.name, store.place, skipped, null);
  }
  progress.note(
    `first start at ${store.place}: running only the newest of ${counted(fresh.length, "file")}; --from runs others`,
  );
  return fresh.slice(-1);
}

/** The ETag of an object at S3 stays the same when the object is touched. A local folder's changes, so there the hash is kept. */
export async function withHash({ source }: Job, store: FileStore, file: StoredFile): Promise<SeenFile> {
  if (source.kind === "bucket") return file;
  const hash = createHash("sha256");
  try {
    for await (const chunk of store.read(file)) hash.update(chunk);
    return { ...file, sha256: hash.digest("hex") };
  } catch (error) {
    // A file that changes meanwhile is another file now, and the next start lists it.
    if (error instanceof FatalError) return file;
    throw error;
  }
}

/** Where the source's keys begin. */
export function prefixOf({ source }: Job): string {
  return source.kind === "bucket" ? source.prefix : "";
}

/** Whether a file of that place belongs to the job's source, named or listed. */
export function isOfSource(job: Job, place: string, key: string): boolean {
  const { source } = job;
  const own = source.kind === "bucket" ? `s3://${source.bucket}` : resolve(source.folder);
  return place === own && key.startsWith(prefixOf(job)) && fitsPattern(key, source.pattern) && !isPublished(job, key);
}

/** `<run>/<n>/…`, as every publication of every job has it; a run's id is its second and six hexadecimal digits. */
const OF_ANY_RUN = /(^|\/)[0-9]{8}-[0-9]{6}-[0-9a-f]{6}\/[0-9]+\//;
const PUBLISHED = /(^|\/)[^/]+\/[0-9]+\/(results|failed)(\.spreadsheet)?\.csv$/;

/**
 * Results of a run are no input, whatever job they are of: two jobs that read each other's would go on for ever. A source of
 * repaired files may contain folders of results, but never the job's own results place.
 */
function isPublished(job: Job, key: string): boolean {
  if (!job.source.repaired && OF_ANY_RUN.test(key)) return true;
  return PUBLISHED.test(key) && isBelowResults(job, key);
}

function isBelowResults({ source, results }: Job, key: string): boolean {
  if (source.kind === "bucket") {
    return results.kind === "bucket" && results.bucket === source.bucket && key.startsWith(results.prefix);
  }
  return results.kind === "folder" && isBelow(resolve(results.folder), resolve(source.folder, key));
}

/** A pattern that matches everything matches manifests too. */
function isManifest({ completeness }: Job, key: string): boolean {
  return completeness?.manifest !== undefined && key.endsWith(completeness.manifest.suffix);
}

async function findNamed({ job, openStore }: RunContext, file: string): Promise<FilesInPlace> {
  const [place, key] = addressOf(job, file);
  const store = await openStore(place);
  const stored = await store.find(key);
  if (stored !== undefined) return { store, files: [stored] };
  throw new FatalError("source_not_found", `there is no file ${file}`, { hint: "check the path or the s3:// address" });
}

/** A file in the source's folder has the same place and key there, however it is named. */
function addressOf({ source }: Job, file: string): readonly [StorePlace, string] {
  const [, bucket, key] = /^s3:\/\/([^/]+)\/(.+)$/s.exec(file) ?? [];
  if (bucket !== undefined && key !== undefined) return [bucketOf({ source }, bucket), key];
  const path = resolve(file);
  const within = source.kind === "folder" && isBelow(resolve(source.folder), path) ? relative(source.folder, path) : "";
  const isListed = within !== "" && within.split("/").every((name) => !name.startsWith("."));
  return isListed && source.kind === "folder"
    ? [source, within]
    : [{ kind: "folder", folder: dirname(path) }, basename(path)];
}

/** The source's bucket with all that the job says of it; another one by its name alone. */
export function bucketOf({ source }: Pick<Job, "source">, bucket: string): StorePlace {
  return source.kind === "bucket" && source.bucket === bucket ? source : { kind: "bucket", bucket };
}

function isBelow(folder: string, path: string): boolean {
  return path.startsWith(folder.endsWith("/") ? folder : `${folder}/`);
}
