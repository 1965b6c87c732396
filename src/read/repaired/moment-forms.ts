/**
 * Whether a spreadsheet program may have made one text of the other because it took the first for a day or a time: it then
 * shows it in the form and the language of its country, adds the year that is missing, and drops zone and seconds.
 */
import { decimalsOf } from "./number-forms.ts";

/** What a text says of a moment. A year of two digits is `isShort`. */
interface Moment {
  readonly year?: number | undefined;
  readonly isShort?: boolean;
  readonly month?: number | undefined;
  readonly day?: number | undefined;
  /** Seconds of the day; `isRough` without the seconds. */
  readonly second?: number;
  readonly isRough?: boolean;
  /** With a fraction of a second, or made of one: a program may have rounded it. */
  readonly isFraction?: boolean;
  /** As `+00:00`; undefined where none is given. */
  readonly zone?: string | undefined;
}

/** As `2-Jan`, `02.01.2026`, `1/2/26 9:30` or `46024` for `2026-01-02`; and `2026-01-02` for `1-2`. */
export function isMomentForm(had: string, given: string): boolean {
  const before = momentsOf(had);
  if (before.length === 0) return false;
  return [...momentsOf(given), ...momentsOfSerial(given)].some((now) => before.some((then) => agree(then, now)));
}

/** Whether a program in some language takes the text for a day or a time. */
export function mayBeMoment(text: string): boolean {
  return momentsOf(text).length > 0;
}

const DAY_S = 86_400;

function agree(then: Moment, now: Moment): boolean {
  if (then.month !== now.month || !daysAgree(then, now)) return false;
  if (now.zone !== undefined && now.zone !== then.zone) return false;
  if (then.year !== undefined && now.year === undefined) return false;
  const isShort = then.isShort === true || now.isShort === true;
  const years = [then.year, now.year].map((year) => (year === undefined ? undefined : isShort ? year % 100 : year));
  if (then.year !== undefined && years[0] !== years[1]) return false;
  const [at, seen] = [then.second ?? 0, now.second ?? 0];
  if (now.isRough) return Math.floor(at / 60) === Math.floor(seen / 60);
  // A fraction of a second is rounded up or cut off.
  return Math.abs(at - seen) <= (then.isFraction || now.isFraction ? 1 : 0);
}

/** A month without a day becomes its first. */
function daysAgree(then: Moment, now: Moment): boolean {
  return then.day === now.day || (then.day === undefined && then.month !== undefined && now.day === 1);
}

const TIME =
  /(?:^|[\sT,]|(?<=\s)[^\d\s]{2,4}\s?)(?<hour>\d{1,2})(?<by>[:h時.]|시\s?)(?<minute>\d{1,2})(?:(?:[:m分.]|분\s?)(?<second>\d{1,2})(?<fraction>[.,]\d+)?[秒초]?)?\s?(?<half>[ap]\.?\s?m\.?)?\s?(?<zone>Z|UTC|[+-]\d{2}:?\d{2})?$/iu;
