/**
 * Who it is that a start finds at work on its job, in another process.
 */
import { leaseName } from "../ledger/run.ts";
import type { RunContext } from "../run/context.ts";
import { isSlotOf } from "./claim-slot.ts";

/** Who has just begun a start has claimed its slot by then. */
const CLAIMED_AFTER_MS = 2_000;

/**
 * Whether whoever has the job is at a scheduled start of it, which this one does not wait for. Anything else, as a run that a person
 * resumes, takes none of the files that this start is for.
 */
export async function isStartElsewhere(context: RunContext): Promise<boolean> {
  const { ledger, bankName, job, clock, signal } = context;
  await clock.sleep(CLAIMED_AFTER_MS, signal);
  const lease = await ledger.leases.find(leaseName(bankName, job.name));
  return lease !== undefined && lease.untilMs > clock.nowMs() && (await isSlotOf(context, lease.owner));
}
