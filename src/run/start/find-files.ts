/**
 * Finds the files that a start works on: the named one, or those of the job's sources that it does not know yet, in order.
 * Lists and records. It reads only the files in a folder that a job's first start skips.
 */
import { createHash } from "node:crypto";
import { basename, dirname, relative, resolve } from "node:path";
import { FatalError } from "../../errors/fatal-error.ts";
import type { Job } from "../../job.ts";
import type { SeenFile } from "../../ledger/ledger.ts";
import { jobWord } from "../../report/job-word.ts";
import { type Source, sourcesOf } from "../../source-settings.ts";
import type { FileStore, StoredFile, StorePlace } from "../../store/file-store.ts";
import { isBelow } from "../../store/is-below.ts";
import { counted } from "../../text/counted.ts";
import { shellWord } from "../../text/shell-word.ts";
import { entryOfJob } from "../audit-entry.ts";
import { keepLatest, type LatestFile } from "../batches.ts";
import type { RunContext } from "../context.ts";
import { prefixOf, sourceOf } from "../sources.ts";
import { findDone, notDone, tellUndone } from "./done-files.ts";
import { type ListedFile, type ListedSource, listSource } from "./list-source.ts";
import { orderSources } from "./order-sources.ts";
import type { StartOptions } from "./start-job.ts";
import { tellUnfit } from "./tell-unfit.ts";

/** A file to run, with the store that it lies in; of several versions of a batch the highest. */
export interface FoundFile extends LatestFile<ListedFile> {
  readonly store: FileStore;
}

/** In the order in which they are taken. Throws FatalError `source_not_found` for a file that is not there, `file_not_done` for one that may not be complete. */
export async function findFiles(context: RunContext, options: StartOptions): Promise<readonly FoundFile[]> {
  return options.file === null ? await findListed(context, options) : await findNamed(context, options.file);
}

/** All of the job's sources, each with the files that are there. */
export async function listSources({ job, openStore }: RunContext): Promise<readonly ListedSource[]> {
  const lists: ListedSource[] = [];
  for (const source of sourcesOf(job)) lists.push(await listSource(job, source, await openStore(source)));
  return lists;
}

async function findListed(context: RunContext, options: StartOptions): Promise<readonly FoundFile[]> {
  const lists = await listSources(context);
  if (options.from !== null) return findFrom(context, lists, options, options.from);
  if (options.again !== null && lists.length > 1) {
    const hint = "name the file with --file";
    throw new FatalError("usage", "the job has several sources, so --again cannot tell which file is meant", { hint });
  }
  if (options.again !== null || options.kind === "validate")
    return inOrder(lists.map((list) => ({ ...list, files: list.files.slice(-1) })));
  const fresh: ListedSource[] = [];
  for (const list of lists) fresh.push({ ...list, files: await findFresh(context, list, options) });
  return inOrder(fresh);
}

function inOrder(lists: readonly ListedSource[]): readonly FoundFile[] {
  const found = lists.map(({ source, store, files }) => ({
    source,
    files: keepLatest(files).map((one): FoundFile => ({ ...one, store })),
  }));
  return orderSources(found, ({ file }) => file);
}

/** Those that the job does not know yet, and that its first start there does not skip. */
async function findFresh(
  context: RunContext,
  list: ListedSource,
  options: StartOptions,
): Promise<readonly ListedFile[]> {
  const { job, ledger, bankName } = context;
  const { store, files } = list;
  const known = await ledger.files.findKnown(bankName, job.name, store.place, files);
  if (options.kind === "run") {
    const timeless = files.filter((_, index) => known.get(index) === "etag");
    if (timeless.length > 0) await ledger.files.recordSeen(bankName, job.name, store.place, timeless, null);
  }
  await tellUndone(context, list);
  tellUnfit(context, list);
  return await skipOlder(
    context,
    list,
    files.filter((_, index) => !known.has(index)),
    options,
  );
}

/** The file of that key and those after it: all of its own source, and of the others those that the job does not know yet. */
async function findFrom(
  context: RunContext,
  lists: readonly ListedSource[],
  options: StartOptions,
  from: string,
): Promise<readonly FoundFile[]> {
  const isMeant = ({ store }: ListedSource, key: string) => key === from || `${store.place}/${key}` === from;
  const [own, other] = lists.filter((list) => list.files.some(({ key }) => isMeant(list, key)));
  if (own === undefined) throw notListed(lists, from, isMeant);
  if (other !== undefined) {
    const hint = `give its whole address, such as ${own.store.place}/${from}`;
    throw new FatalError("usage", `two sources of the job have a file ${JSON.stringify(from)}`, { hint });
  }
  const taken: ListedSource[] = [];
  for (const list of lists) {
    const at = list.files.findIndex(({ key }) => isMeant(list, key));
    const files = list === own ? list.files.slice(at) : await findFresh(context, list, options);
    taken.push({ ...list, files });
  }
  const found = inOrder(taken);
  const first = taken.find(({ source }) => source === own.source)?.files.map(({ key }) => key) ?? [];
  return found.slice(found.findIndex(({ store, file }) => store === own.store && first.includes(file.key)));
}

