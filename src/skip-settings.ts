/**
 * What a job file says of rows that need not be fetched. Values only.
 */
import { z } from "zod";
import { durationMs } from "./duration-ms.ts";

const MOST_MS = durationMs("7d");
const FORM = /^[1-9]\d{0,3}[hd]$/;

/** How long what was tied out counts, such as `24h` or `2d`. */
export const skipSettings = z
  .string()
  .regex(FORM, 'give hours or days, such as "24h" or "2d"')
  .refine((text) => !FORM.test(text) || durationMs(text) <= MOST_MS, {
    error: 'give at most a week ("168h" or "7d"): what changes at the bank meanwhile may stay unseen for so long',
  });
