/**
 * `tieout ledger backup`: writes a copy of the ledger while runs go on. Asks the bank nothing, and changes nothing of the ledger.
 */
import { EXIT, type ExitCode } from "../../errors/exit-codes.ts";
import { FatalError } from "../../errors/fatal-error.ts";
import { backupSqlite } from "../../ledger/sqlite/backup.ts";
import { counted, grouped } from "../../text/counted.ts";
import { shellWord } from "../../text/shell-word.ts";
import { ledgerPlace } from "../ledger-place.ts";
import type { Session } from "../session.ts";

export async function backupLedgerCommand(session: Session, file: string): Promise<ExitCode> {
  const place = ledgerPlace(process.env);
  if (place.kind === "database") {
    const { schema, name } = place.address;
    throw new FatalError("usage", `the ledger ${name} is in PostgreSQL, whose own program makes its backups`, {
      hint: `type: pg_dump --format=custom --schema=${schema} --file=${shellWord(file)} ${shellWord(name.replace(/\?.*/, ""))}`,
    });
  }
  const { path, bytes, runs, rows, lastRun } = backupSqlite(place.path, file);
  const latest = lastRun === null ? "" : `, the latest ${lastRun}`;
  const text = `${path}: ${grouped(bytes)} bytes with ${counted(runs, "run")}${latest}, and ${counted(rows, "row")}; checked and on disk`;
  session.say({ event: "backup", path, bytes, runs, rows, lastRun }, text);
  return EXIT.done;
}
