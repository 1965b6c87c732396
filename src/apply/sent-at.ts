/**
 * The moment of a sending, by our clock and by the bank's: the age of a key is judged by both.
 */
import type { BankApi } from "../bank/bank-api.ts";
import type { Clock } from "../clock.ts";

/** Wall-clock milliseconds; `bankMs` is null while the bank's clock is not known. */
export interface SentAt {
  readonly ourMs: number;
  readonly bankMs: number | null;
}

/** Now. */
export function sentAt({ clock, bank }: { readonly clock: Clock; readonly bank: BankApi }): SentAt {
  const ourMs = clock.nowMs();
  const skewMs = bank.clockSkewMs();
  return { ourMs, bankMs: skewMs === null ? null : ourMs + skewMs };
}
