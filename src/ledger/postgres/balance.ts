/** To be written. */
import type { BalanceLedger } from "../ledger.ts";
import type { PostgresStore } from "./store.ts";
import { stub } from "./stub.ts";

export function postgresBalance(_: PostgresStore): BalanceLedger {
  return stub("balance");
}
