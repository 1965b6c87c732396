/**
 * A write leaves soon after its intent was recorded, or not at all. As it was recorded, the age of its key was judged; a
 * call that then waits for hours, as through an outage, would go out on a judgement that no longer holds. Wraps a
 * Transport; never sends, and never holds a call back.
 */
import type { Clock } from "../../clock.ts";
import type { BankReply, BankRequest, Transport } from "../transport.ts";

/** Far less than the margin that a key's age is judged with, and far more than a call normally waits for its turn. */
export const LONGEST_WAIT_MS = 60_000;
/** Where other processes work on the same rows: less than it takes them to see that this one is gone, and to go on in its place. */
export const LONGEST_WAIT_OF_SEVERAL_MS = 8_000;

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

/** The outermost wrapper: notes until when a write may leave. A read may leave whenever. */
export function withLeaveBy(transport: Transport, longestWaitMs: number, clock: Clock): Transport {
  return (request) => {
    if (request.call === "read") return transport(request);
    const leftMs = longestWaitMs - (request.waitedMs ?? 0);
    const leaveBy = { monotonicMs: clock.monotonicMs() + leftMs, wallMs: clock.nowMs() + leftMs };
    return transport({ ...request, leaveBy });
  };
}

/** By either clock: the monotonic one may have stopped while the machine slept. */
export function isTooLate({ leaveBy }: BankRequest, clock: Clock): boolean {
  return leaveBy !== undefined && (clock.monotonicMs() > leaveBy.monotonicMs || clock.nowMs() > leaveBy.wallMs);
}
