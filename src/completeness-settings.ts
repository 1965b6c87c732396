/**
 * What a job may say of how a file proves that it is whole. Values only.
 */
import { z } from "zod";

/** How a file proves that it is whole, beside size and checksum; one of the two. A cell's place counts from 1. */
export const completenessSettings = z
  .strictObject({
    trailer: z
      .strictObject({
        /** The first cell of the last row. */
        marker: z.string().min(1),
        rowsAt: z.int().min(2).default(2),
        sequenceAt: z.int().min(2).optional(),
      })
      .optional(),
    /** A JSON file `<key><suffix>` with `rows`, `sha256` and `sequence`, at least one of them. */
    manifest: z.strictObject({ suffix: z.string().min(1).default(".manifest.json") }).optional(),
  })
  .refine(({ trailer, manifest }) => (trailer === undefined) !== (manifest === undefined), {
    error: "give { trailer: { marker, rowsAt, sequenceAt } } or { manifest: { suffix } }",
  });
