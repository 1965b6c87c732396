/**
 * A write leaves soon after it was asked for, or not at all. Before it was asked for, its intent was recorded and the age
 * of its key was judged; a call that then waits for hours, as through an outage, would go out on a judgement that no
 * longer holds. Wraps a Transport; never sends, and never holds a call back.
 */
import type { Clock } from "../../clock.ts";
import type { BankReply, BankRequest, Transport } from "../transport.ts";

/** Far less than the margin that a key's age is judged with, and far more than a call normally waits for its turn. */
export const LONGEST_WAIT_MS = 60_000;

/** Definitely not sent. The caller may ask again; the wait does not use up an attempt. */
export const TOO_LATE: BankReply = {
  kind: "not_sent",
  failure: {
    kind: "transient",
    code: "bank_unreachable",
    message: "not sent: it waited too long for its turn",
    status: 0,
    bankCode: "",
    parameter: "",
    outage: true,
  },
};

/** The outermost wrapper: notes when a write was asked for. A read may leave whenever. */
export function withLeaveBy(transport: Transport, clock: Clock): Transport {
  return (request) => {
    if (request.call === "read") return transport(request);
    return transport({ ...request, asked: { monotonicMs: clock.monotonicMs(), wallMs: clock.nowMs() } });
  };
}

/** By either clock: the monotonic one may have stopped while the machine slept. */
export function isTooLate({ asked }: BankRequest, clock: Clock): boolean {
  if (asked === undefined) return false;
  const waitedMs = Math.max(clock.monotonicMs() - asked.monotonicMs, clock.nowMs() - asked.wallMs);
  return waitedMs > LONGEST_WAIT_MS;
}
