/**
 * Forecast: how long the calls that are left will take, from the pace in force, the caps, and the time of recent calls.
 * Pure.
 */
import type { Lane, Throughput } from "../bank/bank-api.ts";
import { counted, grouped } from "../text/counted.ts";

export interface Forecast {
  readonly calls: number;
  /** Over all of them. */
  readonly perSecond: number;
  readonly seconds: number;
}

/** How fast the client is now, and will be once a rate of the job begins. */
export interface Speed extends Throughput {
  /** Within a day, in order; it is the same each day. */
  readonly later?: readonly { readonly inSeconds: number; readonly perSecond: number }[];
}

/** Calls that are left. */
export interface Load {
  readonly reads: number;
  readonly writes: number;
}

/** The plans of changes that are left to send. A plan that is too old when its turn comes costs a read. */
export interface PlansLeft {
  readonly count: number;
  /** How old the plan is that comes next, and from when on one is too old. */
  readonly ageMs: number;
  readonly recheckAfterMs: number;
}

export function forecast({ reads, writes }: Load, throughput: Speed): Forecast {
  const seconds = secondsOf(reads, writes, throughput);
  const calls = Math.round(reads + writes);
  return { calls, perSecond: seconds > 0 ? calls / seconds : throughput.perSecond, seconds };
}

/** Sending, with the reads for the plans that grow too old on the way. */
export function forecastSending(writes: number, plans: PlansLeft, throughput: Speed): Forecast {
  const wholeMs = (reads: number) => secondsOf(reads, writes, throughput) * 1000;
  const reads = plans.count * shareTooOld(plans, wholeMs(0), wholeMs(plans.count));
  return forecast({ reads, writes }, throughput);
}

/**
 * The share of plans that are too old when their turn comes. The next one is `ageMs` old, and the last one will be as old as
 * the sending takes; the plans between them are spread evenly. The time rises evenly with the share, from `noneMs` to
 * `allMs`. Both together are a quadratic equation for the time.
 */
function shareTooOld({ ageMs, recheckAfterMs }: PlansLeft, noneMs: number, allMs: number): number {
  if (ageMs > recheckAfterMs) return 1;
  if (noneMs <= recheckAfterMs) return 0;
  const half = (ageMs + allMs) / 2;
  const square = half ** 2 - ageMs * noneMs - recheckAfterMs * (allMs - noneMs);
  const wholeMs = half + Math.sqrt(Math.max(0, square));
  return (wholeMs - recheckAfterMs) / (wholeMs - ageMs);
}

/** So many changes with one write each are assumed beside those that are planned, so that the first few do not decide alone. */
const ASSUMED = 20;

/** How many writes a change will need, by those that are planned. */
export function writesPerChange(changes: number, operations: number): number {
  return (operations + ASSUMED) / (changes + ASSUMED);
}

/** One after the other. */
export function inTurn(first: Forecast, second: Forecast): Forecast {
  const calls = first.calls + second.calls;
  const seconds = first.seconds + second.seconds;
  return { calls, seconds, perSecond: seconds > 0 ? calls / seconds : second.perSecond };
}

/** The slowest limit counts: the pace of all calls, or the cap of one kind. */
function secondsOf(reads: number, writes: number, speed: Speed): number {
  const secondsIn = (calls: number, { cap, meanMs }: Lane, other: Lane) =>
    (calls * (meanMs ?? other.meanMs ?? 0)) / 1000 / cap;
  return Math.max(
    secondsAtPace(reads + writes, speed),
    secondsIn(reads, speed.reads, speed.writes),
    secondsIn(writes, speed.writes, speed.reads),
  );
}

const DAY_SECONDS = 86_400;
/** Whatever takes longer is as well forecast by the last rate. */
const MOST_DAYS = 7;

/** By the pace alone: the present one until the first rate begins, and each until the next. */
function secondsAtPace(calls: number, { perSecond, later = [] }: Speed): number {
  let [left, fromSeconds, pace] = [calls, 0, perSecond];
  const days = later.length === 0 ? 0 : MOST_DAYS;
  for (let day = 0; day < days; day += 1) {
    for (const { inSeconds, perSecond: next } of later) {
      const untilSeconds = inSeconds + day * DAY_SECONDS;
      const made = (untilSeconds - fromSeconds) * pace;
      if (made >= left) return fromSeconds + left / pace;
      [left, fromSeconds, pace] = [left - made, untilSeconds, next];
    }
  }
  return fromSeconds + left / pace;
}

/** Such as `38,400 calls at 12 a second ≈ 53 min, done 02:58`, by the clock of this machine. */
export function renderForecast(forecast: Forecast, nowMs: number): string {
  const { calls, perSecond } = forecast;
  return `${counted(calls, "call")} at ${renderPace(perSecond)} a second ${renderEnd(forecast, nowMs)}`;
}

/** Such as `1,200`, or `4.1`: as exact as anybody can use. */
export function renderPace(perSecond: number): string {
  return grouped(perSecond >= 10 ? Math.round(perSecond) : Number(perSecond.toPrecision(2)));
}

/** Such as `≈ 53 min, done 02:58`. */
export function renderEnd({ seconds }: Forecast, nowMs: number): string {
  return `≈ ${renderSeconds(seconds)}, done ${renderMoment(nowMs, nowMs + seconds * 1000)}`;
}

/** Whether that is done before the run has to stop: `the 06:00 deadline holds`, or `misses the 06:00 deadline by 12 min`. */
export function renderDeadline(forecast: Forecast, nowMs: number, deadlineMs: number): string {
  const deadline = `the ${renderMoment(nowMs, deadlineMs)} deadline`;
  const late = secondsLate(forecast, nowMs, deadlineMs);
  return late === 0 ? `${deadline} holds` : `misses ${deadline} by ${renderSeconds(late)}`;
}

/** By how much that is done too late; 0 when it is not. */
export function secondsLate({ seconds }: Forecast, nowMs: number, deadlineMs: number): number {
  return Math.max(0, seconds - (deadlineMs - nowMs) / 1000);
}

export function renderSeconds(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 120) return `${minutes} min`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

const TIME: Intl.DateTimeFormatOptions = { hour: "2-digit", minute: "2-digit" };
const DAY_AND_TIME: Intl.DateTimeFormatOptions = { weekday: "short", day: "numeric", month: "short", ...TIME };

/** The time of day, with the day unless it is today. */
export function renderMoment(nowMs: number, atMs: number): string {
  const isToday = new Date(nowMs).toDateString() === new Date(atMs).toDateString();
  return new Intl.DateTimeFormat("en-GB", isToday ? TIME : DAY_AND_TIME).format(atMs);
}
