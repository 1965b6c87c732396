/**
 * Settles an operation in doubt that must not be sent again, and records what became of it.
 */
import type { Issue } from "../../errors/issue.ts";
import type { ChangeToApply } from "../../ledger/ledger.ts";
import { changedUsers } from "../../plan/changed-users.ts";
import { idempotencyKey } from "../../plan/idempotency-key.ts";
import { desiredOf } from "../desired-of.ts";
import { nameOf } from "../plan/key-operations.ts";
import type { RunInHand } from "../run-in-hand.ts";
import type { Stop } from "../stop.ts";
import type { Rest } from "../window.ts";
import { type ChangeNow, withOperation } from "./change-now.ts";
import { openJudge } from "./open-judge.ts";
import { planAgain } from "./plan-again.ts";
import { effectiveAtOf, type ToSettle } from "./send-operation.ts";
import { settle } from "./settle.ts";

/** The change after the doubt is settled, the issue that keeps it open, or why the run stops. */
export async function settleOperation(
  inHand: RunInHand,
  change: ChangeToApply,
  { operation, lastSentAtMs, ifAbsent, outcome: last }: ToSettle,
  rest: Rest,
): Promise<ChangeNow | { readonly kind: "open"; readonly issue: Issue } | Stop> {
  const { ledger, clock, log, run } = inHand;
  const accountId = operation.kind === "create" ? null : change.accountId;
  const settled = await settle(inHand, { change, operation, accountId, lastSentAtMs }, rest);
  if (settled.kind === "stop" || settled.kind === "open") return settled;
  log.info("an uncertain operation was settled", {
    run: run.id,
    row: change.change,
    operation: operation.kind,
    outcome: settled.kind,
  });
  if (settled.kind === "in effect") {
    const { id } = settled.account;
    const desired = desiredOf(run, change);
    const { issue, ...kept } = openJudge(change, desired, operation)(settled.account);
    const outcome = { state: "applied", inDoubt: false, httpStatus: operation.httpStatus ?? 0, issue } as const;
    await ledger.operations.recordOutcome(run, change, operation, {
      ...outcome,
      accountId: operation.kind === "create" ? id : null,
      effectiveAt: effectiveAtOf(desired, outcome),
      users: changedUsers(operation, desired, change.resolutions),
      atMs: clock.nowMs(),
      kept,
    });
    inHand.needed.writes += 1;
    return { kind: "change", change: withOperation({ ...change, accountId: id }, { ...operation, ...outcome }) };
  }
  if (ifAbsent !== "again" && last !== null) {
    const { httpStatus, issue } = last;
    const message = `${issue?.message ?? ""}; the account was read again, and the change is not there`;
    const outcome = { state: ifAbsent, inDoubt: false, httpStatus, issue: issue && { ...issue, message } } as const;
    const atMs = clock.nowMs();
    const ended = { ...outcome, accountId: null, effectiveAt: null, atMs };
    await ledger.operations.recordOutcome(run, change, operation, ended);
    inHand.needed.writes += 1;
    return { kind: "change", change: withOperation(change, { ...operation, ...outcome }) };
  }
  const generation = operation.generation + 1;
  const key = idempotencyKey(nameOf(run, change.key, operation), generation);
  await ledger.operations.recordAbsent(run, change, operation.step, { generation, key });
  const open = { state: "planned", inDoubt: false, issue: null, firstSentAtMs: null, firstSentBankAtMs: null } as const;
  const again = withOperation(change, { ...operation, ...open, generation, key });
  // A create stays as it was planned; anything else is planned on what the bank holds now.
  if (operation.kind === "create" || run.abandoned !== null) return { kind: "change", change: again };
  return planAgain(inHand, again, rest);
}
