/**
 * Whether the file of each expected day was there in time: late, missing or doubled. Pure.
 *
 * A file counts for the day whose deadline it came before, or up to twelve hours after: then the day's file is missing, and what comes is the
 * next day's. A second file of a day is the one of a day before that is still missing; if there is none, the file is doubled.
 */
import { dayAfter, isExpectedDay } from "../calendar.ts";
import { type DayRule, deadlineOf, LATE_FOR_MS, MOST_BETWEEN } from "../due-day.ts";
import { shownKey } from "../text/shown-key.ts";
import { localTime } from "../zone-instant.ts";
import { type Delivery, type ExpectedState, firstVersions } from "./expected-state.ts";

/** An expected day, and when its file came. */
interface ExpectedDay {
  readonly day: string;
  readonly deadlineMs: number;
  cameAtMs: number | null;
  /** Keys and times of files that are too many. */
  readonly extra: Delivery[];
}

export interface DaysAsked {
  /** Nothing was expected before. */
  readonly sinceMs: number;
  readonly nowMs: number;
}

export function judgeDays(expected: DayRule, deliveries: readonly Delivery[], asked: DaysAsked): ExpectedState[] {
  const days = fillDays(expected, firstVersions(deliveries), asked);
  return days.flatMap((one, at) => [...statesOf(one, expected), ...doubledOf(one, days[at + 1])]);
}

/** The day of the last deadline that has passed, if no file has come for it, not even too late. */
export function findOverdue(rule: DayRule, deliveries: readonly Delivery[], asked: DaysAsked): string | undefined {
  const passed = listDays(rule, asked.sinceMs, asked.nowMs).findLast(({ deadlineMs }) => deadlineMs <= asked.nowMs);
  if (passed === undefined) return undefined;
  const opensMs = opensBefore(rule, passed.day);
  return deliveries.some(({ atMs }) => atMs > opensMs) ? undefined : passed.day;
}

/** The next instants at which a day is to be judged, in order: its deadline, and when its file is missing. */
export function* judgedAt(expected: DayRule, afterMs: number): Generator<number> {
  for (const deadlineMs of deadlinesFrom(expected, afterMs))
    for (const atMs of [deadlineMs, deadlineMs + LATE_FOR_MS]) if (atMs > afterMs) yield atMs;
}

/** The next instant by which a file is to be there; none if no day is ahead. */
export function nextDeadlineMs(expected: DayRule, afterMs: number): number | undefined {
  for (const deadlineMs of deadlinesFrom(expected, afterMs)) if (deadlineMs > afterMs) return deadlineMs;
  return undefined;
}

/** From one or two days before on. */
function* deadlinesFrom(expected: DayRule, afterMs: number): Generator<number> {
  const first = dayAfter(localTime(expected.zone, afterMs).slice(0, 10), -2);
  for (let ahead = 0; ahead < 800; ahead++) {
    const day = dayAfter(first, ahead);
    if (!isExpectedDay(day, expected)) continue;
    yield deadlineOf(day, expected);
  }
}

function fillDays(expected: DayRule, deliveries: readonly Delivery[], { sinceMs, nowMs }: DaysAsked): ExpectedDay[] {
  const days = listDays(expected, sinceMs, nowMs);
  let opensMs = opensBefore(expected, days[0]?.day);
  for (const [at, one] of days.entries()) {
    const closesMs = one.deadlineMs + LATE_FOR_MS;
    const own = deliveries.filter(({ atMs }) => atMs > opensMs && atMs <= closesMs && atMs <= nowMs);
    opensMs = closesMs;
    one.cameAtMs ??= own[0]?.atMs ?? null;
    for (const more of own.filter(({ isRejected }) => !isRejected).slice(1)) {
      const missing = days.slice(0, at).findLast(({ cameAtMs }) => cameAtMs === null);
      if (missing === undefined) one.extra.push(more);
      else missing.cameAtMs = more.atMs;
    }
  }
  return days;
}

/** Those whose deadline is behind the first instant, and whose files may have come by the second. */
function listDays(expected: DayRule, sinceMs: number, nowMs: number): ExpectedDay[] {
  const days: ExpectedDay[] = [];
  let day = dayAfter(localTime(expected.zone, sinceMs).slice(0, 10), -1);
  for (;;) {
    const deadlineMs = deadlineOf(day, expected);
    const isExpected = isExpectedDay(day, expected);
    if (isExpected && deadlineMs > sinceMs) days.push({ day, deadlineMs, cameAtMs: null, extra: [] });
    if (isExpected && deadlineMs > nowMs) return days;
    if (deadlineMs > nowMs + MOST_BETWEEN * DAY_MS) return days;
    day = dayAfter(day, 1);
  }
}

const DAY_MS = 86_400_000;

/** From when on a file is that day's. */
function opensBefore(expected: DayRule, first: string | undefined): number {
  if (first === undefined) return 0;
  for (let before = 1; before <= MOST_BETWEEN; before++) {
    const day = dayAfter(first, -before);
    if (isExpectedDay(day, expected)) return deadlineOf(day, expected) + LATE_FOR_MS;
  }
  return 0;
}

function statesOf({ day, deadlineMs, cameAtMs }: ExpectedDay, { by, zone }: DayRule): ExpectedState[] {
  if (cameAtMs !== null && cameAtMs <= deadlineMs) return [];
  const missingMs = deadlineMs + LATE_FOR_MS;
  const isMissed = cameAtMs === null || cameAtMs > missingMs;
  const late: ExpectedState = {
    kind: "late",
    subject: day,
    code: "file_late",
    message: `the file of ${day} was not there by ${by} (${zone})`,
    raisedAtMs: deadlineMs,
    clearedAtMs: isMissed ? missingMs : cameAtMs,
  };
  if (!isMissed) return [late];
  const message = `the file of ${day} has not come, twelve hours after ${by} (${zone})`;
  return [
    late,
    { kind: "missing", subject: day, code: "file_missing", message, raisedAtMs: missingMs, clearedAtMs: cameAtMs },
  ];
}

function doubledOf({ day, extra }: ExpectedDay, next: ExpectedDay | undefined): ExpectedState[] {
  const [first] = extra;
  if (first === undefined) return [];
  return [
    {
      kind: "doubled",
      subject: day,
      code: "file_doubled",
      message: `a second file came for ${day}: ${shownKey(first.key)}`,
      raisedAtMs: first.atMs,
      clearedAtMs: next?.cameAtMs ?? null,
    },
  ];
}
