/**
 * A start of a schedule, and what comes while it is at work: a slot that is due meanwhile has no start of its own, so its files would wait for
 * the next one.
 */
import { worstExit } from "../../errors/exit-codes.ts";
import type { RunContext } from "../../run/context.ts";
import { exitOf, type FileEnd } from "../../run/start/start-job.ts";
import { claimSlot } from "../../schedule/claim-slot.ts";
import { judgeStart } from "../../schedule/judge-start.ts";
import { isBadEnd } from "../../schedule/pause-schedule.ts";
import { openSlots } from "../../schedule/slots.ts";

/**
 * Starts, and starts again for as long as a slot came due meanwhile that no other process has begun. Not in a blackout or under a pause, and not
 * after a start that is tried again or waits for a person. To be called under the job's lease.
 */
export async function startUntilThrough(
  context: RunContext,
  start: () => Promise<readonly FileEnd[]>,
): Promise<readonly FileEnd[]> {
  const { job, clock, log } = context;
  const slots = job.schedule && openSlots(job.schedule, job.name);
  const all: FileEnd[] = [];
  for (let sinceMs = clock.nowMs(); ; ) {
    const ends = await start();
    all.push(...ends);
    const nowMs = clock.nowMs();
    const slot = slots?.findLast(sinceMs, nowMs);
    if (slot === undefined || slots?.freeFromMs(nowMs) !== nowMs || !(await mayGoOn(context, ends))) return all;
    if (!(await claimSlot(context, slot.slotMs))) return all;
    log.info("the job was due again while it was at work, so it is started once more", { job: job.name });
    sinceMs = nowMs;
  }
}

/** Ends after which a start would find no more than this one did. */
const WAITING: readonly FileEnd["kind"][] = ["waiting", "to_catch_up", "out_of_turn"];

async function mayGoOn({ ledger, bankName, job, signal }: RunContext, ends: readonly FileEnd[]): Promise<boolean> {
  if (signal.aborted || judgeStart(ends) !== "ended" || ends.some(({ kind }) => WAITING.includes(kind))) return false;
  if (job.schedule?.pauseOnFailure === true && isBadEnd(worstExit(ends.map(exitOf)))) return false;
  return (await ledger.schedules.findPause(bankName, job.name)) === undefined;
}
