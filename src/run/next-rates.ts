/**
 * What a job says of times of day, as instants from now on. Pure.
 */
import type { Job } from "../job.ts";
import { nextTimeMs, parseRates, type RateAhead, ratesAhead } from "../time-of-day.ts";

const zoneOf = ({ schedule }: Job) => schedule?.zone ?? "UTC";

/** When a run of the job is to stop; null for no such time. */
export function nextStopMs(job: Job, nowMs: number): number | null {
  const { stopAt } = job;
  return stopAt === undefined ? null : nextTimeMs(stopAt.time, stopAt.zone ?? zoneOf(job), nowMs);
}

/** The rates that begin within the next day, in order; none for a job that goes at one rate. */
export function nextRates(job: Job, nowMs: number): readonly RateAhead[] {
  const rates = job.rates === undefined ? undefined : parseRates(job.rates);
  return rates === undefined ? [] : ratesAhead(rates, zoneOf(job), nowMs);
}
