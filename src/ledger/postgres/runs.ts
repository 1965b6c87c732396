/** To be written. */
import type { RunsLedger } from "../ledger.ts";
import type { PostgresStore } from "./store.ts";
import { stub } from "./stub.ts";

export function postgresRuns(_: PostgresStore): RunsLedger {
  return stub("runs");
}
