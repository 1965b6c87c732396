/**
 * Takes the notices of a job from the ledger that are due, tells their targets, and writes down what came of it: delivered, tried again later,
 * or given up after a day. One try at a time of each, by one process; at least once, also when a process dies in the middle.
 */
import { type BackOff, halfJitterMs } from "../back-off.ts";
import { placeOf } from "../errors/describe-stack.ts";
import { FatalError } from "../errors/fatal-error.ts";
import type { Notice } from "../ledger/alarms.ts";
import { type NotifyTarget, targetName } from "../notify-settings.ts";
import type { RunContext } from "../run/context.ts";
import { describeNotice } from "./describe-notice.ts";
import { SEND_MS, sendNotice, type TellingOutside } from "./send-notice.ts";

export interface DeliveringOutside extends Omit<TellingOutside, "nowMs"> {
  /** A command as it is typed here. */
  readonly typed: (command: string) => string;
}

/** At the end of a command that ends, all of it may take so long. What is left by then is for the next start. */
export const DELIVER_MS = SEND_MS;
/** Whoever has taken notices and has not ended them by then has died. */
const TAKEN_MS = 6 * SEND_MS;
const AT_ONCE = 20;
const AGAIN: BackOff = { firstMs: 15_000, longestMs: 30 * 60_000 };
const GIVE_UP_MS = 24 * 3_600_000;

type Delivering = Pick<RunContext, "job" | "bankName" | "ledger" | "clock" | "log" | "random">;

/** Resolves with when the next one is due; null when none is left. `ends` cuts tries short. Rejects only when the ledger fails. */
export async function deliverNotices(
  context: Delivering,
  outside: DeliveringOutside,
  ends: AbortSignal,
): Promise<number | null> {
  const { job, bankName, ledger, clock } = context;
  const targets = new Map(job.notify.map((target) => [targetName(target), target]));
  while (!ends.aborted) {
    const nowMs = clock.nowMs();
    const taken = await ledger.alarms.takeNotices(bankName, job.name, {
      nowMs,
      untilMs: nowMs + TAKEN_MS,
      limit: AT_ONCE,
    });
    if (taken.length === 0) break;
    await Promise.all(taken.map((notice) => deliver(context, notice, targets.get(notice.target), outside, ends)));
  }
  return ledger.alarms.findNextDue(bankName, job.name);
}

async function deliver(
  { job, ledger, clock, log, random }: Delivering,
  notice: Notice,
  target: NotifyTarget | undefined,
  { typed, ...outside }: DeliveringOutside,
  ends: AbortSignal,
): Promise<void> {
  const { alarms } = ledger;
  const fields = { job: job.name, kind: notice.alarm.kind, state: notice.event, target: notice.target };
  if (target === undefined) {
    log.warn("the job no longer names this target, so it is not told", fields);
    return alarms.endNotice(notice, { kind: "given up", why: "the job no longer names it" }, clock.nowMs());
  }
  const why = await sendNotice(target, describeNotice(notice, typed), { ...outside, nowMs: () => clock.nowMs() }, ends);
  const nowMs = clock.nowMs();
  if (why === null) {
    log.info("a target was told", fields);
    return alarms.endNotice(notice, { kind: "delivered" }, nowMs);
  }
  if (nowMs - notice.atMs > GIVE_UP_MS) {
    log.error("a target could not be told for a day, and is told no more", { ...fields, reason: why });
    return alarms.endNotice(notice, { kind: "given up", why }, nowMs);
  }
  const waitMs = halfJitterMs(AGAIN, notice.attempts - 1, random());
  log.warn("a target could not be told; it is tried again", { ...fields, reason: why, waitMs });
  return alarms.putOffNotice(notice, nowMs + waitMs, why);
}

/** For a command that ends: within DELIVER_MS, beside the ledger's own time, and without an error of its own. */
export async function deliverAtEnd(context: Delivering, outside: DeliveringOutside): Promise<void> {
  if (context.job.notify.length === 0) return;
  try {
    await deliverNotices(context, outside, AbortSignal.timeout(DELIVER_MS));
  } catch (error) {
    sayTrouble(context, error);
  }
}

/** Nothing of it ends a run or a schedule. */
export function sayTrouble({ job, log }: Pick<RunContext, "job" | "log">, error: unknown): void {
  if (error instanceof FatalError)
    log.warn("the ledger cannot say now who is to be told", { job: job.name, code: error.code });
  else log.error("an internal error: nobody is told now", { job: job.name, code: "internal", error: placeOf(error) });
}
