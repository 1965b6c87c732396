/**
 * Whether a change asks for what an earlier run has applied to its account: then it is not overtaken by that, and what the bank has changed
 * since is put right again. Only reads the ledger.
 */
import { instantNs } from "../../instant.ts";
import type { StoredChange } from "../../ledger/ledger.ts";
import type { Desired, UserChange } from "../../read/change.ts";
import { layoutOf } from "../../read/layouts.ts";
import { parseRow } from "../../read/row/parse-row.ts";
import { desiredOf } from "../desired-of.ts";
import type { RunInHand } from "../run-in-hand.ts";

type Within = Pick<RunInHand, "ledger" | "run">;

/** As many rows of one run are looked at. */
const MOST_ROWS = 500;

/** `byRun`: the number of the run that has applied the account last. */
export async function isSameWish(inHand: Within, stored: StoredChange, byRun: number): Promise<boolean> {
  const wish = wishOf(desiredOf(inHand.run, stored));
  return (await readWishes(inHand, stored, byRun)).some((one) => wishOf(one) === wish);
}

/** The same of one user, as the row names him; `byRun` has applied that user last. */
export async function isSameWishOfUser(
  inHand: Within,
  stored: StoredChange,
  user: UserChange,
  byRun: number,
): Promise<boolean> {
  const wishes = await readWishes(inHand, stored, byRun);
  return wishes.some(({ users = [] }) => users.some((one) => one.id === user.id && isSameOfUser(one, user)));
}

const isSameOfUser = (one: UserChange, other: UserChange) =>
  one.status === other.status && momentOf(one.effective_at) === momentOf(other.effective_at);

/** What that run's rows want of the account; none where their values are gone, or read otherwise by now. */
async function readWishes(
  { ledger, run: { bank } }: Within,
  { accountId }: StoredChange,
  byRun: number,
): Promise<readonly Desired[]> {
  const id = await ledger.lineage.findId(byRun);
  const run = id === undefined ? undefined : await ledger.runs.find(id);
  if (run === undefined || run.reading === null || accountId === null) return [];
  const { reading } = run;
  const ids = await ledger.rows.readIds(bank, accountId);
  const found = await ledger.rows.listOfAccount(bank, ids, { run, sinceMs: 0, limit: MOST_ROWS });
  const rows = found.map(({ row }) => row);
  const wishes: Desired[] = [];
  if (layoutOf(reading).rowIsAbout === "user") {
    for (const { source } of await ledger.rows.readOrigins(run, rows)) {
      const row = parseRow(source, reading);
      if (row.kind === "desired") wishes.push(row.desired);
    }
    return wishes;
  }
  const results = await ledger.rows.readResultsOf(run, rows);
  const changes = [...new Set(results.flatMap(({ change }) => change ?? []))];
  for (const { source, folded } of await ledger.changes.readStoredOf(run, changes)) {
    const row = folded === null ? parseRow(source, reading) : null;
    const desired = row?.kind === "desired" ? row.desired : folded;
    if (desired !== null) wishes.push(desired);
  }
  return wishes;
}

/** As text that is equal for the same wish, whatever names the account and whenever it was sent. */
function wishOf({ account_id: _, client_account_id: __, generated_at: ___, effective_at, ...wanted }: Desired): string {
  return JSON.stringify({ ...wanted, at: momentOf(effective_at) }, (____, of: unknown) =>
    typeof of === "object" && of !== null && !Array.isArray(of)
      ? Object.fromEntries(Object.entries(of).sort(([one], [other]) => (one < other ? -1 : 1)))
      : of,
  );
}

const momentOf = (at: string | undefined) => (at === undefined ? null : String(instantNs(at)));
