/**
 * Steers the bank's client while a run is worked on, by what a person asks of the run through the ledger, whichever process works on it.
 */
import type { BankApi, Steering } from "../bank/bank-api.ts";
import { type Control, NO_CONTROL } from "../ledger/controls.ts";
import type { Run } from "../ledger/run.ts";
import { describeControl, isChanged } from "../report/describe-control.ts";
import type { RunContext } from "./context.ts";
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
function openSteering({ job, progress }: RunContext, run: Run, bank: BankApi, watch: StopWatch) {
  let heard = JSON.stringify(NO_CONTROL);
  let present = steeringOf(NO_CONTROL);
  function steeringOf({ isPaused, requestsPerSecond, reads, writes }: Control): Steering {
    return {
      isPaused,
      requestsPerSecond: requestsPerSecond ?? job.requestsPerSecond,
      reads: reads ?? job.concurrency.reads,
      writes: writes ?? job.concurrency.writes,
    };
  }
  return (control: Control): void => {
    const text = JSON.stringify(control);
    if (text === heard) return;
    heard = text;
    const asked = describeControl(control);
    progress.note(`run ${run.id}: ${asked}`);
    progress.steer(isChanged(control) ? asked : null);
    if (control.isStopped) watch.stop(askedStop(control.by ?? "a person"));
    const next = steeringOf(control);
    if (JSON.stringify(next) !== JSON.stringify(present)) bank.steer(next);
    present = next;
  };
}
