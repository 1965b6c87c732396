/** To be written. */
import type { ChangesLedger } from "../ledger.ts";
import type { PostgresStore } from "./store.ts";
import { stub } from "./stub.ts";

export function postgresChanges(_: PostgresStore): ChangesLedger {
  return stub("changes");
}
