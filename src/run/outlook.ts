/**
 * Outlook: what a run has left to do, and how long that will take. Each time that somebody looks, it asks the bank's client
 * how fast it is.
 */
import { type Forecast, forecast, forecastSending, inTurn, type Speed } from "../report/forecast.ts";
import type { Ahead } from "../report/plan-page.ts";
import { nextRates, nextStopMs } from "./next-rates.ts";
import type { RunInHand } from "./run-in-hand.ts";

/** Everything that is left of the run, and the calls that the present phase has made of it. */
export interface Outlook {
  readonly left: Forecast;
  readonly made: number;
}

/** Assumed until the first changes have shown it: one GET each. */
const READS_PER_CHANGE = 1;

/** Changes that a phase of GETs has before it. */
export interface ToRead {
  readonly changes: number;
  /** Changes that are read after those. */
  readonly later: number;
  /** What is planned already, and will be sent. */
  readonly operations: number;
}

/** For reads at the bank, a GET or more for each change, and what is to be sent after them. `done` changes are through. */
export function readOutlook(inHand: RunInHand, { changes, later, operations }: ToRead): (done: number) => Outlook {
  const { bank, clock, job, ledger, run, sight } = inHand;
  const before = bank.throughput().reads.calls;
  const beganMs = clock.monotonicMs();
  return (done) => {
    const throughput = speedOf(inHand);
    // Where several processes work on the run, this one's client does not know what all changes have cost.
    const isUnknown = done === 0 || ledger.chunks !== null;
    const each = isUnknown ? READS_PER_CHANGE : (throughput.reads.calls - before) / done;
    const reading = forecast({ reads: Math.max(0, changes - done) * each + later, writes: 0 }, throughput);
    const made = done * each;
    if (run.kind !== "run") return { left: reading, made };
    const ahead = (changes + later) * sight.writesPerChange;
    const ageMs = clock.monotonicMs() - beganMs + reading.seconds * 1000;
    const plans = { count: Math.min(changes + later, ahead), ageMs, recheckAfterMs: job.recheckAfterMs };
    return { left: inTurn(reading, forecastSending(operations + ahead, plans, throughput)), made };
  };
}

export interface SendOutlook {
  /** Changes to send. */
  readonly of: number;
  /** `done` of them are through, and the next one's plan is `ageMs` old. */
  look(done: number, ageMs: number): Outlook;
}

/** For sending what is planned. The plan is counted once. */
export async function sendOutlook(inHand: RunInHand): Promise<SendOutlook> {
  const { ledger, job, run, maxChange } = inHand;
  const { planned, operations } = await ledger.changes.countOpen(run, maxChange);
  return {
    of: planned,
    look(done, ageMs) {
      const share = planned === 0 ? 0 : Math.max(0, 1 - done / planned);
      const plans = { count: planned * share, ageMs, recheckAfterMs: job.recheckAfterMs };
      const left = forecastSending(operations * share, plans, speedOf(inHand));
      return { left, made: operations * (1 - share) };
    },
  };
}

/** What is about to be sent, or would be by a run now, which reads again what the plan has read; null for nothing. */
export async function foresee(inHand: RunInHand, { look }: SendOutlook): Promise<Ahead | null> {
  const { job, clock, ledger, run, maxChange } = inHand;
  const [next] = await ledger.changes.takeToApply(run, { after: 0, to: maxChange, limit: 1 });
  if (next === undefined) return null;
  const atMs = clock.nowMs();
  const sending = look(0, atMs - next.plannedAtMs).left;
  const throughput = speedOf(inHand);
  const reading = forecast({ reads: throughput.reads.calls, writes: 0 }, throughput);
  const whole = run.kind === "run" ? sending : inTurn(reading, sending);
  const { stopAtMs = nextStopMs(job, atMs) } = inHand;
  return { forecast: whole, atMs, deadlineMs: Math.min(atMs + job.runTimeoutMs, stopAtMs ?? Number.POSITIVE_INFINITY) };
}

function speedOf({ bank, job, clock }: RunInHand): Speed {
  const nowMs = clock.nowMs();
  const rates = nextRates(job, nowMs);
  const later = rates.map(({ atMs, perSecond }) => ({
    inSeconds: (atMs - nowMs) / 1000,
    perSecond: Math.min(perSecond, job.requestsPerSecond),
  }));
  return { ...bank.throughput(), later };
}
