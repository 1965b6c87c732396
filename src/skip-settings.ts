/**
 * What a job file says of rows that need not be fetched. Values only.
 */
import { z } from "zod";

const HOUR_MS = 3_600_000;
const MOST_MS = 7 * 24 * HOUR_MS;
const FORM = /^[1-9]\d{0,3}[hd]$/;

/** How long what was tied out counts, such as `24h` or `2d`. */
export const skipSettings = z
  .string()
  .regex(FORM, 'give hours or days, such as "24h" or "2d"')
  .refine((text) => !FORM.test(text) || durationMs(text) <= MOST_MS, {
    error: 'give at most a week ("168h" or "7d"): what changes at the bank meanwhile may stay unseen for so long',
  });

/** Of a text that the settings allow. */
export function durationMs(text: string): number {
  return Number.parseInt(text, 10) * (text.endsWith("d") ? 24 * HOUR_MS : HOUR_MS);
}
