/** To be written. */
import type { JobsLedger } from "../ledger.ts";
import type { PostgresStore } from "./store.ts";
import { stub } from "./stub.ts";

export function postgresJobs(_: PostgresStore): JobsLedger {
  return stub("jobs");
}
