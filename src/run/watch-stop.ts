/**
 * Stops a run on a signal, or when its time is over. The bank's client then begins no new call and lets those in flight end.
 * After the grace time it cuts them, which leaves them in doubt and not lost.
 */

import type { BankApi } from "../bank/bank-api.ts";
import type { Run } from "../ledger/run.ts";
import type { Freeze } from "../plan/guard-settings.ts";
import { renderMoment } from "../report/forecast.ts";
import { counted } from "../text/counted.ts";
import type { RunContext } from "./context.ts";
import { nextStopMs } from "./next-rates.ts";
import { type Stop, stopFor, stopOf, stopOfFreeze } from "./stop.ts";

export interface StopWatch extends Disposable {
  readonly signal: AbortSignal;
  /** Stops the run now. */
  readonly stop: (stop: Stop) => void;
}

/** Dispose it at the run's end, so that no timer stays. `freeze` is a window in which the run sends nothing. */
export function watchStop(context: RunContext, bank: BankApi, freeze: Freeze | null): StopWatch {
  const { signal, clock, job, stopAtMs = nextStopMs(job, clock.nowMs()) } = context;
  const over = new AbortController();
  const ended = new AbortController();
  const stopAtDeadline = (says: string) => {
    const why = bank.throughput().isDown ? "; by then all calls waited for the bank, which failed for everybody" : "";
    if (!ended.signal.aborted) over.abort(stopFor({ code: "run_deadline", column: "", message: `${says}${why}` }));
  };
  const limit = counted(Math.round(job.runTimeoutMs / 60_000), "minute");
  void clock
    .sleep(job.runTimeoutMs, ended.signal)
    .then(() => stopAtDeadline(`the run has lasted ${limit}, the job's limit (runTimeoutMs)`));
  const untilMs = (freeze?.fromMs ?? 0) - clock.nowMs();
  if (freeze !== null && untilMs > 0 && untilMs < job.runTimeoutMs)
    void clock.sleep(untilMs, ended.signal).then(() => ended.signal.aborted || over.abort(stopOfFreeze(freeze)));
  if (stopAtMs !== null)
    void clock
      .sleep(Math.max(0, stopAtMs - clock.nowMs()), ended.signal)
      .then(() => stopAtDeadline(`it is ${renderMoment(clock.nowMs(), stopAtMs)}, when the run is to stop`));
  const either = AbortSignal.any([signal, over.signal]);
  const cut = () => {
    bank.stop();
    void bank.close(job.shutdownGraceMs);
  };
  if (either.aborted) cut();
  else either.addEventListener("abort", cut, { once: true, signal: ended.signal });
  return { signal: either, stop: (stop) => over.abort(stop), [Symbol.dispose]: () => ended.abort("ended") };
}

/** Records a person's stop at once, since a second Ctrl-C ends the process at once. */
export function keepPersonStop({ signal, ledger }: RunContext, run: Run): Disposable {
  const ended = new AbortController();
  const keep = () => {
    // If that cannot be written, the next start continues the run.
    if (stopOf(signal).byPerson) void ledger.runs.record(run, { waiting: true }).catch(() => {});
  };
  if (signal.aborted) keep();
  else signal.addEventListener("abort", keep, { once: true, signal: ended.signal });
  return { [Symbol.dispose]: () => ended.abort("ended") };
}
