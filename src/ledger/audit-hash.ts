/**
 * The hash of an entry of the audit trail, which the next entry has in it. Pure.
 */
import { createHash } from "node:crypto";
import type { AuditEntry } from "./audit.ts";

/** SHA-256 over all of the entry as a JSON array, in hexadecimal digits. */
export function auditHash(entry: Omit<AuditEntry, "hash">): string {
  const { no, atMs, actor, action, job, run, jobSha256, planHash, reason, details, beforeHash } = entry;
  const who = [actor.user, actor.host, actor.version];
  const all = [no, atMs, ...who, action, job, run, jobSha256, planHash, reason, details, beforeHash];
  return createHash("sha256").update(JSON.stringify(all)).digest("hex");
}
