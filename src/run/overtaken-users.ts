/**
 * Rows of the Authorized Users file that ended short of agreement in, which of them later runs have overtaken out. A later row about the
 * account, or about another user of it, says nothing of a row's own user.
 */
import type { Ledger, ShortRow } from "../ledger/ledger.ts";
import type { Run } from "../ledger/run.ts";
import { ownIdsOf, withBankIds } from "../plan/own-ids.ts";
import { parseRow } from "../read/row/parse-row.ts";

/** By index: those whose user a later run has added or removed. */
export async function listOvertakenUsers(
  { rows, ownIds, userTimes }: Pick<Ledger, "rows" | "ownIds" | "userTimes">,
  run: Run,
  short: readonly ShortRow[],
): Promise<ReadonlySet<number>> {
  const { reading } = run;
  const overtaken = new Set<number>();
  if (reading === null) return overtaken;
  const origins = await rows.readOrigins(
    run,
    short.map(({ row }) => row),
  );
  const sources = new Map(origins.map(({ source }) => [source.row, source]));
  for (const [at, { row, accountId }] of short.entries()) {
    const source = sources.get(row);
    const parsed = source === undefined ? undefined : parseRow(source, reading);
    if (accountId === null || parsed?.kind !== "desired") continue;
    const { desired } = parsed;
    const { users = [] } = withBankIds(desired, await ownIds.read(run.bank, ownIdsOf(desired)));
    const ids = users.map(({ id }) => id);
    const times = await userTimes.read(run.bank, accountId, ids);
    if (times.some(({ byRun }) => byRun > run.no)) overtaken.add(at);
  }
  return overtaken;
}
