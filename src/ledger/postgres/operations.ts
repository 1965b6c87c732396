/** To be written. */
import type { OperationsLedger } from "../ledger.ts";
import type { PostgresStore } from "./store.ts";
import { stub } from "./stub.ts";

export function postgresOperations(_: PostgresStore): OperationsLedger {
  return stub("operations");
}
