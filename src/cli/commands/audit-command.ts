/**
 * `tieout audit`: shows who did what, from the ledger's audit trail, and checks that the trail is whole. Only looks.
 */
import { EXIT, type ExitCode } from "../../errors/exit-codes.ts";
import type { AuditEntry } from "../../ledger/ledger.ts";
import { verifyAudit } from "../../run/after/verify-audit.ts";
import { counted } from "../../text/counted.ts";
import { findRun } from "../find-run.ts";
import { toOutputLine } from "../output/output-line.ts";
import type { Session } from "../session.ts";

export interface AuditFlags {
  readonly limit: number;
  readonly run?: string;
  readonly verify?: boolean;
}

export async function auditCommand(session: Session, { limit, run, verify }: AuditFlags): Promise<ExitCode> {
  // All of it at one moment: others may add to it meanwhile.
  await using ledger = await (await session.ledger()).openSnapshot();
  const id = run === undefined ? null : (await findRun(ledger, run)).id;
  const entries = await ledger.audit.listLatest(limit, id);
  if (entries.length === 0) session.say({ event: "none" }, "the audit trail has no such entry");
  for (const entry of entries) sayEntry(session, entry);
  if (verify) {
    const check = await verifyAudit(ledger.audit);
    const fit = `and so are the heads in ${counted(check.summaries, "summary", "summaries")}`;
    session.say({ event: "verified", ...check }, `${counted(check.entries, "entry", "entries")} as written, ${fit}`);
  }
  return EXIT.done;
}

function sayEntry(session: Session, { atMs, actor, ...entry }: AuditEntry): void {
  const [at, details] = [new Date(atMs).toISOString(), JSON.parse(entry.details) as object];
  const { no, action, job, run, reason } = entry;
  const about = Object.entries(details).flatMap(([name, value]) =>
    value === null ? [] : [`${name}=${String(value).trim()}`],
  );
  const why = reason === null ? [] : [JSON.stringify(reason)];
  const what = [action, ...[job, run].filter((one) => one !== null), ...about, ...why];
  const parts = [no, at, `${actor.user}@${actor.host}`, ...what].map((part) => toOutputLine(String(part)));
  session.say({ event: "entry", ...entry, at, actor, details }, parts.join("  "));
}
