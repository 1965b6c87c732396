/**
 * One planned change, carried to its word: its account is claimed, its operations go out in order, what falls into doubt
 * is settled, and what our own code breaks on is set aside so that the others go on.
 */
import type { AttemptOutcome } from "../../apply/apply-operation.ts";
import type { Issue } from "../../errors/issue.ts";
import { type Word, worstWord } from "../../errors/words.ts";
import type { ChangeToApply, StoredOperation, Verdict } from "../../ledger/ledger.ts";
import { isKeptDifferent } from "../../plan/diff/kept.ts";
import { idempotencyKey } from "../../plan/idempotency-key.ts";
import { costsOneRow, poisonOf } from "../one-row.ts";
import { issueOfAbandoned, nameOf } from "../plan/plan-one.ts";
import type { RunInHand } from "../run-in-hand.ts";
import type { Stop } from "../stop.ts";
import { stopFor, stopOf } from "../stop.ts";
import type { Rest } from "../window.ts";
import { claimAccount, planAgain } from "./claim-account.ts";
import { openJudge } from "./judge.ts";
import { sendOperation, type ToSettle } from "./send-operation.ts";
import { settle } from "./settle.ts";

/** Resolves with why the run is to stop, or null. */
export async function applyChange(inHand: RunInHand, planned: ChangeToApply, giveWay: Rest): Promise<Stop | null> {
  const { ledger, run } = inHand;
  const { changes } = ledger;
  const poison = poisonOf(planned);
  if (poison !== null) {
    await setAside(inHand, planned, poison);
    return null;
  }
  // A process that dies meanwhile has not died over this row.
  const rest: Rest = async (wait) => {
    await changes.recordResting(run, planned.change);
    try {
      return await giveWay(wait);
    } finally {
      await changes.recordBegun(run, planned.change);
    }
  };
  const claim = await claimAccount(inHand, planned, rest);
  if (typeof claim === "object") {
    await changes.recordLeft(run, planned.change);
    return claim;
  }
  const carry = async () => {
    const change = claim === "plan again" ? await planAgain(inHand, planned) : planned;
    const stop = "exit" in change ? change : await carryOperations(inHand, change, rest);
    if (stop !== null) await changes.recordLeft(run, planned.change);
    return stop;
  };
  return costsOneRow(inHand, planned, carry, (issue) => setAside(inHand, planned, issue));
}

/** Failed, or unknown when something of it may have taken effect. */
async function setAside({ ledger, clock, run }: RunInHand, { change }: ChangeToApply, issue: Issue): Promise<void> {
  const [now] = await ledger.changes.readToApply(run, { after: change - 1, limit: 1 });
  const isOpen = now?.change === change && now.operations.some((operation) => isInDoubt(operation));
  await ledger.changes.recordDone(run, change, { word: isOpen ? "unknown" : "failed", issues: [issue] }, clock.nowMs());
}

function isInDoubt({ inDoubt, state }: StoredOperation): boolean {
  return inDoubt || state === "sending" || state === "unknown";
}

async function carryOperations(inHand: RunInHand, planned: ChangeToApply, rest: Rest): Promise<Stop | null> {
  const { ledger, clock, signal, run } = inHand;
  const words: Word[] = [];
  const issues: Issue[] = [];
  let change = planned;
  const verdict = (last: AttemptOutcome | null): Verdict => ({
    word: worstWord([...words, ...wordsOf(last)]) ?? "unchanged",
    issues: [...issues, ...issuesOf(last), ...change.notes],
  });
  const end = (how: Verdict) => ledger.changes.recordDone(run, change.change, how, clock.nowMs());
  for (let index = 0; ; ) {
    // Planned again, and nothing is left to send: it has its word.
    if (change.operations.length === 0) return null;
    const operation = change.operations[index];
    if (operation === undefined) break;
    if (operation.state === "applied") {
      const ended = { state: operation.state, issue: operation.issue };
      words.push(...wordsOf(ended));
      issues.push(...issuesOf(ended));
      if (isKeptDifferent(operation.issue)) break;
      index += 1;
      continue;
    }
    // Version 0.1 wrote the end of an operation before that of its row, and died in between.
    if (operation.state === "refused" || operation.state === "failed") {
      words.push(operation.state);
      if (operation.issue !== null) issues.push(operation.issue);
      break;
    }
    if (run.abandoned !== null && !isInDoubt(operation)) {
      words.push("skipped");
      issues.push(issueOfAbandoned(run));
      break;
    }
    const isLast = index === change.operations.length - 1;
    const goesOn = ({ state, issue }: AttemptOutcome) => state === "applied" && !isLast && !isKeptDifferent(issue);
    const endOf = (outcome: AttemptOutcome) => (goesOn(outcome) ? undefined : verdict(outcome));
    const result = await sendOperation(inHand, change, operation, rest, endOf);
    if (result.kind === "settle") {
      const next = await settleOperation(inHand, change, operation, result, rest);
      if ("exit" in next) return next;
      if ("code" in next) {
        words.push("unknown");
        issues.push(next);
        break;
      }
      change = next;
      continue;
    }
    const { outcome } = result;
    if (result.kind === "stopped") {
      if (outcome?.state === "unknown") await end({ word: "unknown", issues: [...issues, ...issuesOf(outcome)] });
      return result.stop === null ? stopOf(signal) : stopFor(result.stop);
    }
    // The bank may not know an id any more that an earlier run has asked for.
    if (result.outcome.state === "refused")
      await ledger.ownIds.forget(run, await ledger.ownIds.readOf(run, change.change));
    if (!goesOn(result.outcome)) return null;
    // Kept in mind as what it is by now, should the rest have to be planned again; the next turn takes its word.
    const { accountId, issue } = result.outcome;
    const applied = { ...operation, state: "applied", issue } as const;
    change = withOperation({ ...change, accountId: change.accountId ?? accountId }, applied);
  }
  await end(verdict(null));
  return null;
}

