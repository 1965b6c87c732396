/**
 * Outlook: what a phase has left to do, and how long it will take. Each time that somebody looks, it asks the bank's client
 * how fast it is.
 */
import { forecast, forecastSending, inTurn, renderForecast } from "../report/forecast.ts";
import type { Outlook } from "../report/progress.ts";
import type { RunInHand } from "./run-in-hand.ts";

/** Assumed until the first changes have shown it: one GET each. */
const READS_PER_CHANGE = 1;

/** For reads at the bank: a GET or more for each of `changes`, of which `done` are through; `later` reads come after those. */
export function readOutlook(
  { clock, bank }: Pick<RunInHand, "clock" | "bank">,
  changes: number,
  later = 0,
): (done: number) => Outlook {
  const before = bank.throughput().reads.calls;
  return (done) => {
    const throughput = bank.throughput();
    const each = done === 0 ? READS_PER_CHANGE : (throughput.reads.calls - before) / done;
    const reads = Math.max(0, changes - done) * each + later;
    return { of: changes, forecast: forecast({ reads, writes: 0 }, throughput), nowMs: clock.nowMs() };
  };
}

/** `done` changes are through, and the next one's plan is `ageMs` old. */
export type SendOutlook = (done: number, ageMs: number) => Outlook;

/** For sending what is planned. The plan is counted once. */
export async function sendOutlook({ ledger, job, clock, bank, run, maxChange }: RunInHand): Promise<SendOutlook> {
  const { planned, operations } = await ledger.changes.countOpen(run, maxChange);
  return (done, ageMs) => {
    const left = planned === 0 ? 0 : Math.max(0, 1 - done / planned);
    const plans = { count: planned * left, ageMs, recheckAfterMs: job.recheckAfterMs };
    const sending = forecastSending(operations * left, plans, bank.throughput());
    return { of: planned, forecast: sending, nowMs: clock.nowMs() };
  };
}

/** Prints once, before the first write, what is about to be sent. For a plan: how long a run would take, which reads again. */
export async function noteForecast(inHand: RunInHand, look: SendOutlook): Promise<void> {
  const { progress, clock, ledger, bank, run, maxChange } = inHand;
  const [next] = await ledger.changes.takeToApply(run, { after: 0, to: maxChange, limit: 1 });
  if (next === undefined) return;
  const sending = look(0, clock.nowMs() - next.plannedAtMs).forecast;
  if (run.kind === "run") {
    progress.note(`to send: ${renderForecast(sending, clock.nowMs())}`);
    return;
  }
  const reading = readOutlook(inHand, 0, bank.throughput().reads.calls)(0).forecast;
  progress.note(`a run now: ${renderForecast(inTurn(reading, sending), clock.nowMs())}`);
}
