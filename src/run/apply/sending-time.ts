/**
 * The moment at which something is about to be sent, by our clock and by the bank's.
 */
import type { SendingTime } from "../../ledger/ledger.ts";
import type { RunInHand } from "../run-in-hand.ts";

export function sendingTime({ clock, bank }: Pick<RunInHand, "clock" | "bank">): SendingTime {
  const ourMs = clock.nowMs();
  const skewMs = bank.clockSkewMs();
  return { ourMs, bankMs: skewMs === null ? null : ourMs + skewMs };
}