type End = Pick<AttemptOutcome, "state" | "issue">;

/** What took effect is applied; where the bank then keeps another value, the row is refused all the same. */
function wordsOf(outcome: End | null): readonly Word[] {
  if (outcome === null || outcome.state === "planned") return [];
  return isKeptDifferent(outcome.issue) ? [outcome.state, "refused"] : [outcome.state];
}

const issuesOf = (outcome: End | null): readonly Issue[] => (outcome?.issue ? [outcome.issue] : []);

/** The change as it stands once the doubt is settled, the issue that keeps it open, or why the run stops. */
async function settleOperation(
  inHand: RunInHand,
  change: ChangeToApply,
  operation: StoredOperation,
  { lastSentAtMs, ifAbsent, outcome: last }: ToSettle,
  rest: Rest,
): Promise<ChangeToApply | Issue | Stop> {
  const { ledger, clock, log, run } = inHand;
  const { step } = operation;
  const name = nameOf(run, change.key, operation);
  const accountId = operation.kind === "create" ? null : change.accountId;
  const settled = await settle(inHand, { change, operation, accountId, lastSentAtMs }, rest);
  if (settled.kind === "stop") return settled.stop;
  if (settled.kind === "open") return settled.issue;
  log.info("an uncertain operation was settled", {
    run: run.id,
    row: change.change,
    operation: operation.kind,
    outcome: settled.kind,
  });
  if (settled.kind === "in effect") {
    const { id } = settled.account;
    const judge = await openJudge(inHand, { ...change, accountId: id }, operation);
    const { issue, ...kept } = judge(settled.account);
    const outcome = { state: "applied", inDoubt: false, httpStatus: operation.httpStatus ?? 0, issue } as const;
    await ledger.operations.recordOutcome(run, change.change, step, name, {
      ...outcome,
      accountId: operation.kind === "create" ? id : null,
      atMs: clock.nowMs(),
      kept,
    });
    return withOperation({ ...change, accountId: id }, { ...operation, ...outcome });
  }
  if (ifAbsent !== "again" && last !== null) {
    const { httpStatus, issue } = last;
    const message = `${issue?.message ?? ""}; the account was read again, and the change is not there`;
    const outcome = { state: ifAbsent, inDoubt: false, httpStatus, issue: issue && { ...issue, message } } as const;
    const atMs = clock.nowMs();
    await ledger.operations.recordOutcome(run, change.change, step, name, { ...outcome, accountId: null, atMs });
    return withOperation(change, { ...operation, ...outcome });
  }
  const generation = operation.generation + 1;
  const key = idempotencyKey(name, generation);
  await ledger.operations.recordAbsent(run, change.change, step, name, { generation, key });
  const open = { state: "planned", inDoubt: false, issue: null, firstSentAtMs: null, firstSentBankAtMs: null } as const;
  const again = withOperation(change, { ...operation, ...open, generation, key });
  // A create is still what it was; anything else is planned on what the bank holds by now.
  return operation.kind === "create" || run.abandoned !== null ? again : planAgain(inHand, again);
}

function withOperation(change: ChangeToApply, operation: StoredOperation): ChangeToApply {
  const operations = change.operations.map((one) => (one.step === operation.step ? operation : one));
  return { ...change, operations };
}
