/**
 * Why an operation must not go out now: its body is not the planned one, or the clocks differ too much.
 */
import type { Issue } from "../../errors/issue.ts";
import type { StoredOperation } from "../../ledger/ledger.ts";
import { hashBody } from "../../plan/idempotency-key.ts";
import { issueOfClockSkew } from "../clock-skew.ts";
import type { RunInHand } from "../run-in-hand.ts";

/** A body must be the planned one, byte for byte, to go out under its key. Null when nothing is against it. */
export function mayNotSend({ bank }: RunInHand, { step, kind, body, bodyHash }: StoredOperation): Issue | null {
  if (hashBody(body) !== bodyHash) {
    const message = `the ledger's body of step ${step}, ${kind}, differs from the body that was planned`;
    return { code: "body_altered", column: "", message };
  }
  return issueOfClockSkew(bank.clockSkewMs());
}
