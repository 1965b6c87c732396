/**
 * The business date of a file, in the form that the job says or in the file's name: text in, a day such as 2026-11-28 out.
 */
import { isFaults } from "../cell-fault.ts";
import { dateText } from "../shape/date-text.ts";

/** Whether the format names a day and nothing else: `YYYYMMDD`, `DD/MM/YYYY`. */
export function isDayFormat(format: string): boolean {
  return dateText({ format }, "date").kind === "text";
}

/** Undefined for a text that is not exactly so, or no day of the calendar. */
export function parseDay(text: string, format: string): string | undefined {
  const form = dateText({ format }, "date");
  const day = form.kind === "text" ? form.textOf(text) : undefined;
  return day === undefined || isFaults(day) ? undefined : day;
}

/** What the pattern's group `date` has captured: `20261128` or `2026-11-28`. */
export function dayInName(captured: string): string | undefined {
  return parseDay(captured, "YYYYMMDD") ?? parseDay(captured, "YYYY-MM-DD");
}
