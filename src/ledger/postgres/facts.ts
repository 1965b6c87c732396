/** To be written. */
import type { FactsLedger } from "../ledger.ts";
import type { PostgresStore } from "./store.ts";
import { stub } from "./stub.ts";

export function postgresFacts(_: PostgresStore): FactsLedger {
  return stub("facts");
}
