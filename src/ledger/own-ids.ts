/**
 * What the ledger keeps of ids that the program gave: values in and out, by bank. The rules are plan/own-ids.ts.
 */
import type { OwnIdKind } from "../account.ts";
import type { OwnId, Resolution } from "../plan/own-ids.ts";
import type { BankName, Run } from "./run.ts";

/** The bank's ids of customers and applications that the program names by its own ids, while the bank knows them. */
export interface OwnIdsLedger {
  read(bank: BankName, ids: readonly OwnId[]): Promise<readonly Resolution[]>;
  record(run: Run, resolution: Resolution): Promise<void>;
  /** The bank may not know these ids any more: those that an earlier run asked for are to be asked for again. */
  forget(run: Run, ids: readonly OwnId[]): Promise<void>;
  listKnown(bank: BankName, kind: OwnIdKind, limit: number): Promise<readonly Resolution[]>;
}
