/**
 * What a job may say of files that write values in a way of their own, as fields of its read settings. Values only; whether they go
 * together is judged in read/find-shape-faults.ts.
 */
import { z } from "zod";
import { GROUP_SIGNS } from "./read/shapes.ts";
import { TIME_OF_DAY } from "./time-of-day.ts";
import { isZone } from "./zone-instant.ts";

const value = z.union([z.string(), z.boolean(), z.null(), z.array(z.string()).min(1)], {
  error: "give a text, true, false, a list of texts, or null to leave alone",
});
const cells = z.record(z.string(), value);
const TWO = 'give two columns of the file or more, as ["user_1", "user_2"] or { columns: ["day", "time"], by: " " }';
const names = z.array(z.string().min(1)).min(2, TWO);
const zone = z.string().refine((text) => /^[+-](0\d|1[0-4]):[0-5]\d$/.test(text) || isZone(text), {
  error: 'give an IANA zone, such as America/Chicago, or a distance from UTC, such as "-06:00"',
});

const dateForm = z.strictObject({
  format: z.string().min(1),
  zone: zone.optional(),
  /** The time of day of instants whose format has none. */
  time: z.string().regex(TIME_OF_DAY, "give a time of day, such as 17:00").optional(),
  repeated: z.enum(["earlier", "later"]).optional(),
  /** The first two digits of years of two. */
  century: z.int().min(19).max(20).optional(),
});

const numberForm = z
  .strictObject({
    decimal: z.enum([".", ","]).optional(),
    group: z.enum(GROUP_SIGNS).optional(),
    implied: z.int().min(1).max(4).optional(),
    negative: z.enum(["before", "after", "parentheses"]).optional(),
  })
  .refine(({ decimal, implied }) => decimal === undefined || implied === undefined, {
    error: "give decimal, or implied for amounts without a sign for decimals, not both",
  })
  .refine(({ decimal = ".", group, implied }) => implied !== undefined || decimal !== group, {
    error: 'group and decimal are the same sign: say both, as { decimal: ",", group: "." }',
  });

export const shapeSettings = {
  /** Values that every row has, of columns that the file lacks. */
  constants: z
    .record(
      z.string(),
      z.union([z.string().min(1), z.boolean(), z.array(z.string()).min(1)], {
        error: "give a text, true, false or a list of texts",
      }),
    )
    .optional(),
  /** Cells that stand for values, every one of them listed. */
  values: z
    .record(
      z.string(),
      z.union([z.strictObject({ cells, letterCase: z.literal("ignore") }), cells], {
        error: 'give the cells and their values, as { A: "active" }, or { cells: { … }, letterCase: "ignore" }',
      }),
    )
    .optional(),
  /** What stands between the items of a list. */
  split: z.record(z.string(), z.string().min(1)).optional(),
  /** Columns of the file that make one: a list, or, with `by` between them, one text. */
  join: z
    .record(z.string(), z.union([names, z.strictObject({ columns: names, by: z.string() })], { error: TWO }))
    .optional(),
  /** How dates and times are written. */
  dates: z
    .record(
      z.string(),
      z.union([z.string().min(1), dateForm], {
        error:
          'give a format, as "DD/MM/YYYY", or { format, zone, time: "17:00", repeated: "earlier" or "later", century: 20 }',
      }),
    )
    .optional(),
  /** How amounts are written. */
  numbers: numberForm.optional(),
  /** Amounts with a column for each currency, or with one beside them that names it. */
  amounts: z
    .record(
      z.string(),
      z.union(
        [
          z.strictObject({ byCurrency: z.record(z.string().regex(/^[A-Z]{3}$/), z.string().min(1)) }),
          z.strictObject({ currency: z.string().min(1) }),
        ],
        { error: 'give { byCurrency: { USD: "limit_usd", EUR: "limit_eur" } } or { currency: "limit_currency" }' },
      ),
    )
    .optional(),
};
