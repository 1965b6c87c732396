/**
 * `tieout ledger copy`: moves a ledger to another place, counted and compared. Asks the bank nothing.
 */
import { EXIT, type ExitCode } from "../../errors/exit-codes.ts";
import { FatalError } from "../../errors/fatal-error.ts";
import { type CopiedTable, copyLedger } from "../../ledger/copy/copy-ledger.ts";
import type { OpenTables } from "../../ledger/copy/open-tables.ts";
import { openSqliteTables } from "../../ledger/copy/sqlite-tables.ts";
import { auditEntry } from "../../run/audit-entry.ts";
import { counted, grouped } from "../../text/counted.ts";
import { readActor } from "../actor.ts";
import { type LedgerPlace, placeAt } from "../ledger-place.ts";
import type { Session } from "../session.ts";

/** What is printed of a digest for people. */
const SHORT = 12;

export async function copyLedgerCommand(session: Session, from: string, to: string): Promise<ExitCode> {
  const [source, target] = [placeAt(from, "the ledger to copy"), placeAt(to, "the place to copy to")];
  if (source.name === target.name)
    throw new FatalError("usage", `${source.name} cannot be copied to itself`, { hint: "name another place" });
  await using given = await openTables(source, false);
  await using taken = await openTables(target, true);
  const done = { actor: readActor(), atMs: given.nowMs(), action: "ledger copy" } as const;
  const entry = auditEntry(done, { details: { from: source.name, to: target.name } });
  const tables = await copyLedger(given, taken, entry);
  const event = { event: "copied", from: source.name, to: target.name, tables };
  session.say(event, describeCopy(tables, source, target));
  return EXIT.done;
}

async function openTables(place: LedgerPlace, mayBegin: boolean): Promise<OpenTables> {
  if (place.kind === "file") return openSqliteTables(place.path, mayBegin ? "in its folder" : "never");
  const { openPostgresTables } = await import("../../ledger/copy/postgres-tables.ts");
  return openPostgresTables(place.address, mayBegin);
}

function describeCopy(tables: readonly CopiedTable[], source: LedgerPlace, target: LedgerPlace): string {
  const cells = [
    ["table", "rows", "sha256"] as const,
    ...tables.map(({ table, rows, sha256 }) => [table, grouped(rows), sha256.slice(0, SHORT)] as const),
  ];
  const widthOf = (at: 0 | 1) => Math.max(...cells.map((line) => line[at].length));
  const lines = cells.map(
    ([table, rows, sha256]) => `${table.padEnd(widthOf(0))}  ${rows.padStart(widthOf(1))}  ${sha256}`,
  );
  const all = tables.reduce((sum, { rows }) => sum + rows, 0);
  return [
    ...lines,
    `${counted(tables.length, "table")} and ${counted(all, "row")} are the same in ${target.name}`,
    `${source.name} is only read from now on; set TIEOUT_LEDGER to ${target.name}`,
  ].join("\n");
}
