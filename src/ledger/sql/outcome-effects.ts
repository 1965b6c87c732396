/**
 * What follows from the outcome of an attempt beside the state of its operation: what is remembered of its account, and under which names.
 */
import { accountKey } from "../../change-keys.ts";
import type { AccountOfChange, Outcome, SentOperation, Verdict } from "../ledger.ts";
import type { Run } from "../run.ts";
import { internal } from "./errors.ts";

/** What an outcome did: `applied` carries the run's `no` and the desired effective_at. */
export interface Touch {
  /** The touch is above before, and at least this. */
  readonly atLeast: number;
  readonly applied: { readonly byRun: number; readonly effectiveAt: string | null } | null;
  /** Whether the change gives the account up. */
  readonly ends: boolean;
}

export interface OutcomeEffects {
  /** The account that a create has made; null for every other outcome. */
  readonly madeId: string | null;
  /** The account that the change is about from now on. */
  readonly accountId: string | null;
  /** The identities that are touched: that of the account, and of a create the client_account_id too. */
  readonly identities: readonly string[];
  readonly touch: Touch;
}

/**
 * The identity in `accounts`. A change without an account is keyed by its client_account_id: an account_id would have been its account.
 */
export const identityOf = ({ key, accountId }: Pick<AccountOfChange, "key" | "accountId">) =>
  accountId === null ? key : accountKey(accountId);

/** None when nothing has happened at the bank. Throws for a create that applied and says no id. */
export function effectsOf(
  run: Run,
  { change, key, accountId: knownId }: AccountOfChange,
  { kind, generation }: SentOperation,
  { state, inDoubt, accountId: answeredId, effectiveAt }: Outcome,
  end: Verdict | undefined,
): OutcomeEffects | null {
  if (state === "planned") return null;
  const isMade = kind === "create" && state === "applied";
  if (isMade && answeredId === null) throw internal(`run ${run.id}: change ${change} made an account without an id`);
  const madeId = isMade ? answeredId : null;
  const accountId = knownId ?? madeId;
  const identity = identityOf({ key, accountId });
  return {
    madeId,
    accountId,
    identities: kind === "create" && identity !== key ? [identity, key] : [identity],
    touch: {
      atLeast: state === "unknown" || inDoubt ? 1 : generation + 1,
      applied: state === "applied" ? { byRun: run.no, effectiveAt } : null,
      ends: end !== undefined && end.word !== "unknown",
    },
  };
}

/** The columns state, in_doubt, http_status and issue, by how much misanswered grows, and request_id. */
export function outcomeColumns({ state, inDoubt, httpStatus, issue, requestId = null }: Outcome) {
  const misanswered = issue?.code === "bank_answered_for_another" ? 1 : 0;
  const said = issue === null ? null : JSON.stringify(issue);
  return [state, inDoubt ? 1 : 0, httpStatus, said, misanswered, requestId] as const;
}
