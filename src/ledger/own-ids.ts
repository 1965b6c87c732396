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
  /** What the change was resolved to when it was planned last; empty for a change without own ids. */
  readOf(run: Run, change: number): Promise<readonly Resolution[]>;
  listKnown(bank: BankName, kind: OwnIdKind, limit: number): Promise<readonly Resolution[]>;
  /** The first ids that the rows of the run name: own ones, and the bank's. */
  listNamed(
    run: Run,
    kind: OwnIdKind,
    limits: { readonly own: number; readonly bank: number },
  ): Promise<{ readonly own: readonly string[]; readonly bank: readonly string[] }>;
}
