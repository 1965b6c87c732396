/**
 * Days on which a file is expected: all of them, weekdays, or business days of the Federal Reserve. Days are texts such as 2026-11-26. Pure.
 *
 * The Reserve Banks are closed on Saturday, Sunday and eleven holidays (https://www.federalreserve.gov/aboutthefed/k8.htm). A holiday on a
 * Sunday is kept on the Monday; for one on a Saturday they are open on the Friday before, so that it closes no weekday.
 */
import type { ExpectSettings } from "./expect-settings.ts";

export type Calendar = Pick<ExpectSettings, "days" | "holidays">;

const DAY_MS = 86_400_000;
const [SUNDAY, MONDAY, THURSDAY, SATURDAY] = [0, 1, 4, 6];

export function isExpectedDay(day: string, { days, holidays }: Calendar): boolean {
  if (holidays.add.includes(day)) return false;
  if (holidays.leaveOut.includes(day)) return true;
  if (days === "every-day") return true;
  const weekday = new Date(day).getUTCDay();
  if (weekday === SUNDAY || weekday === SATURDAY) return false;
  return days === "weekdays" || !federalReserveHolidays(Number(day.slice(0, 4))).has(day);
}

/** Weekdays on which the Reserve Banks are closed, by day, with their names. */
export function federalReserveHolidays(year: number): ReadonlyMap<string, string> {
  const holidays: readonly (readonly [Date, string])[] = [
    [fixed(year, 1, 1), "New Year's Day"],
    [nth(year, 1, 3, MONDAY), "Birthday of Martin Luther King, Jr."],
    [nth(year, 2, 3, MONDAY), "Washington's Birthday"],
    [last(year, 5, MONDAY), "Memorial Day"],
    [fixed(year, 6, 19), "Juneteenth National Independence Day"],
    [fixed(year, 7, 4), "Independence Day"],
    [nth(year, 9, 1, MONDAY), "Labor Day"],
    [nth(year, 10, 2, MONDAY), "Columbus Day"],
    [fixed(year, 11, 11), "Veterans Day"],
    [nth(year, 11, 4, THURSDAY), "Thanksgiving Day"],
    [fixed(year, 12, 25), "Christmas Day"],
  ];
  return new Map(
    holidays
      .filter(([date]) => date.getUTCDay() !== SATURDAY)
      .map(([date, name]) => [textOf(date.getUTCDay() === SUNDAY ? new Date(date.getTime() + DAY_MS) : date), name]),
  );
}

/** The day that is so many days later. */
export function dayAfter(day: string, days: number): string {
  return textOf(new Date(Date.parse(day) + days * DAY_MS));
}

const textOf = (date: Date) => date.toISOString().slice(0, 10);
const fixed = (year: number, month: number, day: number) => new Date(Date.UTC(year, month - 1, day));

function nth(year: number, month: number, count: number, weekday: number): Date {
  const first = fixed(year, month, 1).getUTCDay();
  return fixed(year, month, 1 + ((weekday - first + 7) % 7) + 7 * (count - 1));
}

function last(year: number, month: number, weekday: number): Date {
  const end = fixed(year, month + 1, 0);
  return new Date(end.getTime() - ((end.getUTCDay() - weekday + 7) % 7) * DAY_MS);
}
