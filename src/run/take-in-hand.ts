/**
 * Takes a run in hand: opens the bank's client for it, greets the bank, and adds what the process has called when it ends.
 */
import type { Lease, Run } from "../ledger/run.ts";
import { callsOf, type Needed, timesOf } from "../report/calls.ts";
import { CLOCK_SKEW_REPORTED_MS, issueOfClockSkew } from "./clock-skew.ts";
import type { RunContext } from "./context.ts";
import { Facts } from "./facts.ts";
import { issueOfFailure } from "./failure.ts";
import { findFreeze } from "./find-freeze.ts";
import { OwnIds } from "./own-ids.ts";
import { EVERY_ROW, type RunInHand } from "./run-in-hand.ts";
import { RunSight } from "./run-sight.ts";
import { steerRun } from "./steer-run.ts";
import type { Stop } from "./stop.ts";
import { stopFor, stopOf } from "./stop.ts";
import { watchStop } from "./watch-stop.ts";
import { OneByOne, Places } from "./window.ts";
import { workHere } from "./work-on-range.ts";

export interface HandOptions {
  readonly lease: () => Lease | null;
  readonly maxChange: number;
  readonly isResumed: boolean;
}

/** Gives `act` the run in hand, and resolves with why it stopped, or null. */
export async function takeInHand(
  context: RunContext,
  run: Run,
  options: HandOptions,
  act: (inHand: RunInHand) => Promise<Stop | null>,
): Promise<Stop | null> {
  const { ledger } = context;
  const bank = context.openBank(run.kind, run.reading?.ownIds);
  const needed: Needed = { reads: 0, writes: 0 };
  let stop: Stop | null;
  try {
    await ledger.runs.record(run, { calls: null });
    using watch = watchStop(context, bank, await findFreeze(context, run));
    const limit = options.maxChange === EVERY_ROW ? null : options.maxChange - (run.reading?.headerRow ?? 1);
    using _ = await steerRun(context, run, bank, watch);
    const inHand: RunInHand = {
      ...context,
      ...options,
      signal: watch.signal,
      run,
      bank,
      needed,
      sight: new RunSight(context, run, bank, limit),
      facts: new Facts(ledger, bank, run, needed),
      ownIds: new OwnIds(context, bank, run, needed),
      spread: context.spread ?? workHere,
      suspects: new OneByOne(),
      places: new Places(),
    };
    stop = (await greetBank(inHand)) ?? (await act(inHand));
    // A stopped call does not say why; the signal does.
    if (stop?.issue.code === "stopped") stop = stopOf(watch.signal);
  } finally {
    await bank.close();
  }
  const throughput = bank.throughput();
  await ledger.runs.record(run, { calls: callsOf(throughput, needed), times: timesOf(throughput) });
  return stop;
}

/** Finds bad credentials and clocks that differ too much before any row is touched. */
async function greetBank({ log, bank, run }: RunInHand): Promise<Stop | null> {
  const authenticated = await bank.authenticate();
  if (!authenticated.ok) return stopFor(issueOfFailure(authenticated.failure));
  const skewMs = bank.clockSkewMs();
  const skewed = issueOfClockSkew(skewMs);
  if (skewed !== null) return stopFor(skewed);
  if (skewMs !== null && Math.abs(skewMs) > CLOCK_SKEW_REPORTED_MS) {
    log.warn("this machine's clock and the bank's differ", { run: run.id, bankIsAheadBySeconds: skewMs / 1000 });
  }
  return null;
}
