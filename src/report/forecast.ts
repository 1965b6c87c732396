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

/** What is left to do, in calls, and what may have to be read again as its plan grows old on the way. */
export interface Load {
  readonly reads: number;
  readonly writes: number;
  /** Reads that planning all of it again would take. */
  readonly rechecks: number;
  /** How old the plan is that comes next, and from when on one is made again. */
  readonly ageMs: number;
  readonly recheckAfterMs: number;
}

/** More rounds change nothing that a person would see. */
const ROUNDS = 8;

/** The longer it takes, the more plans grow old; and the more of them do, the longer it takes. */
export function forecast(load: Load, throughput: Throughput): Forecast {
  const { writes, rechecks, ageMs, recheckAfterMs } = load;
  let reads = load.reads;
  let seconds = secondsOf(reads, writes, throughput);
  for (let round = 0; round < ROUNDS; round++) {
    reads = load.reads + rechecks * shareBeyond(recheckAfterMs, ageMs, seconds * 1000);
    seconds = secondsOf(reads, writes, throughput);
  }
  const calls = Math.round(reads + writes);
  return { calls, perSecond: seconds > 0 ? calls / seconds : throughput.perSecond, seconds };
}

/** One after the other. */
export function inTurn(first: Forecast, second: Forecast): Forecast {
  const calls = first.calls + second.calls;
  const seconds = first.seconds + second.seconds;
  return { calls, seconds, perSecond: seconds > 0 ? calls / seconds : second.perSecond };
}

/** The plan that comes last was made somewhat after the one that comes next: from the one's age to the whole time. */
function shareBeyond(recheckAfterMs: number, ageMs: number, wholeMs: number): number {
  const lastMs = Math.max(ageMs, wholeMs);
  if (ageMs > recheckAfterMs) return 1;
  return lastMs <= recheckAfterMs ? 0 : (lastMs - recheckAfterMs) / (lastMs - ageMs);
}

/** The slowest limit counts: the pace of all calls, or the cap of one kind. */
function secondsOf(reads: number, writes: number, { perSecond, ...lanes }: Throughput): number {
  const secondsIn = (calls: number, { cap, meanMs }: Lane, other: Lane) =>
    (calls * (meanMs ?? other.meanMs ?? 0)) / 1000 / cap;
  return Math.max(
    (reads + writes) / perSecond,
    secondsIn(reads, lanes.reads, lanes.writes),
    secondsIn(writes, lanes.writes, lanes.reads),
  );
}

/** Such as `38,400 calls at 12 a second ≈ 53 min, done 02:58`, by the clock of this machine. */
export function renderForecast({ calls, perSecond, seconds }: Forecast, nowMs: number): string {
  const pace = perSecond >= 10 ? Math.round(perSecond) : Number(perSecond.toPrecision(2));
  const done = renderMoment(nowMs, nowMs + seconds * 1000);
  return `${counted(calls, "call")} at ${grouped(pace)} a second ≈ ${renderSeconds(seconds)}, done ${done}`;
}

function renderSeconds(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 120) return `${minutes} min`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

const TIME = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
const DAY_AND_TIME = new Intl.DateTimeFormat("en-GB", {
  weekday: "short",
  day: "numeric",
  month: "short",
  hour: "2-digit",
  minute: "2-digit",
});

function renderMoment(nowMs: number, atMs: number): string {
  const isToday = new Date(nowMs).toDateString() === new Date(atMs).toDateString();
  return (isToday ? TIME : DAY_AND_TIME).format(atMs);
}
