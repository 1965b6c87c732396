/**
 * What a job may say of where its files come from and where results go. Values only.
 */
import { resolve } from "node:path";
import { z } from "zod";
import { readSettings } from "./read-settings.ts";
import { isBelow } from "./store/is-below.ts";

/** Filled in: a job file says it by `bucket` or `folder`. */
const bucket = {
  kind: z.literal("bucket").default("bucket"),
  bucket: z.string().min(1),
  prefix: z.string().default(""),
  /** The AWS account that the bucket must belong to. */
  owner: z
    .string()
    .regex(/^\d{12}$/, "give the twelve digits of an AWS account, in quotes")
    .optional(),
};
const folder = { kind: z.literal("folder").default("folder"), folder: z.string().min(1) };

const spreadsheet = z.boolean().default(false);
/** The KMS key that results are written under: its id, ARN or alias. */
const kmsKey = z.string().min(1).optional();
export const resultsSettings = z.union(
  [z.strictObject({ ...bucket, kmsKey, spreadsheet }), z.strictObject({ ...folder, spreadsheet })],
  {
    error:
      'give { bucket, prefix, owner: "twelve digits", kmsKey: "…" } or { folder }; all but bucket and folder are optional',
  },
);

/** A file of a source is there once its done-file is: named as the file with the suffix behind it, or in place of its ending. */
const doneSettings = z
  .strictObject({
    suffix: z.string().regex(/^[^/]+$/, "give what the names of done-files end with, such as .ok"),
    /** The ending of a file's name that the suffix takes the place of; behind the whole name when not given. */
    replaces: z
      .string()
      .regex(/^[^/]+$/, "give the ending that the suffix takes the place of, such as .csv")
      .optional(),
  })
  .refine(
    ({ suffix, replaces = "" }) => ![".csv", ".csv.gz", ".csv.zip", replaces].some((one) => one.endsWith(suffix)),
    {
      error: "the files themselves end so, and would be taken for done-files: give another ending, such as .ok",
      path: ["suffix"],
    },
  );

const ofSource = {
  pattern: z.instanceof(RegExp).default(/\.csv$/),
  /** Whether files made from results, such as a corrected failed.csv, are what the source is for. */
  repaired: z.boolean().default(false),
  /** What it is called beside the job's other sources; needed where there are several. */
  name: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, "use lower-case letters, digits and hyphens")
    .optional(),
  done: doneSettings.optional(),
  /** Settings of reading that win over the job's for files of this source. */
  reads: withoutDefaults(readSettings).optional(),
};
const oneSource = z.union([z.strictObject({ ...bucket, ...ofSource }), z.strictObject({ ...folder, ...ofSource })], {
  error:
    'give { bucket, prefix, pattern, repaired, owner: "twelve digits" } or { folder, pattern, repaired }; name, done and reads are optional',
});

/** One source, or several in the order in which their files are taken. */
export const sourceSettings = z.union(
  [...oneSource.options, z.array(oneSource).min(1, "give at least one source").superRefine(checkList)],
  {
    error:
      'give { bucket, prefix, pattern, repaired, owner: "twelve digits" } or { folder, pattern, repaired }, or a list of such sources',
  },
);

export type Source = z.output<typeof oneSource>;

export function sourcesOf({ source }: { readonly source: Source | readonly Source[] }): readonly Source[] {
  return [source].flat() as readonly Source[];
}

/** The source that `expect` speaks of: the only one, or that of its name. */
export function expectedSource(job: {
  readonly source: Source | readonly Source[];
  readonly expect?: { readonly source?: string | undefined } | undefined;
}): Source | undefined {
  const sources = sourcesOf(job);
  const name = job.expect?.source;
  return name === undefined && sources.length === 1 ? sources[0] : sources.find((one) => one.name === name);
}

type Fields = Readonly<Record<string, z.ZodType>>;
type Undefaulted<Field> = Field extends z.ZodDefault<infer Inner> | z.ZodPrefault<infer Inner> ? Inner : Field;

/** The same fields, none of them required or filled in. */
function withoutDefaults<Given extends Fields>(fields: Given) {
  const bare = Object.entries(fields).map(([name, field]) => {
    const inner = field instanceof z.ZodDefault || field instanceof z.ZodPrefault ? field.unwrap() : field;
    return [name, z.optional(inner)] as const;
  });
  type Bare = { [Name in keyof Given]: z.ZodOptional<Extract<Undefaulted<Given[Name]>, z.ZodType>> };
  return z.strictObject(Object.fromEntries(bare) as unknown as Bare);
}

/** What several sources may not be to each other: one file must never be of two places, and each source can get files. */
function checkList(sources: readonly Source[], context: z.RefinementCtx): void {
  const say = (at: number, setting: string, message: string) =>
    context.addIssue({ code: "custom", path: [at, setting], message });
  for (const [at, one] of sources.entries()) {
    if (sources.length > 1 && one.name === undefined) say(at, "name", "give each of several sources a name");
    for (const [before, other] of sources.slice(0, at).entries()) {
      const first = other.name ?? String(before);
      if (one.name !== undefined && one.name === other.name)
        say(at, "name", `the source ${first} has that name already`);
      if (one.kind === "folder" && other.kind === "folder" && isNested(one.folder, other.folder))
        say(
          at,
          "folder",
          `one of it and the folder of ${first} lies in the other: give both the outer one, and patterns`,
        );
      if (one.kind === "bucket" && other.kind === "bucket" && one.bucket === other.bucket && one.owner !== other.owner)
        say(at, "owner", `give the source ${first}, of the same bucket, the same owner`);
      if (takesAll(other, one)) say(at, "pattern", `the source ${first} takes every file that fits it`);
    }
  }
}

const isNested = (one: string, other: string) => isBelow(one, other) || isBelow(other, one);

/** Whether the same pattern leaves nothing to the second source. */
function takesAll(first: Source, second: Source): boolean {
  if (String(first.pattern) !== String(second.pattern)) return false;
  if (first.kind === "folder") return second.kind === "folder" && resolve(first.folder) === resolve(second.folder);
  return second.kind === "bucket" && second.bucket === first.bucket && second.prefix.startsWith(first.prefix);
}
