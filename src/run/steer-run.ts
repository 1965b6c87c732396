/**
 * Steers the bank's client while a run is worked on, by what a person asks of the run through the ledger, whichever process works on it, and
 * by the job's rates at times of day.
 */
import type { BankApi, Steering } from "../bank/bank-api.ts";
import type { Clock } from "../clock.ts";
import type { Job } from "../job.ts";
import { NO_CONTROL } from "../ledger/controls.ts";
import type { Run } from "../ledger/run.ts";
import { type Control, describeControl, isChanged, standsStill } from "../report/describe-control.ts";
import type { RunContext } from "./context.ts";
import { nextRates } from "./next-rates.ts";
import { askedStop } from "./stop.ts";
import type { StopWatch } from "./watch-stop.ts";

const LOOK_MS = 500;

/** Resolves once what has been asked before is in effect. Dispose it at the run's end. */
export async function steerRun(context: RunContext, run: Run, bank: BankApi, watch: StopWatch): Promise<Disposable> {
  const { ledger, clock, isSteered = false } = context;
  const ended = new AbortController();
  const steer = openSteering(context, run, bank, watch);
  steer(await ledger.controls.find(run));
  const looking = async () => {
    while (isSteered && !ended.signal.aborted) {
      await clock.sleep(LOOK_MS, ended.signal);
      // A ledger that cannot be read stops the run elsewhere.
      const control = await ledger.controls.find(run).catch(() => undefined);
      if (control !== undefined && !ended.signal.aborted) steer(control);
    }
  };
  void looking();
  return { [Symbol.dispose]: () => ended.abort("ended") };
}

/** Puts into effect what is new. */
function openSteering({ job, clock, progress }: RunContext, run: Run, bank: BankApi, watch: StopWatch) {
  const { requestsPerSecond: most, concurrency } = job;
  const rateNow = openRates(job, clock);
  let heard = JSON.stringify(NO_CONTROL);
  let present: Steering = { isPaused: false, requestsPerSecond: most, ...concurrency };
  return (control: Control): void => {
    const { isPaused, isStopped, requestsPerSecond, reads, writes, by } = control;
    const next: Steering = {
      isPaused,
      requestsPerSecond: Math.min(rateNow(), requestsPerSecond ?? most),
      reads: reads ?? concurrency.reads,
      writes: writes ?? concurrency.writes,
    };
    if (JSON.stringify(next) !== JSON.stringify(present)) bank.steer(next);
    present = next;
    const text = JSON.stringify(control);
    if (text === heard) return;
    heard = text;
    const asked = describeControl(control);
    progress.note(`run ${run.id}: ${asked}`);
    progress.steer(isChanged(control) ? asked : null, standsStill(control));
    if (isStopped) watch.stop(askedStop(by ?? "a person"));
  };
}

/** Calls a second by the job's rates at the time of day. */
function openRates(job: Job, clock: Clock): () => number {
  let ahead = nextRates(job, clock.nowMs());
  return () => {
    if (clock.nowMs() >= (ahead[0]?.atMs ?? Number.POSITIVE_INFINITY)) ahead = nextRates(job, clock.nowMs());
    // The one that begins last is the one in force until then.
    return Math.min(job.requestsPerSecond, ahead.at(-1)?.perSecond ?? job.requestsPerSecond);
  };
}