/** Only what a date is written with, so that a word of a sentence is none. */
const DATE = /^[\d\p{L}\s.,/\-'’]+$/u;

function momentsOf(text: string): readonly Moment[] {
  const trimmed = text.replace(/[\u00a0\u202f]/g, " ").trim();
  const found = TIME.exec(trimmed);
  // 02.01.26 is a day; 9.30 is a time only behind one.
  const time = found?.groups?.by === "." && found.index === 0 ? null : found;
  const date = time === null ? trimmed : trimmed.slice(0, time.index);
  const at = time === null ? {} : timeOf(time.groups ?? {}, trimmed);
  if (at === undefined) return [];
  if (date.trim() === "") return [at];
  return daysOf(date).map((day) => ({ ...day, ...at }));
}

const BEFORE_NOON = /午前|上午|오전/;
const AFTER_NOON = /午後|下午|오후/;

function timeOf(groups: Readonly<Record<string, string | undefined>>, text: string): Moment | undefined {
  const { hour = "", minute = "", second, fraction, half = "", zone } = groups;
  const isLate = /^p/i.test(half) || AFTER_NOON.test(text);
  const isHalved = half !== "" || isLate || BEFORE_NOON.test(text);
  const hours = isHalved ? (Number(hour) % 12) + (isLate ? 12 : 0) : Number(hour);
  if (hours > 23 || Number(minute) > 59 || Number(second ?? 0) > 59) return undefined;
  return {
    second: hours * 3600 + Number(minute) * 60 + Number(second ?? 0),
    isRough: second === undefined,
    isFraction: fraction !== undefined,
    zone: zone === undefined ? undefined : /^(?:Z|UTC)$/i.test(zone) ? "+00:00" : zone.replace(/^(...):?/, "$1:"),
  };
}

/** The days that numbers and the name of a month may mean, in any country's order. */
function daysOf(text: string): readonly Moment[] {
  if (!DATE.test(text)) return [];
  const words = (text.match(/\p{L}+/gu) ?? [])
    .map((word) => word.toLowerCase())
    .filter((word) => !namesOf().fillers.has(word));
  const numbers = text.match(/\d+/g) ?? [];
  if (words.length > 1 || numbers.some((number) => number.length > 4)) return [];
  const [first = "", second = "", third = ""] = numbers;
  if (words.length === 1) {
    return [...(namesOf().months.get(words[0] ?? "") ?? [])].flatMap((month) => {
      if (numbers.length === 1) return [...dated({ month, day: first }), ...dated({ month, year: first })];
      if (numbers.length !== 2) return [];
      return [...dated({ month, day: first, year: second }), ...dated({ month, day: second, year: first })];
    });
  }
  const orders =
    numbers.length === 3
      ? [
          { day: first, month: second, year: third },
          { month: first, day: second, year: third },
          { year: first, month: second, day: third },
        ]
      : numbers.length === 2
        ? [
            { day: first, month: second },
            { month: first, day: second },
            { month: first, year: second },
            { year: first, month: second },
          ]
        : [];
  return orders.flatMap(dated);
}

interface WrittenDay {
  readonly year?: string;
  readonly month: string | number;
  readonly day?: string;
}

/** The day if the calendar has it. */
function dated({ year, month, day }: WrittenDay): readonly Moment[] {
  const [months, days] = [Number(month), day === undefined ? undefined : Number(day)];
  if (months < 1 || months > 12 || (days !== undefined && (days < 1 || days > 31 || (day ?? "").length > 2))) return [];
  if (year !== undefined && year.length !== 4 && year.length > 2) return [];
  return [
    { month: months, day: days, year: year === undefined ? undefined : Number(year), isShort: (year ?? "").length < 3 },
  ];
}

/** The day that a program counts from: 1899-12-30, and 1904-01-01 in old workbooks of Excel for Mac. */
const EPOCHS_MS = [Date.UTC(1899, 11, 30), Date.UTC(1904, 0, 1)];
/** The years 1927 and 2173: a number outside is hardly a day. */
const SERIAL = /^\d{5}(?:[.,]\d+)?$/;

/** A cell that is formatted as a number shows a moment as the count of days. */
function momentsOfSerial(given: string): readonly Moment[] {
  if (!SERIAL.test(given.trim()) || decimalsOf(given).length === 0) return [];
  const seconds = Math.round(Number(given.trim().replace(",", ".")) * DAY_S);
  return EPOCHS_MS.map((epochMs) => {
    const date = new Date(epochMs + seconds * 1000);
    const [year, month, day] = [date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate()];
    return { year, month, day, second: seconds % DAY_S, isFraction: true };
  });
}

const LOCALES = [
  "en",
  "de",
  "fr",
  "es",
  "it",
  "pt",
  "nl",
  "pl",
  "sv",
  "da",
  "nb",
  "fi",
  "cs",
  "hu",
  "tr",
  "ru",
  "uk",
  "el",
];

interface DateWords {
  readonly months: ReadonlyMap<string, ReadonlySet<number>>;
  /** Weekdays, and words between the parts of a date. */
  readonly fillers: ReadonlySet<string>;
}

let names: DateWords | undefined;

/** The names of months and weekdays, long and short, as programs in these languages write them. */
function namesOf(): DateWords {
  if (names !== undefined) return names;
  const months = new Map<string, Set<number>>();
  const fillers = new Set(["年", "月", "日", "年月日", "de", "den", "der", "the", "st", "nd", "rd", "th", "г"]);
  const words = (date: Date, locale: string, options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat(locale, { ...options, timeZone: "UTC" })
      .format(date)
      .toLowerCase()
      .match(/\p{L}+/gu) ?? [];
  for (const locale of LOCALES) {
    for (const form of ["long", "short"] as const) {
      for (let month = 1; month <= 12; month++) {
        const date = new Date(Date.UTC(2026, month - 1, 2));
        for (const more of [{}, { day: "numeric" }] as const)
          for (const word of words(date, locale, { month: form, ...more }))
            months.set(word, (months.get(word) ?? new Set<number>()).add(month));
      }
      for (let day = 1; day <= 7; day++)
        for (const word of words(new Date(Date.UTC(2026, 0, day)), locale, { weekday: form })) fillers.add(word);
    }
  }
  // As German programs write March.
  months.set("mrz", new Set([3]));
  // Words that only join, such as the Spanish de, are in the name of every month.
  for (const [word, of] of months) if (of.size > 2) months.delete(word);
  for (const word of months.keys()) fillers.delete(word);
  names = { months, fillers };
  return names;
}
