/**
 * Reduces a client_account_id to what a copy, a keyboard or a spreadsheet does not change unnoticed: takes away Unicode form and width,
 * letter case, blanks, invisible characters and leading zeros. Ids with the same rest are near.
 */
import { UNSEEN } from "../text/unseen.ts";

/** Most ids: nothing to fold but case and zeros. */
const PLAIN = /^[\x21-\x7e]*$/;
const DROPPED = new RegExp(`[${UNSEEN}]`, "gu");
/** One character stays, so that a zero is near to zeros only. */
const LEADING_ZEROS = /^0+(?=.)/su;

/** `Core 0017` and `CORE0017` give the same, and so do `0017` and `17`. */
export function nearId(id: string): string {
  if (PLAIN.test(id)) return id.toLowerCase().replace(LEADING_ZEROS, "");
  return id.normalize("NFKC").toLowerCase().normalize("NFKC").replace(DROPPED, "").replace(LEADING_ZEROS, "");
}
