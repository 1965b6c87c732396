/**
 * Settles an operation in doubt by what the bank holds (contract, "Settling a doubt"): waits for a quiet time, after which no
 * request can still be in the network, then reads the account and judges. Sends nothing that changes the bank.
 */
import type { Account } from "../../account.ts";
import { clientIdOf } from "../../change-keys.ts";
import type { Issue } from "../../errors/issue.ts";
import type { ChangeToApply } from "../../ledger/ledger.ts";
import { isInEffect, RELATIONSHIP_KINDS } from "../../plan/in-effect.ts";
import type { Operation } from "../../plan/operation.ts";
import { endsRun, issueOfFailure } from "../failure.ts";
import { fetchActual } from "../fetch-actual.ts";
import { lookUp, proveLookUp } from "../look-up.ts";
import type { RunInHand } from "../run-in-hand.ts";
import type { Stop } from "../stop.ts";
import { stopFor, stopOf } from "../stop.ts";
import type { Rest } from "../window.ts";

/**
 * `in effect`: it took effect, or somebody else made the same change. `absent`: it certainly did not. `open`: nobody can
 * know, so nothing more is sent for the account.
 */
export type Settled =
  | { readonly kind: "in effect"; readonly account: Account }
  | { readonly kind: "absent" }
  | { readonly kind: "open"; readonly issue: Issue }
  | Stop;

export interface InDoubt {
  readonly change: ChangeToApply;
  readonly operation: Operation;
  /** None for a create. */
  readonly accountId: string | null;
  /** The latest moment at which the last request may have left. */
  readonly lastSentAtMs: number;
}

/** The quiet time is spent at rest, so that other accounts never wait for this one. */
export async function settle(inHand: RunInHand, doubt: InDoubt, rest: Rest): Promise<Settled> {
  const { clock, signal, job, bank } = inHand;
  const quiet = async (untilMs: number) => {
    // A clock that was set back must not make this wait for hours.
    const longestMs = job.settleAfterMs + bank.longestWaitMs() + job.callTimeoutMs;
    const leftMs = Math.min(untilMs - clock.nowMs(), longestMs);
    if (leftMs > 0) await rest(() => clock.sleep(leftMs, signal));
  };
  await quiet(doubt.lastSentAtMs + job.settleAfterMs);
  if (signal.aborted) return stopOf(signal);
  if (doubt.accountId !== null) return settleOther(inHand, doubt.operation, doubt.accountId);
  const seen = await settleCreate(inHand, doubt);
  if (seen.kind !== "absent") return seen;
  // The look-up may lag for as long again behind a request that arrived at the last moment. Only after that is the account certainly absent.
  await quiet(doubt.lastSentAtMs + 2 * job.settleAfterMs);
  return signal.aborted ? stopOf(signal) : settleCreate(inHand, doubt);
}

/** An equal account is adopted; a different one is for a person to decide; none counts only when it is certain. */
async function settleCreate(inHand: RunInHand, { change, operation }: InDoubt): Promise<Settled> {
  if (!inHand.job.lookup)
    return open("lookup_unproven", "the look-up is off, so it is not known whether the account was created");
  const found = await lookUp(inHand.bank, clientIdOf(change.key));
  switch (found.kind) {
    case "stop":
      return found;
    case "verdict":
      return { kind: "open", issue: found.verdict.issues[0] ?? UNSAID };
    case "none": {
      // `creates: "trusted"` is the operator's word on the accounts before the run, and says nothing about our own attempt.
      const planned = (await inHand.ledger.runs.find(inHand.run.id))?.proof;
      const proof = planned === "proven" ? planned : await proveLookUp(inHand, null);
      if (proof === "proven") return { kind: "absent" };
      if (typeof proof === "object") return proof;
      return open(
        "lookup_unproven",
        "the look-up finds no account, and has not yet found any known account, so it is not known whether the account was created",
      );
    }
    case "account":
      return settleOther(inHand, operation, found.account.id);
  }
}

async function settleOther({ bank }: RunInHand, operation: Operation, accountId: string): Promise<Settled> {
  const found = await fetchActual(bank, accountId, () => RELATIONSHIP_KINDS.includes(operation.kind));
  if (!found.ok) {
    const issue = issueOfFailure(found.failure);
    return endsRun(found.failure) ? stopFor(issue) : { kind: "open", issue };
  }
  if (isInEffect(operation, found.value)) return { kind: "in effect", account: found.value.account };
  if (operation.kind !== "create") return { kind: "absent" };
  return open(
    "doubt_conflict",
    `the bank has ${accountId} with this client_account_id, and that account differs from the request`,
  );
}

const UNSAID: Issue = { code: "outcome_unknown", column: "", message: "the look-up gave no clear answer" };

function open(code: Issue["code"], message: string): Settled {
  return { kind: "open", issue: { code, column: "", message } };
}
