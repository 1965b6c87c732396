/**
 * What the rows of a snapshot name: rows as they were read come in, and their ids and values of the scope go into the ledger. Sends nothing.
 */
import type { Rejection } from "../../errors/rejection.ts";
import type { Run } from "../../ledger/run.ts";
import type { SnapshotRow } from "../../ledger/snapshots.ts";
import type { Desired, ParsedRow } from "../../read/change.ts";
import { METADATA_PREFIX } from "../../read/columns.ts";
import { layoutOf } from "../../read/layouts.ts";
import type { Reading } from "../../read/reading.ts";
import { textIn } from "../../read/row/list-shaped.ts";
import { type SnapshotOf, snapshotOf } from "../../snapshot-settings.ts";
import type { RunContext } from "../context.ts";

/**
 * How the run's file is read as a snapshot; null for one that is none, as a file of single users never is. What the job said as the file was first
 * read holds, whatever it says now. Called before the run has its reading.
 */
export async function openSnapshot(
  { ledger, job }: RunContext,
  run: Run,
  reading: Reading,
): Promise<SnapshotOf | null> {
  const settings = run.reading === null && layoutOf(reading).mayBeSnapshot ? snapshotOf(job) : null;
  if (settings !== null) await ledger.snapshots.open(run, settings);
  return (await ledger.snapshots.find(run))?.settings ?? null;
}

export function snapshotRowsOf(
  { scope }: SnapshotOf,
  reading: Reading,
  rows: readonly ParsedRow[],
): readonly SnapshotRow[] {
  const column = scope === "all" ? null : scope.column;
  return rows.map((row) => namedBy(row, reading, column));
}

/** Without a row, or with blank ones alone, every account would be absent. */
export function emptySnapshot(rows: number): Rejection {
  const has = rows === 0 ? "a header and no rows" : "a header and no rows but blank ones";
  return {
    code: "snapshot_empty",
    message: `the file has ${has}, and as a snapshot it would lack every account`,
    hint: "export it again; a job whose files hold changes has no mode",
  };
}

/** An invalid row has its ids as they are in the file: also a wrong one may lead to the account that is meant. */
function namedBy(parsed: ParsedRow, reading: Reading, column: string | null): SnapshotRow {
  const { row } = parsed.source;
  if (parsed.kind === "desired") {
    const { desired } = parsed;
    return {
      row,
      scope: column === null ? null : scopeIn(desired, column),
      accountId: desired.account_id ?? null,
      clientAccountId: desired.client_account_id ?? null,
      isRead: true,
    };
  }
  const cell = (name: string) => textIn(parsed.source, reading, name);
  return {
    row,
    scope: column === null ? null : cell(column),
    accountId: cell("account_id"),
    clientAccountId: cell("client_account_id"),
    // A row without anything in it says nothing about any account.
    isRead: parsed.kind === "skipped" || parsed.key !== undefined,
  };
}

const scopeIn = (desired: Desired, column: string): string | null =>
  (column.startsWith(METADATA_PREFIX)
    ? desired.metadata?.[column.slice(METADATA_PREFIX.length)]
    : desired.product_name) ?? null;
