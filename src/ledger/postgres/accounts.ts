/** To be written. */
import type { AccountsLedger } from "../ledger.ts";
import type { PostgresStore } from "./store.ts";
import { stub } from "./stub.ts";

export function postgresAccounts(_: PostgresStore): AccountsLedger {
  return stub("accounts");
}
