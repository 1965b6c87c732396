/**
 * Which process starts a job at one of its slots, where several have the same schedule on one ledger. A slot is a lease of its own, which is
 * claimed at the slot's instant and held for a millisecond: so whoever comes later with that slot, by whatever clock, finds it taken, and
 * the next slot is free.
 */
import { type BankName, type Lease, leaseName } from "../ledger/run.ts";
import type { RunContext } from "../run/context.ts";

const HELD_MS = 1;
/** No two clocks are that far apart: a slot that is so far ahead was begun by a clock that was wrong, and says nothing. */
const MOST_AHEAD_MS = 3_600_000;

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
export async function takeSlotOver({ ledger, bankName, job, owner }: RunContext, begunBy: string): Promise<boolean> {
  const name = slotLease(bankName, job.name);
  const slot = await ledger.leases.find(name);
  if (slot?.owner !== begunBy) return false;
  return (await ledger.leases.claim(name, owner, HELD_MS, slot.untilMs)).kind === "claimed";
}
