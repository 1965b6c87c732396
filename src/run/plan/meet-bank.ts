/**
 * Asks the bank all that planning one change needs: what its own ids are, its account, and the entities and application that
 * it names. Sends only GETs.
 */
import type { Account, Application, Entity } from "../../account.ts";
import type { Failure } from "../../bank/bank-api.ts";
import type { StoredChange, Verdict } from "../../ledger/ledger.ts";
import type { Actual } from "../../plan/actual.ts";
import { wantsRelationships } from "../../plan/diff/diff-relationships.ts";
import { type BankFacts, namesToKnow, needsHolders } from "../../plan/find-unfit.ts";
import type { Resolution } from "../../plan/own-ids.ts";
import type { Desired } from "../../read/change.ts";
import { desiredOf } from "../desired-of.ts";
import type { FromBank } from "../failure.ts";
import { fetchActual } from "../fetch-actual.ts";
import type { RunInHand } from "../run-in-hand.ts";

/** The account, null for a new one; and what the row names, null when that is not prechecked. */
interface SeenAtBank {
  readonly actual: Actual | null;
  readonly known: BankFacts | null;
}

/** `verdict`: its own ids end the change. `failed`: the bank gave no usable answer. Each with the own ids resolved so far. */
export type Met = (
  | (SeenAtBank & { readonly kind: "met"; readonly desired: Desired })
  | { readonly kind: "verdict"; readonly verdict: Verdict }
  | { readonly kind: "failed"; readonly failure: Failure }
) & { readonly resolutions: readonly Resolution[] };

/** `seen` is the account where it has been fetched already. */
export async function meetBank(inHand: RunInHand, stored: StoredChange, seen: Account | null): Promise<Met> {
  const { ledger, ownIds, run } = inHand;
  const resolved = await ownIds.resolve(desiredOf(run, stored));
  if (!resolved.ok) return { kind: "failed", failure: resolved.failure, resolutions: [] };
  const { desired, resolutions, verdict } = resolved.value;
  if (verdict !== null) return { kind: "verdict", verdict, resolutions };
  const shown = await fetchShown(inHand, desired, stored.accountId, seen);
  if (!shown.ok) return { kind: "failed", failure: shown.failure, resolutions };
  const gone = resolutions.filter((one) => one.run !== run.id && isGone(one, shown.value.known));
  if (gone.length === 0) return { kind: "met", ...shown.value, desired, resolutions };
  await ledger.ownIds.forget(run, gone);
  return meetBank(inHand, stored, seen);
}

async function fetchShown(
  { job, bank, facts }: RunInHand,
  desired: Desired,
  accountId: string | null,
  seen: Account | null,
): Promise<FromBank<SeenAtBank>> {
  let actual: Actual | null = null;
  if (accountId !== null) {
    const fetched = await fetchActual(
      bank,
      accountId,
      (account) => wantsRelationships(desired) || (job.precheck && needsHolders(desired, account)),
      seen,
    );
    if (!fetched.ok) return fetched;
    actual = fetched.value;
  }
  if (!job.precheck) return { ok: true, value: { actual, known: null } };
  const known = await facts.know(namesToKnow(desired, actual));
  return known.ok ? { ok: true, value: { actual, known: known.value } } : known;
}

/** Whether the bank no longer has what an own id was resolved to, or now shows it under another own id. */
function isGone({ kind, own, id }: Resolution, known: BankFacts | null): boolean {
  if (known === null || id === null) return false;
  const isCustomer = kind === "client_customer_id";
  const shown = isCustomer ? known.entities.get(id) : known.applications.get(id);
  // What was not fetched, or is shown without an own id, says nothing.
  const now =
    shown && (isCustomer ? (shown as Entity).client_customer_id : (shown as Application).client_application_id);
  return shown === null || (now !== undefined && now !== own);
}
