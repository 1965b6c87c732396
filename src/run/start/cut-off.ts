/**
 * What becomes of a re-run that was interrupted before it had read its rows.
 */
import type { Rejection } from "../../errors/rejection.ts";
import type { AuditEntry, Ledger } from "../../ledger/ledger.ts";
import type { Run } from "../../ledger/run.ts";
import type { RunContext } from "../context.ts";

/** Only the start of a re-run knows which rows it chose. Nothing was sent, so it simply begins anew. */
export async function cutOff({ ledger }: RunContext, { id, rerunOf, accepts }: Run): Promise<Rejection> {
  const message = `run ${id} was interrupted before its rows were read, and sent nothing`;
  const accepted = accepts.length === 0 ? "" : ` --only held --accept ${accepts.join(",")} --reason "…"`;
  const { flags = accepted } = JSON.parse((await findStart(ledger, id))?.details ?? "{}") as { flags?: string };
  return { code: "run_stopped", message, hint: `start tieout rerun ${rerunOf}${flags} again` };
}

/** What a re-run's start has left in the audit trail. */
async function findStart({ audit }: Ledger, id: string): Promise<AuditEntry | undefined> {
  return (await audit.listLatest(MOST_STARTS, id)).find(({ action }) => action === "rerun");
}

/** A run that was cut off as it read has few entries: its start, and a resumption each time. */
const MOST_STARTS = 1_000;
