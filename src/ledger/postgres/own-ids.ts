/** To be written. */
import type { OwnIdsLedger } from "../ledger.ts";
import type { PostgresStore } from "./store.ts";
import { stub } from "./stub.ts";

export function postgresOwnIds(_: PostgresStore): OwnIdsLedger {
  return stub("own-ids");
}