function notListed(
  lists: readonly ListedSource[],
  from: string,
  isMeant: (list: ListedSource, key: string) => boolean,
): FatalError {
  for (const list of lists) {
    const undone = list.undone.find(({ file }) => isMeant(list, file.key));
    if (undone !== undefined) return notDone(list.store.place, undone);
  }
  const places = [...new Set(lists.map(({ store }) => store.place))].join(" and ");
  const message = `no file ${JSON.stringify(from)} that the job takes is in ${places}`;
  return new FatalError("source_not_found", message, { hint: "give a key as the source lists it" });
}

/**
 * The first start of a job with a schedule skips the files that were there before the job, the newest apart. One that has none to skip was
 * the first all the same.
 */
async function skipOlder(
  context: RunContext,
  { source, store, undone }: ListedSource,
  fresh: readonly ListedFile[],
  { kind }: StartOptions,
): Promise<readonly ListedFile[]> {
  const { job, jobPath, ledger, bankName, progress } = context;
  if (job.schedule === undefined || job.firstStart !== "newest") return fresh;
  const mark = markOf(source);
  if (fresh.length < 2) {
    if (kind === "run" && fresh.length + undone.length < 2) await recordBegun(context, store.place, mark);
    return fresh;
  }
  const own = ownKeys(job, source, store.place);
  const isOwn = own && ((key: string) => key === mark.key || own(key));
  if (!(await ledger.files.isFirstStart(bankName, job.name, store.place, prefixOf(source), isOwn))) return fresh;
  const oldest = fresh[0]?.key ?? "";
  if (kind === "run") {
    const skipped: SeenFile[] = [];
    for (const file of fresh.slice(0, -1)) skipped.push(await withHash(store, file));
    const details = { place: store.place, files: skipped.length, from: oldest, to: skipped.at(-1)?.key ?? "" };
    const audited = ledger.audited(entryOfJob(context, "first start", { details }));
    await audited.files.recordSeen(bankName, job.name, store.place, skipped, null);
  }
  const name = source.name === undefined ? "" : ` of the source ${source.name}`;
  const from = shellWord(sourcesOf(job).length === 1 ? oldest : `${store.place}/${oldest}`);
  progress.note(
    `first start at ${store.place}${name}: only the newest of ${counted(fresh.length, "file")} is run; to run the others too, type: tieout run ${jobWord(jobPath)} --from ${from}`,
  );
  return fresh.slice(-1);
}

/** An entry among the files of the source's place, for a start that had no file to skip. No file has such an ETag. */
function markOf(source: Source): StoredFile {
  return { key: `${prefixOf(source)} ${source.pattern.source}`, size: 0, lastModifiedMs: 0, etag: "" };
}

async function recordBegun({ ledger, bankName, job }: RunContext, place: string, mark: StoredFile): Promise<void> {
  const known = await ledger.files.findKnown(bankName, job.name, place, [mark]);
  if (known.size === 0) await ledger.files.recordSeen(bankName, job.name, place, [mark], null);
}

/** Which keys of its place are the source's, where the job has others there; undefined for a job with one source. */
export function ownKeys(job: Job, source: Source | undefined, place: string): ((key: string) => boolean) | undefined {
  return sourcesOf(job).length === 1 ? undefined : (key) => sourceOf(job, place, key) === source;
}

/** The ETag of an object at S3 stays the same when the object is touched. A local folder's changes, so there the hash is kept. */
export async function withHash(store: FileStore, file: StoredFile): Promise<SeenFile> {
  if (store.place.startsWith("s3://")) return file;
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

async function findNamed({ job, openStore }: RunContext, file: string): Promise<readonly FoundFile[]> {
  const [place, key] = addressOf(job, file);
  const store = await openStore(place);
  const stored = await store.find(key);
  if (stored !== undefined) {
    const source = sourceOf(job, store.place, key);
    const listed = source === undefined ? stored : await findDone(source, store, stored);
    return keepLatest([listed]).map((one) => ({ ...one, store }));
  }
  throw new FatalError("source_not_found", `there is no file ${file}`, { hint: "check the path or the s3:// address" });
}

/** A file in a source's folder has the same place and key there, however it is named. */
function addressOf(job: Job, file: string): readonly [StorePlace, string] {
  const [, bucket, key] = /^s3:\/\/([^/]+)\/(.+)$/s.exec(file) ?? [];
  if (bucket !== undefined && key !== undefined) return [bucketOf(job, bucket), key];
  const path = resolve(file);
  for (const source of sourcesOf(job)) {
    if (source.kind !== "folder" || !isBelow(path, source.folder)) continue;
    const within = relative(source.folder, path);
    if (within.split("/").every((name) => !name.startsWith("."))) return [source, within];
  }
  return [{ kind: "folder", folder: dirname(path) }, basename(path)];
}

/** A source's bucket with all that the job says of it; another one by its name alone. */
export function bucketOf(job: Pick<Job, "source">, bucket: string): StorePlace {
  const own = sourcesOf(job).find((source) => source.kind === "bucket" && source.bucket === bucket);
  return own ?? { kind: "bucket", bucket };
}
