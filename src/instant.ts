/**
 * Moments and days of ISO 8601: which texts name one, and which of two moments is the later. Compares to the nanosecond,
 * in every place that compares; never turns a text into another zone or form. Imports nothing.
 */

const DAYS_OF_MONTH = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const SHORTEST_INSTANT = "2026-01-31T09:30:00Z".length;

/** Whether the text is as a file must write it: `YYYY-MM-DDThh:mm:ss`, up to nine decimals, and `Z` or `±hh:mm` (RFC 3339). */
export function isInstant(text: string): boolean {
  if (text.length < SHORTEST_INSTANT || !beginsWithDay(text) || text[10] !== "T") return false;
  if (!isBelow(text, 11, 24) || text[13] !== ":" || !isBelow(text, 14, 60)) return false;
  if (text[16] !== ":" || !isBelow(text, 17, 60)) return false;
  let at = 19;
  if (text[at] === ".") {
    const first = ++at;
    while (isDigit(text.charCodeAt(at))) at++;
    if (at === first || at - first > 9) return false;
  }
  if (text[at] === "Z") return text.length === at + 1;
  if (text[at] !== "+" && text[at] !== "-") return false;
  return text.length === at + 6 && isBelow(text, at + 1, 24) && text[at + 3] === ":" && isBelow(text, at + 4, 60);
}

/** Whether the text is a day of the calendar, `YYYY-MM-DD`. */
export function isDay(text: string): boolean {
  return text.length === 10 && beginsWithDay(text);
}

/** A bank may write a small t or z, a blank for the T, 24:00, no seconds, no colon in the zone, or more decimals. */
const WRITTEN_SOMEHOW = /^(.{10})[Tt ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d+))?)?(?:[Zz]|([+-]\d\d):?(\d\d))$/;

/**
 * Nanoseconds since 1970 of an instant however it is written; `undefined` when the text is none, or says no zone.
 * Decimals behind the ninth are cut off.
 */
export function instantNs(text: string): bigint | undefined {
  const parts = WRITTEN_SOMEHOW.exec(text);
  if (parts === null || !beginsWithDay(text)) return undefined;
  const [, day = "", hour = "", minute = "", second = "00", fraction = "", zoneHours = "+00", zoneMinutes = "00"] =
    parts;
  const isMidnight = hour === "24" && Number(minute) + Number(second) + Number(fraction) === 0;
  if (!(isBelow(hour, 0, 24) || isMidnight) || !isBelow(minute, 0, 60) || !isBelow(second, 0, 60)) return undefined;
  if (!isBelow(zoneHours, 1, 24) || !isBelow(zoneMinutes, 0, 60)) return undefined;
  const dayMs = Date.parse(`${day}T00:00:00Z`);
  const seconds = dayMs / 1000 + Number(hour) * 3600 + Number(minute) * 60 + Number(second);
  const ahead = Number(zoneHours.slice(1)) * 3600 + Number(zoneMinutes) * 60;
  const utcSeconds = zoneHours.startsWith("-") ? seconds + ahead : seconds - ahead;
  return BigInt(utcSeconds) * 1_000_000_000n + BigInt(fraction.slice(0, 9).padEnd(9, "0"));
}

/** Whether both name one moment; what names none is only the same as itself. */
export function sameInstant(one: string, other: unknown): boolean {
  if (one === other) return true;
  if (typeof other !== "string") return false;
  const moment = instantNs(one);
  return moment !== undefined && moment === instantNs(other);
}

/** Whether `one` is after `other`. Text that names no moment, as "" does, is before every one that does. */
export function isLater(one: string, other: string): boolean {
  const [ours, theirs] = [instantNs(one), instantNs(other)];
  return ours !== undefined && (theirs === undefined || ours > theirs);
}

/** Before every instant that can be written, so that no sum is negative. */
const BEFORE_ALL_NS = 100_000_000_000_000_000_000n;

/** A text of 21 digits that sorts as the moment does; null for text that names none. */
export function instantOrder(text: string): string | null {
  const ns = instantNs(text);
  return ns === undefined ? null : String(BEFORE_ALL_NS + ns);
}

function beginsWithDay(text: string): boolean {
  if (text[4] !== "-" || text[7] !== "-") return false;
  const century = twoDigits(text, 0);
  const yearOfCentury = twoDigits(text, 2);
  const month = twoDigits(text, 5);
  const day = twoDigits(text, 8);
  if (century < 0 || yearOfCentury < 0 || month < 1 || month > 12 || day < 1) return false;
  const year = century * 100 + yearOfCentury;
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return year > 0 && day <= (month === 2 && isLeap ? 29 : (DAYS_OF_MONTH[month - 1] ?? 0));
}

function isBelow(text: string, at: number, bound: number): boolean {
  const number = twoDigits(text, at);
  return number >= 0 && number < bound;
}

/** The number that two digits make, or -1. */
function twoDigits(text: string, at: number): number {
  const tens = text.charCodeAt(at);
  const ones = text.charCodeAt(at + 1);
  return isDigit(tens) && isDigit(ones) ? (tens - 48) * 10 + ones - 48 : -1;
}

function isDigit(charCode: number): boolean {
  return charCode >= 48 && charCode <= 57;
}
