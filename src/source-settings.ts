/**
 * What a job may say of where its files come from and where results go. Values only.
 */
import { z } from "zod";

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

const pattern = z.instanceof(RegExp).default(/\.csv$/);
/** Whether files made from results, such as a corrected failed.csv, are what the source is for. */
const repaired = z.boolean().default(false);
export const sourceSettings = z.union(
  [z.strictObject({ ...bucket, pattern, repaired }), z.strictObject({ ...folder, pattern, repaired })],
  { error: 'give { bucket, prefix, pattern, repaired, owner: "twelve digits" } or { folder, pattern, repaired }' },
);
