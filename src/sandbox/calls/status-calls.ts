/**
 * The three status calls: activate, deactivate and close. A request in, the answer out, and the status, its reason and
 * the closing time changed; never another field.
 */
import { REASONS_OF_STATUS, type Status, type StatusReason, type TransitionKind } from "../../account.ts";
import { answerBadTransition, answerOk, answerRefused } from "../answer.ts";
import { accountJson } from "../state/bank-state.ts";
import { findAccount } from "./account-calls.ts";
import type { Call } from "./call.ts";

/**
 * From which status each call leads to which (contract, "Endpoints we use"). Closed → active is an error correction:
 * the best-practice page allows it, though the OpenAPI document calls closing terminal.
 */
const TRANSITIONS: readonly { kind: TransitionKind; from: readonly Status[]; to: Status }[] = [
  { kind: "activate", from: ["inactive", "closed"], to: "active" },
  { kind: "deactivate", from: ["active"], to: "inactive" },
  { kind: "close", from: ["active", "inactive"], to: "closed" },
];

export const statusCalls: readonly Call[] = TRANSITIONS.map(({ kind, from, to }) => ({
  method: "POST",
  path: `/v0/accounts/:id/${kind}`,
  scope: "account/read_write",
  isKeyed: true,
  hasBody: kind !== "activate",
  run(input, bank) {
    const found = findAccount(input, bank);
    if (found.kind !== "found") return found;
    const { account } = found;
    const reason =
      kind === "activate" ? "active" : REASONS_OF_STATUS[to].find((word) => word === input.body.status_reason);
    if (reason === undefined) return refuseReason(REASONS_OF_STATUS[to]);
    if (!from.includes(account.status)) return answerBadTransition(kind, account.status);
    if (reason === "client_closed" && account.details?.adverse_action_notice === undefined) {
      const name = "details.adverse_action_notice";
      return answerRefused("client_closed needs a notice first.", [{ name, reason: "missing for client_closed" }]);
    }
    const at = bank.now();
    const closed_at = new Date(at).toISOString();
    const { closed_at: _, ...details } = account.details ?? {};
    account.status = to;
    account.status_reason = reason;
    account.updated_at = closed_at;
    account.details = to === "closed" ? { ...details, closed_at } : details;
    bank.keep?.(account);
    bank.journal.noteEffect(kind, account.id, input.idempotencyKey, at);
    return answerOk(accountJson(account, { clientId: false }));
  },
}));

function refuseReason(reasons: readonly StatusReason[]) {
  const reason = `must be one of ${reasons.join(", ")}`;
  return answerRefused("The reason does not fit this call.", [{ name: "status_reason", reason }]);
}
