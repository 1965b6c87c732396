/** To be written. */
import type { BanksLedger } from "../ledger.ts";
import type { PostgresStore } from "./store.ts";
import { stub } from "./stub.ts";

export function postgresBanks(_: PostgresStore): BanksLedger {
  return stub("banks");
}
