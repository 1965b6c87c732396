/**
 * What a process that died has left of a job: its lease, which it never gave up, and perhaps a run.
 */
import { leaseName, type Run } from "../../ledger/run.ts";
import type { RunContext } from "../context.ts";

/** A process that dies has its lease until its end, and it may only have been slow. */
const DEAD_FOR_MS = 2_000;

/** Who has had the job's lease, and let it end without a word. */
export async function findDead(
  { ledger, bankName, job, clock }: RunContext,
  forMs = DEAD_FOR_MS,
): Promise<string | undefined> {
  const lease = await ledger.leases.find(leaseName(bankName, job.name));
  if (lease === undefined || lease.owner === "" || lease.untilMs > clock.nowMs() - forMs) return undefined;
  return lease.owner;
}

/** The job's run that such a process was at, unless it waits for a person. */
export async function findLeft(context: RunContext): Promise<Run | undefined> {
  if ((await findDead(context)) === undefined) return undefined;
  const { ledger, bankName, job } = context;
  return (await ledger.runs.listUnfinished(bankName, job.name)).find(({ waiting }) => !waiting);
}
