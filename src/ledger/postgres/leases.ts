/** To be written. */
import type { LeasesLedger } from "../ledger.ts";
import type { ServerClock } from "./clock.ts";
import type { PostgresStore } from "./store.ts";
import { stub } from "./stub.ts";

export function postgresLeases(_: PostgresStore, _clock: ServerClock): LeasesLedger {
  return stub("leases");
}
