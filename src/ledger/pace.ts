/**
 * What the ledger keeps of pace and breaker, for several processes that call one bank. Nothing of it has to outlast them.
 */
import type { SharedLimits } from "../bank/transport/shared-limits.ts";
import type { BankName } from "./run.ts";

export interface PaceLedger {
  /** Those of all clients of the bank. */
  of(bank: BankName): SharedLimits;
}
