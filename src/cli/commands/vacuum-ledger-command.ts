/**
 * `tieout ledger vacuum`: gives back the room of what is gone from the ledger. Asks the bank nothing.
 */
import { systemClock } from "../../clock.ts";
import { EXIT, type ExitCode } from "../../errors/exit-codes.ts";
import { vacuumSqlite } from "../../ledger/sqlite/vacuum.ts";
import { grouped } from "../../text/counted.ts";
import { ledgerPlace } from "../ledger-place.ts";
import type { Session } from "../session.ts";

export async function vacuumLedgerCommand(session: Session): Promise<ExitCode> {
  const place = ledgerPlace(process.env);
  const { bytesBefore, bytesAfter } =
    place.kind === "file"
      ? vacuumSqlite(place.path, systemClock.nowMs())
      : await (await import("../../ledger/postgres/vacuum.ts")).vacuumPostgres(place.address);
  const text = `${place.name}: ${grouped(bytesBefore)} bytes before, ${grouped(bytesAfter)} after`;
  session.say({ event: "vacuumed", ledger: place.name, bytesBefore, bytesAfter }, text);
  return EXIT.done;
}
