/** To be written. */
import type { FilesLedger } from "../ledger.ts";
import type { PostgresStore } from "./store.ts";
import { stub } from "./stub.ts";

export function postgresFiles(_: PostgresStore): FilesLedger {
  return stub("files");
}
