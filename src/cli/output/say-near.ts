/**
 * What is printed of an account that the ledger does not have under the id that was typed.
 */
import type { RowsLedger } from "../../ledger/ledger.ts";
import type { BankName } from "../../ledger/run.ts";
import { showId } from "../../text/show-id.ts";
import type { Printer } from "./print-end.ts";

/** Ids that are suggested. */
const MOST_NEAR = 5;

/** Ids of accounts that differ from it only in letter case, blanks, width or leading zeros; nothing where there are none. */
export async function sayNear({ say }: Printer, rows: RowsLedger, bank: BankName, id: string): Promise<void> {
  const near = await rows.listNearIds(bank, id, MOST_NEAR);
  if (near.length === 0) return;
  const differ = near.length === 1 ? "differs" : "differ";
  const text = `the ledger knows ${near.map(showId).join(", ")}, which ${differ} only in letter case, blanks, width or leading zeros`;
  say({ event: "near", ids: near }, text);
}
