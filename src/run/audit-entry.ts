/**
 * Makes entries of the audit trail. Pure.
 */
import type { NewAuditEntry } from "../ledger/audit.ts";
import type { RunContext } from "./context.ts";
import { jobSha256 } from "./job-sha256.ts";

type Done = Pick<NewAuditEntry, "actor" | "atMs" | "action">;
type OfIt = Partial<Omit<NewAuditEntry, keyof Done>>;

/** Who did what, with what else is to be known of it. */
export function auditEntry(done: Done, about: OfIt = {}): NewAuditEntry {
  const nothing = { job: null, run: null, jobSha256: null, planHash: null, reason: null, details: {} };
  return { ...nothing, ...done, ...about };
}

/** The same for the job of a context. */
export function entryOfJob(
  { actor, clock, job }: Pick<RunContext, "actor" | "clock" | "job">,
  action: NewAuditEntry["action"],
  about: OfIt,
): NewAuditEntry {
  const ofJob = { job: job.name, jobSha256: jobSha256(job) };
  return auditEntry({ actor, atMs: clock.nowMs(), action }, { ...ofJob, ...about });
}
