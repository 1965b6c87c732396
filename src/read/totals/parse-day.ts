/**
 * The business date of a file, in the form that the job says or in the file's name: text in, a day such as 2026-11-28 out.
 */
import { isDay } from "../../instant.ts";

const FORMS: Readonly<Record<string, string>> = {
  YYYY: "(?<year>\\d{4})",
  MM: "(?<month>\\d{2})",
  DD: "(?<day>\\d{2})",
};
const PARTS = /(YYYY|MM|DD)/;

/** Year, month and day once each, with what stands between them: `YYYYMMDD`, `DD/MM/YYYY`. */
export function isDayFormat(format: string): boolean {
  const pieces = format.split(PARTS);
  const parts = pieces.filter((piece) => Object.hasOwn(FORMS, piece));
  const between = pieces.filter((piece) => !Object.hasOwn(FORMS, piece)).join("");
  return parts.length === 3 && new Set(parts).size === 3 && !/[\p{L}\d]/u.test(between);
}

/** Undefined for a text that is not exactly so, or no day of the calendar. */
export function parseDay(text: string, format: string): string | undefined {
  const pattern = format.split(PARTS).map((piece) => FORMS[piece] ?? RegExp.escape(piece));
  const groups = new RegExp(`^${pattern.join("")}$`).exec(text)?.groups;
  const day = groups && `${groups.year}-${groups.month}-${groups.day}`;
  return day !== undefined && isDay(day) ? day : undefined;
}

/** What the pattern's group `date` has captured: `20261128` or `2026-11-28`. */
export function dayInName(captured: string): string | undefined {
  return parseDay(captured, "YYYYMMDD") ?? parseDay(captured, "YYYY-MM-DD");
}
