/**
 * Runs for tests whose rows name customers and applications, by the program's own ids or by the bank's: as cells, which is all
 * that the ledger keeps of a row.
 */
import type { Ledger } from "../../src/ledger/ledger.ts";
import type { Run } from "../../src/ledger/run.ts";
import type { Desired } from "../../src/read/change.ts";
import { readHeader } from "../../src/read/header/read-header.ts";
import { DEFAULT_READ_SETTINGS, type Reading } from "../../src/read/reading.ts";
import { parseRow } from "../../src/read/row/parse-row.ts";
import { BANK, newRun } from "../ledger/builders.ts";

const NAMING = ["account_holders", "authorized_signers", "authorized_users"] as const;
const HEADER = ["client_account_id", ...NAMING, "application_id", "product_name"];

function openReading(): Reading {
  const read = readHeader(HEADER, DEFAULT_READ_SETTINGS, ",");
  if (read.kind !== "reading") throw new Error(read.kind);
  const forms = { leaveAlone: [], text: [], ...read.reading.forms };
  return { ...read.reading, forms: { ...forms, ownIds: ["client_customer_id", "client_application_id"] } };
}

/** A run that has read a row for each of these, from row 2 on; if it is there already, with the rows that it lacks. */
export async function openNaming(ledger: Ledger, id: string, desires: readonly Desired[]): Promise<Run> {
  const opened = (await ledger.runs.find(id)) ?? (await ledger.runs.open(BANK, newRun(id)));
  const reading = openReading();
  await ledger.runs.record(opened, { reading });
  const rows = desires.map((desired, at) => {
    const ids = NAMING.map((column) => (desired[column] ?? []).join(";"));
    const cells = [`c${at}`, ...ids, desired.application_id ?? "", desired.product_name ?? ""];
    return parseRow({ row: at + 2, byteOffset: 0, cells }, reading);
  });
  await ledger.rows.recordRows(opened, rows);
  return { ...opened, reading };
}
