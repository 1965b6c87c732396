/**
 * Which process starts a job at one of its slots, where several have the same schedule on one ledger. A slot is a lease of its own, which is
 * claimed at the slot's instant and held for a millisecond: so whoever comes later with that slot, by whatever clock, finds it taken, and
 * the next slot is free. Its owner says how far its start is: the process that is at it or waits to go on, or that it has come to its end,
 * or that its process was told to stop before that.
 */
import { type BankName, type Lease, leaseName } from "../ledger/run.ts";
import type { RunContext } from "../run/context.ts";
import { MADE_UP_FOR_MS } from "./slots.ts";

const HELD_MS = 1;
/** No two clocks are that far apart: a slot that is so far ahead was begun by a clock that was wrong, and says nothing. */
const MOST_AHEAD_MS = 3_600_000;

/** Owners that are no process. */
const ENDED = "ended";
const STOPPED = "stopped";

/** No job has such a name. */
const slotLease = (bank: BankName, job: string) => leaseName(bank, `${job}@slot`);

/** Whether the slot, or a later one, was begun by any process. */
export async function isSlotTaken(context: RunContext, slotMs: number): Promise<boolean> {
  const { ledger, bankName, job } = context;
  const taken = await ledger.leases.find(slotLease(bankName, job.name));
  return taken !== undefined && taken.untilMs > slotMs && !isTooFarAhead(context, taken);
}

const isTooFarAhead = ({ clock }: RunContext, { untilMs }: Lease) => untilMs > clock.nowMs() + MOST_AHEAD_MS;

/** False when another process was first. To be called under the job's lease. */
export async function claimSlot(context: RunContext, slotMs: number): Promise<boolean> {
  const { ledger, bankName, job, owner } = context;
  const name = slotLease(bankName, job.name);
  const last = await ledger.leases.find(name);
  if (last !== undefined && isTooFarAhead(context, last)) await ledger.leases.release(last);
  return (await ledger.leases.claim(name, owner, HELD_MS, slotMs)).kind === "claimed";
}

/** Whether that process has begun the last slot that was begun. */
export async function isSlotOf({ ledger, bankName, job }: RunContext, begunBy: string): Promise<boolean> {
  return (await ledger.leases.find(slotLease(bankName, job.name)))?.owner === begunBy;
}

/** Makes that slot this process's. False when another was first. To be called under the job's lease. */
export async function takeSlotOver(context: RunContext, begunBy: string): Promise<boolean> {
  return await handOver(context, begunBy, context.owner);
}

/** The start of the slot that this process has begun, if it has, is at its end: nobody goes on with it. */
export async function endSlot(context: RunContext): Promise<void> {
  await handOver(context, context.owner, ENDED);
}

/** The process that has begun the slot stops or has died, and does not go on with its start any more. */
export async function leaveSlot(context: RunContext, begunBy: string): Promise<void> {
  await handOver(context, begunBy, STOPPED);
}

/** False when the slot was another's, or became that meanwhile. */
async function handOver({ ledger, bankName, job }: RunContext, from: string, to: string): Promise<boolean> {
  const name = slotLease(bankName, job.name);
  const slot = await ledger.leases.find(name);
  if (slot?.owner !== from) return false;
  return (await ledger.leases.claim(name, to, HELD_MS, slot.untilMs)).kind === "claimed";
}

/** The last slot that was begun; undefined for none, and for one of a clock that was wrong. */
async function findBegun(context: RunContext): Promise<Lease | undefined> {
  const { ledger, bankName, job } = context;
  const slot = await ledger.leases.find(slotLease(bankName, job.name));
  return slot === undefined || slot.owner === "" || isTooFarAhead(context, slot) ? undefined : slot;
}

export async function findBegunSlotMs(context: RunContext): Promise<number | undefined> {
  const slot = await findBegun(context);
  // Each time that it was handed over, it has moved a millisecond. A slot is at a whole second.
  return slot && Math.floor((slot.untilMs - HELD_MS) / 1_000) * 1_000;
}

/** Who has the last slot, if its start has not come to its end. Undefined for a slot that is no longer made up for. */
export async function findUnended(context: RunContext): Promise<string | undefined> {
  const slot = await findBegun(context);
  if (slot === undefined || slot.owner === ENDED) return undefined;
  return slot.untilMs < context.clock.nowMs() - MADE_UP_FOR_MS ? undefined : slot.owner;
}

/** Who has the last slot, if that process was told to stop before the end of its start. */
export async function findStopped(context: RunContext): Promise<string | undefined> {
  return (await findUnended(context)) === STOPPED ? STOPPED : undefined;
}
