/**
 * Desired status against the bank's: which transitions lead there, or why none may. Pure.
 */
import { type Account, type Status, type StatusReason, TRANSITIONS, type TransitionKind } from "../../account.ts";
import type { Issue } from "../../errors/issue.ts";
import type { Desired } from "../../read/change.ts";
import type { Difference } from "../operation.ts";

/** `reopens` goes before everything else of the row, `transition` after everything else. */
export interface StatusDiff {
  readonly reopens: boolean;
  readonly transition: {
    readonly kind: TransitionKind;
    readonly reason: StatusReason | null;
  } | null;
  readonly differences: readonly Difference[];
  readonly issues: readonly Issue[];
}

const NOTHING: StatusDiff = { reopens: false, transition: null, differences: [], issues: [] };

/** `from` is the account's status; `undefined` for a bank that gave none, which only matters to rows that ask for a status. */
export function diffStatus(desired: Desired, account: Account): StatusDiff {
  const to = desired.status;
  const from = account.status;
  if (to === undefined) return NOTHING;
  if (from === undefined || !Object.hasOwn(TRANSITIONS, from)) {
    const message = "the bank's answer has no status that Tieout knows, so the status cannot be changed";
    return { ...NOTHING, issues: [{ code: "bank_answer_unreadable", column: "status", message }] };
  }
  if (to === from) return diffReason(desired, account);

  const differences: Difference[] = [{ field: "status", actual: from, desired: to }];
  if (from === "closed") {
    if (!desired.correction) {
      const message = `the account is closed; only a row with correction=true may make it ${to} again`;
      return { ...NOTHING, differences, issues: [{ code: "account_closed", column: "status", message }] };
    }
    return {
      reopens: true,
      transition: to === "active" ? null : transitionTo("active", to, desired),
      differences,
      issues: [],
    };
  }
  return { reopens: false, transition: transitionTo(from, to, desired), differences, issues: [] };
}

/** The single transition between two open statuses, with the row's reason where the call takes one. */
export function transitionTo(from: Status, to: Status, desired: Desired): StatusDiff["transition"] {
  const transition = TRANSITIONS[from][to];
  if (!transition) return null;
  return { kind: transition.kind, reason: to === "active" ? null : (desired.status_reason ?? null) };
}

/** No call changes only the reason of an account that stays inactive or closed (contract, "The account"). */
function diffReason(desired: Desired, account: Account): StatusDiff {
  const { status, status_reason: wanted } = desired;
  if (status === "active" || wanted === undefined || wanted === account.status_reason) return NOTHING;
  const actual = account.status_reason ?? "";
  const message = `the account stays ${status}, and no call changes its reason from ${actual || "none"} to ${wanted}`;
  return {
    ...NOTHING,
    differences: [{ field: "status_reason", actual, desired: wanted }],
    issues: [{ code: "status_reason_differs", column: "status_reason", message }],
  };
}
