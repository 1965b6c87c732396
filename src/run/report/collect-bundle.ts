/**
 * Reads from the ledger what a bundle needs: a cause of a run, and the calls of up to three of its rows.
 */
import { FatalError } from "../../errors/fatal-error.ts";
import type { Ledger, StoredOperation } from "../../ledger/ledger.ts";
import type { Run } from "../../ledger/run.ts";
import type { Bundle, BundledRow, SentCall } from "../../report/bundle.ts";
import { timeOf } from "./explain-row.ts";
import { findNumbered, type NumberedCause } from "./find-causes.ts";

/** Throws FatalError as `findNumbered` does, and `usage` for a cause whose rows were never sent to the bank. */
export async function collectBundle(ledger: Ledger, run: Run, wanted: NumberedCause, version: string): Promise<Bundle> {
  const { causes } = await findNumbered(ledger, run, [wanted]);
  const cause = causes.find(({ no }) => no === wanted.no);
  const rows: BundledRow[] = [];
  for (const row of cause?.samples ?? []) {
    const [stored] = await ledger.rows.readResults(run, { after: row - 1, limit: 1 });
    const calls = (stored?.operations ?? []).filter(({ attempts }) => attempts > 0).map(callOf);
    if (calls.length > 0) rows.push({ row, calls });
  }
  if (cause !== undefined && rows.length > 0) return { run: run.id, bank: run.bank, version, cause, rows };
  throw new FatalError("usage", `no call to the bank was made for the rows of cause ${wanted.no}`, {
    hint: `there is nothing to ask the bank; see tieout causes ${run.id}`,
  });
}

function callOf(operation: StoredOperation): SentCall {
  const { kind, state, body, key, attempts, httpStatus, requestId, firstSentAtMs, lastSentAtMs } = operation;
  const times = { firstSentAt: timeOf(firstSentAtMs), lastSentAt: timeOf(lastSentAtMs) };
  const outcome = state === "sending" ? "unknown" : state;
  return { kind, state: outcome, body, key, attempts, httpStatus: httpStatus ?? 0, requestId, ...times };
}
