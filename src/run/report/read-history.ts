/**
 * Reads what the ledger has of one account over all runs of its bank, the latest run first. Never more than is asked for.
 */
import type { AbsenceOfAccount, IdsOfAccount, Ledger } from "../../ledger/ledger.ts";
import type { BankName, Run } from "../../ledger/run.ts";
import type { HistoryRow } from "../../report/history.ts";
import { shownKey } from "../../text/shown-key.ts";
import { explainOperation, prunedAt, timeOf } from "./explain-row.ts";
import { withFileColumn } from "./with-file-column.ts";

/** How many of the latest snapshots that lacked the account are told of. */
const MOST_ABSENCES = 20;

/** Snapshots that lacked the account, the latest first. */
export async function readAbsences(
  { snapshots }: Ledger,
  bank: BankName,
  { accountIds }: IdsOfAccount,
): Promise<readonly AbsenceOfAccount[]> {
  const found: AbsenceOfAccount[] = [];
  for (const id of accountIds) found.push(...(await snapshots.listOfAccount(bank, id, MOST_ABSENCES)));
  return found;
}

interface HistoryWanted {
  readonly sinceMs: number;
  readonly limit: number;
}

export async function* readHistory(
  ledger: Ledger,
  bank: BankName,
  ids: IdsOfAccount,
  wanted: HistoryWanted,
): AsyncGenerator<HistoryRow> {
  let run: Run | undefined;
  for (const found of await ledger.rows.listOfAccount(bank, ids, wanted)) {
    if (run?.id !== found.run) run = await ledger.runs.find(found.run);
    if (run !== undefined) yield await readRow(ledger, run, found.row);
  }
}

async function readRow(ledger: Ledger, run: Run, row: number): Promise<HistoryRow> {
  const [stored] = await ledger.rows.readResults(run, { after: row - 1, limit: 1 });
  const { word = null, accountId = null, atMs = null, differences = [], operations = [], issues = [] } = stored ?? {};
  return {
    run: run.id,
    job: run.job,
    kind: run.kind,
    startedAt: new Date(run.startedAtMs).toISOString(),
    file: shownKey(run.file.key),
    row,
    word: word ?? "not settled",
    accountId,
    at: timeOf(atMs),
    differences,
    prunedAt: await prunedAt(ledger, run, row),
    operations: operations.map(explainOperation).map(({ body: _, ...operation }) => operation),
    issues: issues.map((issue) => withFileColumn(issue, run.reading)),
  };
}
