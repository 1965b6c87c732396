/**
 * What a job may say of where its files go once their runs are over, and which tags they get; and where they may not go. Values only.
 */
import { resolve } from "node:path";
import { z } from "zod";
import { type Source, sourcesOf } from "./source-settings.ts";
import type { StorePlace } from "./store/file-store.ts";
import { isBelow } from "./store/is-below.ts";

const MOST_TAGS = 10;
/** Amazon's rule for tags (S3 user guide, object tagging). */
const TAG = /^[\p{L}\p{N} +\-=._:/@]*$/u;
/** As a tag's value is given: what stands there of the run is shorter than this. */
const MOST_RUN_LETTERS = 24;

const move = z.boolean().default(false);
const bucketSettings = z.strictObject({
  kind: z.literal("bucket").default("bucket"),
  bucket: z.string().min(1),
  prefix: z.string().min(1, "give a prefix, such as archive/"),
  owner: z
    .string()
    .regex(/^\d{12}$/, "give the twelve digits of an AWS account, in quotes")
    .optional(),
  kmsKey: z.string().min(1).optional(),
  move,
});
const folderSettings = z.strictObject({ kind: z.literal("folder").default("folder"), folder: z.string().min(1), move });

/** `move`: the original is removed once its copy was read back and has the same bytes. */
export const archiveSettings = z.union([bucketSettings, folderSettings], {
  error: 'give { bucket, prefix, move, owner: "twelve digits", kmsKey: "…" } or { folder, move }',
});
export type ArchivePlace = z.output<typeof archiveSettings>;

const tagKey = z
  .string()
  .min(1)
  .max(128)
  .regex(TAG, "a tag has letters, digits, spaces and + - = . _ : / @")
  .refine((key) => !key.startsWith("aws:"), "a tag's key must not begin with aws:");
const tagValue = z
  .string()
  .max(256 - MOST_RUN_LETTERS)
  .refine((value) => TAG.test(value.replaceAll("{run}", "")), "a tag has letters, digits, spaces and + - = . _ : / @");

/** Key → value; `{run}` in a value is the run's id. */
export const tagSettings = z
  .record(tagKey, tagValue)
  .refine((tags) => Object.keys(tags).length > 0 && Object.keys(tags).length <= MOST_TAGS, {
    error: `give 1 to ${MOST_TAGS} tags`,
  });

/** A prefix in a bucket, or a folder. */
type FilingPlace = StorePlace & { readonly prefix?: string };

interface FilingJob {
  readonly archive?: ArchivePlace | undefined;
  readonly tag?: z.output<typeof tagSettings> | undefined;
  readonly source: Source | readonly Source[];
  readonly results: FilingPlace;
}

/** What of it cannot be, with why. Archived files have their own keys below the archive's prefix. */
export function findBadFiling(job: FilingJob): (readonly ["archive" | "tag", string])[] {
  const { archive, tag, results } = job;
  const bad: (readonly ["archive" | "tag", string])[] = [];
  const sources = sourcesOf(job);
  if (tag !== undefined && sources.some(({ kind }) => kind === "folder"))
    bad.push(["tag", "only files in a bucket can have tags"]);
  if (archive !== undefined && sources.some((source) => isWithin(archive, source, prefixIn(source))))
    bad.push(["archive", "lies where the job reads, and what is archived would be read again; give another place"]);
  if (
    archive !== undefined &&
    (isWithin(archive, results, archivePrefix(results)) || isWithin(results, archive, archivePrefix(archive)))
  )
    bad.push(["archive", "and results lie in each other; give another place"]);
  return bad;
}

/** Whether what is archived at `archive` would be found in the other place, where keys begin with `of`. */
function isWithin(archive: FilingPlace, place: FilingPlace, of: string): boolean {
  if (archive.kind === "folder" && place.kind === "folder") return overlaps(archive.folder, place.folder);
  if (archive.kind !== "bucket" || place.kind !== "bucket" || archive.bucket !== place.bucket) return false;
  const prefix = archivePrefix(archive);
  return prefix.startsWith(of) || `${prefix}${of}`.startsWith(of);
}

/** Whether another job's source may find what is archived there, whatever its keys are. */
export function mayRead(source: Source, archive: ArchivePlace): boolean {
  if (archive.kind === "folder" || source.kind === "folder") return isWithin(archive, source, "");
  return (
    archive.bucket === source.bucket &&
    (archivePrefix(archive).startsWith(source.prefix) || source.prefix.startsWith(archivePrefix(archive)))
  );
}

/** Whether the folders are one, or one lies in the other. */
export function overlaps(one: string, other: string): boolean {
  return resolve(one) === resolve(other) || isBelow(one, other) || isBelow(other, one);
}

/** What the keys of archived files begin with: "", or ending in "/". */
export function archivePrefix(archive: FilingPlace): string {
  const prefix = archive.kind === "bucket" ? (archive.prefix ?? "") : "";
  return prefix === "" || prefix.endsWith("/") ? prefix : `${prefix}/`;
}

const prefixIn = (source: Source) => (source.kind === "bucket" ? source.prefix : "");
