/**
 * What a job may say of how a file proves that it is whole, and of the day that it is of. Values only.
 */
import { z } from "zod";
import { isDayFormat } from "./read/totals/parse-day.ts";

/** A cell's place, from 1; the first is the marker. */
const place = z.int().min(2, "give the place of a cell behind the marker, which is cell 1");
const name = z.string().min(1);

const trailerFields = z.strictObject({
  /** The first cell of the last row. */
  marker: z.string().min(1),
  rowsAt: place.default(2),
  /** What its number of rows counts beside the rows. */
  rowsInclude: z
    .array(z.enum(["header", "trailer"]))
    .min(1)
    .refine((given) => new Set(given).size === given.length, "name each once")
    .optional(),
  sequenceAt: place.optional(),
  /** Column → where its control sum is. A column has the file's own name or that of the layout. */
  sums: z.record(name, place).optional(),
  /** Column → where its hash total is: the sum over the digits of each cell, of which the trailer may have the last `digits`. */
  hashTotals: z
    .record(
      name,
      z.union(
        [place.transform((at) => ({ at })), z.strictObject({ at: place, digits: z.int().min(1).max(100).optional() })],
        {
          error: "give the place of the cell, or { at, digits }",
        },
      ),
    )
    .optional(),
  /** Column → value → where the number of its rows is. */
  counts: z.record(name, z.record(z.string(), place)).optional(),
  /** Where the business date is. */
  dateAt: place.optional(),
  dateFormat: z
    .string()
    .refine(isDayFormat, "give YYYY, MM and DD in their order, with what stands between them, such as DD/MM/YYYY")
    .default("YYYYMMDD"),
});

const trailer = trailerFields.superRefine((given, context) => {
  const taken = new Map<number, string>();
  for (const { path, at } of placesOf(given)) {
    const other = taken.get(at);
    if (other !== undefined)
      context.addIssue({ code: "custom", path, message: `cell ${at} of the trailer is that of ${other} already` });
    taken.set(at, path.join("."));
  }
});

type TrailerPlaces = Omit<z.output<typeof trailerFields>, "marker" | "rowsInclude" | "dateFormat">;

function placesOf({ rowsAt, sequenceAt, dateAt, sums = {}, hashTotals = {}, counts = {} }: TrailerPlaces) {
  return [
    { path: ["rowsAt"], at: rowsAt },
    { path: ["sequenceAt"], at: sequenceAt },
    { path: ["dateAt"], at: dateAt },
    ...Object.entries(sums).map(([column, at]) => ({ path: ["sums", column], at })),
    ...Object.entries(hashTotals).map(([column, { at }]) => ({ path: ["hashTotals", column], at })),
    ...Object.entries(counts).flatMap(([column, values]) =>
      Object.entries(values).map(([value, at]) => ({ path: ["counts", column, value], at })),
    ),
  ].flatMap(({ path, at }) => (at === undefined ? [] : [{ path, at }]));
}

const manifest = z.strictObject({
  suffix: z.string().min(1).default(".manifest.json"),
  /** Members without which it is no proof. */
  demands: z
    .array(
      z
        .string()
        .regex(
          /^(rows|sha256|sequence|businessDate|(sums|hashTotals|counts)\..+)$/,
          'give "rows", "sha256", "sequence", "businessDate", or "sums", "hashTotals" or "counts" with a column, such as "sums.limit"',
        ),
    )
    .default([]),
});

/** How a file proves that it is whole, beside size and checksum: by one of two. And which day its business date must be. */
export const completenessSettings = z
  .strictObject({
    trailer: trailer.optional(),
    /** A JSON file `<key><suffix>` that says at least one thing of the file. */
    manifest: manifest.optional(),
    businessDate: z.enum(["same day", "day before"]).optional(),
  })
  .refine((given) => given.trailer === undefined || given.manifest === undefined, {
    error: "give a trailer or a manifest, not both",
  })
  .refine((given) => Object.values(given).some((one) => one !== undefined), {
    error: 'give { trailer: { marker, rowsAt, … } }, { manifest: { suffix, demands } } or { businessDate: "same day" }',
  });
