/**
 * What becomes of a run that was interrupted before it had read its rows, and cannot read them now.
 */
import type { Rejection } from "../../errors/rejection.ts";
import type { AuditEntry, Ledger } from "../../ledger/ledger.ts";
import type { Run } from "../../ledger/run.ts";
import { shownKey } from "../../text/shown-key.ts";
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

/** Nothing of the file was acted on, and what is there now is a new file. */
export function rejectReplaced({ id, file }: Run): Rejection {
  const message = `${shownKey(file.key)} is no longer the file that run ${id} began with, and that run sent nothing`;
  return { code: "file_changed", message, hint: "start the job again; it runs the file that is there now" };
}
