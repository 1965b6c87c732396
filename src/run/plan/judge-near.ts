/**
 * Finds a new account whose client_account_id differs from a known one, or from another row's, only by what copying or a
 * spreadsheet changes unseen. Such a row is held until a person says that they are two accounts.
 */
import { clientIdOf } from "../../change-keys.ts";
import type { Issue } from "../../errors/issue.ts";
import type { NearId, StoredChange } from "../../ledger/ledger.ts";
import type { Run } from "../../ledger/run.ts";
import { showId } from "../../text/show-id.ts";
import type { RunInHand } from "../run-in-hand.ts";

/** Whether new accounts with a near id are held: neither the job nor a person has allowed them. */
export function holdsNear({ job, run }: Pick<RunInHand, "job" | "run">): boolean {
  return job.ids.near === "hold" && !run.accepts.includes("key_near_known");
}

/** The column of client_account_ids, as they are in the file's cells; null where it has none. */
export function nearColumn({ reading }: Run): number | null {
  const at = reading?.columns.indexOf("client_account_id") ?? -1;
  return at === -1 ? null : at;
}

/** The issue of a change that would make an account; null when nothing is near to it. */
export async function judgeNear(inHand: RunInHand, { change, key }: StoredChange): Promise<Issue | null> {
  if (!holdsNear(inHand)) return null;
  const { ledger, run } = inHand;
  const near = await ledger.changes.findNear(run, change, clientIdOf(key));
  if (near === undefined) return null;
  const message =
    `the new account's id is nearly ${describe(near)}: except for letter case, blanks, width and leading zeros, they are ` +
    "the same; correct the id, or accept that these are two accounts";
  return { code: "key_near_known", column: "client_account_id", message };
}

function describe({ clientAccountId, accountId, row }: NearId): string {
  const whose = accountId === null ? "" : `, which is ${accountId}`;
  return row === null ? `${showId(clientAccountId)}${whose}` : `${showId(clientAccountId)} of row ${row}${whose}`;
}
