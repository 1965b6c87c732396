/**
 * Checks the audit trail: that each entry is as it was written and continues the one before, up to the last that was written, and that the
 * heads which summaries of runs have are among them. Whoever changes the ledger by hand, and all of this with it, is still found by the
 * summaries that were published elsewhere.
 */
import { FatalError } from "../../errors/fatal-error.ts";
import type { AuditEntry, AuditHead, AuditLedger } from "../../ledger/audit.ts";
import { auditHash } from "../../ledger/audit-hash.ts";

export interface AuditCheck {
  readonly entries: number;
  /** How many summaries of runs have a head that fits. */
  readonly summaries: number;
}

const PAGE = 500;

/** Reads a ledger that stands still, such as a snapshot. Rejects with FatalError `audit_broken` for the first entry that is not as it was. */
export async function verifyAudit(audit: AuditLedger): Promise<AuditCheck> {
  const last = await walkEntries(audit);
  const head = await audit.findHead();
  const entries = last?.no ?? 0;
  if (entries < (head?.no ?? 0)) throw missing(entries + 1, `entry ${head?.no} is the last that was written`);
  if (last !== undefined && last.hash !== head?.hash) throw broken(entries, "was added or replaced by hand");
  return { entries, summaries: await checkPublished(audit) };
}

async function walkEntries(audit: AuditLedger): Promise<AuditHead | undefined> {
  let last: AuditHead | undefined;
  for (;;) {
    const page = await audit.list(last?.no ?? 0, PAGE);
    for (const entry of page) {
      checkEntry(entry, last);
      last = entry;
    }
    if (page.length < PAGE) return last;
  }
}

function checkEntry(entry: AuditEntry, before: AuditHead | undefined): void {
  const { no, hash, ...rest } = entry;
  const expected = (before?.no ?? 0) + 1;
  if (no !== expected) throw missing(expected, `entry ${no} is the next that is there`);
  if (auditHash({ no, ...rest }) !== hash) throw broken(no, "is not as it was written, or is another one's");
  if (entry.beforeHash !== (before?.hash ?? "")) throw broken(no, "does not continue the entry before it");
}

async function checkPublished(audit: AuditLedger): Promise<number> {
  let summaries = 0;
  for (let after = 0; ; ) {
    const { heads, last } = await audit.listPublished(after, PAGE);
    for (const { run, no, hash } of heads) {
      const [entry] = await audit.list(no - 1, 1);
      if (entry?.no !== no || entry.hash !== hash)
        throw broken(no, `is not the one that the summary of run ${run} has`);
      summaries += 1;
    }
    if (last === null) return summaries;
    after = last;
  }
}

const missing = (no: number, why: string) => broken(no, `is missing: ${why}`);

function broken(no: number, what: string): FatalError {
  return new FatalError("audit_broken", `entry ${no} of the audit trail ${what}`, {
    hint: "keep the ledger as it is, and compare it with a copy of before and with summary.json of later runs",
  });
}
