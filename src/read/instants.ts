/**
 * Instants and dates of ISO 8601: text in, the same text out when it names a real moment or day.
 * Never turns one into another zone or form: what is sent is what the file says.
 */
import { type Faults, fault, mask } from "./faults.ts";

const DAYS_OF_MONTH = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const SHORTEST_INSTANT = "2026-01-31T09:30:00Z".length;

/** `YYYY-MM-DDThh:mm:ss`, up to nine decimals, and `Z` or `±hh:mm` (RFC 3339). Fault: instant_malformed. */
export function parseInstant(text: string): string | Faults {
  if (isInstant(text)) return text;
  return fault(
    "instant_malformed",
    `${mask(text)} is not an instant with seconds and a zone, such as 2026-01-31T09:30:00Z or 2026-01-31T09:30:00-06:00`,
  );
}

/** `YYYY-MM-DD`. Fault: date_malformed. */
export function parseDate(text: string): string | Faults {
  if (text.length === 10 && beginsWithDay(text)) return text;
  return fault("date_malformed", `${mask(text)} is not a day of the calendar such as 2026-01-31`);
}

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

/** Nanoseconds since 1970 of an instant, to compare instants by; `undefined` when the text is none. */
export function instantNs(text: string): bigint | undefined {
  if (!isInstant(text)) return undefined;
  const fraction = /\.(\d+)/.exec(text)?.[1] ?? "";
  const wholeSecondMs = Date.parse(fraction === "" ? text : text.replace(`.${fraction}`, ""));
  return BigInt(wholeSecondMs) * 1_000_000n + BigInt(fraction.padEnd(9, "0"));
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
