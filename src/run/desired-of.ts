/**
 * What a change wants, from what the ledger keeps of it: a row is kept once, as its cells, and read again by the pure parser.
 */
import type { AccountOfChange, Wants } from "../ledger/ledger.ts";
import type { Run } from "../ledger/run.ts";
import type { Desired } from "../read/change.ts";
import { parseRow } from "../read/row/parse-row.ts";

/** The run must have its reading. A row that now reads otherwise, or names another account, is never acted on. */
export function desiredOf(
  { id, reading }: Pick<Run, "id" | "reading">,
  { key, source, folded }: Wants & Pick<AccountOfChange, "key">,
): Desired {
  if (folded !== null) return folded;
  const parsed = reading === null ? null : parseRow(source, reading);
  if (parsed?.kind !== "desired" || parsed.key !== key)
    throw new Error(`run ${id}: row ${source.row} reads otherwise than before`);
  return parsed.desired;
}
