/**
 * What is told of the accounts that a snapshot lacks: the list beside its results, and their number in its summary. Only reads the ledger.
 */
import { open } from "node:fs/promises";
import { type Options, stringify } from "csv-stringify/sync";
import type { Ledger } from "../../ledger/ledger.ts";
import type { Run } from "../../ledger/run.ts";
import type { SnapshotSummary } from "../../report/snapshot-summary.ts";
import { PAGE } from "../pages.ts";

/** The name of the list. */
export const MISSING = "missing.csv";

const COLUMNS = ["account_id", "client_account_id", "scope", "last_run", "state"];
/** As results are written. */
const EXACT: Options = { record_delimiter: "\r\n", quote_record_delimiter: true };

/** Writes the list; null for a run that is no snapshot, or is not through. */
export async function writeMissing(
  { snapshots }: Pick<Ledger, "snapshots">,
  run: Run,
  path: string,
): Promise<SnapshotSummary | null> {
  const kept = await snapshots.find(run);
  if (!kept?.end) return null;
  await using file = await open(path, "w", 0o600);
  await file.writeFile(stringify([COLUMNS], EXACT));
  for (let after = ""; ; ) {
    const page = await snapshots.listAbsent(run, after, PAGE);
    const last = page.at(-1);
    if (last === undefined) break;
    const lines = page.map((one) => [
      one.accountId,
      one.clientAccountId ?? "",
      one.scope ?? "",
      one.lastRun ?? "",
      one.state,
    ]);
    await file.writeFile(stringify(lines, EXACT));
    after = last.accountId;
  }
  await file.sync();
  const { settings, end } = kept;
  const { before, lost, back, goneValues, goneAccounts } = end.counts;
  return {
    scope: settings.scope === "all" ? "all" : settings.scope.column,
    before,
    lost,
    back,
    states: end.states,
    ...(goneValues > 0 && { gone: { values: goneValues, accounts: goneAccounts } }),
    action: settings.absent,
    notActed: end.notActed,
  };
}
