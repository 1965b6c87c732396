/**
 * Entries of the audit trail as columns have them, and the statements with which one is added. They are the same in both databases, with
 * `?` for a value.
 */
import type { AuditAction, AuditEntry, AuditHead, NewAuditEntry, PublishedHead } from "../audit.ts";
import { auditHash } from "../audit-hash.ts";

export const AUDIT_COLUMNS =
  "no, at, os_user, host, version, action, job, run, job_sha256, plan_hash, reason, details, before_hash, hash";

/** The head is kept apart from the entries, so that the next entry does not hide that the last one was removed. */
export const FIND_HEAD = "SELECT no, hash FROM audit_head";
export const SET_HEAD = `INSERT INTO audit_head (one, no, hash) VALUES (1, ?, ?)
  ON CONFLICT (one) DO UPDATE SET no = excluded.no, hash = excluded.hash`;
export const ADD_ENTRY = `INSERT INTO audit (${AUDIT_COLUMNS}) VALUES (?${", ?".repeat(AUDIT_COLUMNS.split(",").length - 1)})`;

/** The entry behind `head`: the values for ADD_ENTRY, and those for SET_HEAD. */
export function valuesBehind(head: AuditHead | undefined, entry: NewAuditEntry) {
  const { atMs, actor, action, job, run, jobSha256, planHash, reason } = entry;
  const { no: last, hash: beforeHash } = head ?? { no: 0, hash: "" };
  const [no, details] = [last + 1, JSON.stringify(entry.details)];
  const hash = auditHash({ ...entry, no, details, beforeHash });
  const who = [actor.user, actor.host, actor.version] as const;
  const values = [no, atMs, ...who, action, job, run, jobSha256, planHash, reason, details, beforeHash, hash] as const;
  return { values, head: [no, hash] as const };
}

export interface AuditShape {
  readonly no: number;
  readonly at: number;
  readonly os_user: string;
  readonly host: string;
  readonly version: string;
  readonly action: AuditAction;
  readonly job: string | null;
  readonly run: string | null;
  readonly job_sha256: string | null;
  readonly plan_hash: string | null;
  readonly reason: string | null;
  readonly details: string;
  readonly before_hash: string;
  readonly hash: string;
}

export function decodeEntry(shape: AuditShape): AuditEntry {
  return {
    no: shape.no,
    atMs: shape.at,
    actor: { user: shape.os_user, host: shape.host, version: shape.version },
    action: shape.action,
    job: shape.job,
    run: shape.run,
    jobSha256: shape.job_sha256,
    planHash: shape.plan_hash,
    reason: shape.reason,
    details: shape.details,
    beforeHash: shape.before_hash,
    hash: shape.hash,
  };
}

export interface PublishedShape {
  readonly no: number;
  readonly id: string;
  readonly summary: string | null;
}

/** Runs of a page, and the heads that their summaries have. */
export function decodePublished(shapes: readonly PublishedShape[]) {
  const heads = shapes.flatMap(({ id, summary }): readonly PublishedHead[] => {
    const { audit } = JSON.parse(summary ?? "{}") as { readonly audit?: AuditHead | null };
    return audit == null ? [] : [{ run: id, ...audit }];
  });
  return { heads, last: shapes.at(-1)?.no ?? null };
}
