/** To be written. */
import type { RowsLedger } from "../ledger.ts";
import type { PostgresStore } from "./store.ts";
import { stub } from "./stub.ts";

export function postgresRows(_: PostgresStore): RowsLedger {
  return stub("rows");
}
