/**
 * Which process starts a job at one of its slots, where several have the same schedule on one ledger. A slot is a lease of its own, which is
 * claimed at the slot's instant and held for a millisecond: so whoever comes later with that slot, by whatever clock, finds it taken, and
 * the next slot is free.
 */
import { type BankName, leaseName } from "../ledger/run.ts";
import type { RunContext } from "../run/context.ts";

const HELD_MS = 1;

/** No job has such a name. */
const slotLease = (bank: BankName, job: string) => leaseName(bank, `${job}@slot`);

/** Whether the slot, or a later one, was begun by any process. */
export async function isSlotTaken({ ledger, bankName, job }: RunContext, slotMs: number): Promise<boolean> {
  const taken = await ledger.leases.find(slotLease(bankName, job.name));
  return taken !== undefined && taken.untilMs > slotMs;
}

/** False when another process was first. To be called under the job's lease. */
export async function claimSlot({ ledger, bankName, job, owner }: RunContext, slotMs: number): Promise<boolean> {
  return (await ledger.leases.claim(slotLease(bankName, job.name), owner, HELD_MS, slotMs)).kind === "claimed";
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
